"""Running a program's files in this process, the way Pulumi's own Python executor does."""

from __future__ import annotations

import asyncio
import logging
import os
import runpy
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pulumi.runtime

from azkeep.program.failure import INTERRUPTED, Ended, ProgramFailure, describe
from azkeep.program.gate import RegistrationStopped

SDK_THREADS_PER_SLOT = 4
MOST_THREADS = 256


def run_program(program: Path, argument: str, parallel: int, folder: Path, prepare: Callable[[], None]) -> Ended:
    """How the program ended.

    `program` is a file or the folder of a `__main__.py`, `argument` what the program sees as `sys.argv[0]`. `prepare`
    is called when the root resource exists, before the program's first line. SDK settings must be in place.
    """
    working_folder = program if program.is_dir() else program.parent
    os.chdir(working_folder)
    sys.path.insert(0, str(working_folder))
    sys.argv = [argument]
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # unobserved futures of a failed run are no news

    def body() -> None:
        prepare()
        runpy.run_path(str(program), run_name="__main__")

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    workers = min(max(parallel, 1) * SDK_THREADS_PER_SLOT, MOST_THREADS)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=workers))
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(body))
    except BaseException as error:
        return _after(error, folder)
    finally:
        _cancel_rest(loop)
    return Ended()


def _after(error: BaseException, folder: Path) -> Ended:
    if isinstance(error, RegistrationStopped):
        return Ended(ProgramFailure(str(error), INTERRUPTED))
    if isinstance(error, SystemExit):
        return Ended(_exit_failure(error, folder))
    if _engine_has_gone(error):
        return Ended(engine_left=True)
    return Ended(describe(error, folder))


def _exit_failure(error: SystemExit, folder: Path) -> ProgramFailure | None:
    """`sys.exit()` and `sys.exit(0)` end a program well; anything else is a failure, as for any Python program."""
    if error.code in (None, 0):
        return None
    said = f"the program ended with exit code {error.code}" if isinstance(error.code, int) else str(error.code)
    return ProgramFailure(said, "SystemExit", describe(error, folder).frames)


def _engine_has_gone(error: BaseException) -> bool:
    """True where the engine shut its monitor down, which it does after reporting a failed resource itself."""
    if isinstance(error, grpc.RpcError):
        return bool(error.code() == grpc.StatusCode.UNAVAILABLE)
    return isinstance(error, pulumi.RunError) and str(error).startswith("Resource monitor has terminated")


def _cancel_rest(loop: Any) -> None:
    """Ends tasks that a failed run has left, so that their end is not reported as a second failure."""
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    with suppress(BaseException):
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
