"""One changing command at a time for a stack on this machine, from before it plans until all is recorded.

Pulumi's own lock is held only while its engine runs: a plan made beside another run would not fit what that one left.
The kernel lets go of this one with the process that holds it, so that there is nothing to remove after a kill.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from azkeep.engine.locks import POLL_SECONDS, Lock, holder_in, user_name
from azkeep.errors import StackLocked


@contextmanager
def turn(path: Path, stack: str, *, timeout: float = 0.0) -> Iterator[None]:
    """Holds `stack`, whose turn the file `path` is. Raises StackLocked, naming who has it, after `timeout` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(file, path, stack, timeout)
        os.truncate(file, 0)
        os.pwrite(file, _myself().encode(), 0)
        yield
    finally:
        os.close(file)


def holder(path: Path) -> Lock | None:
    """Who changes the stack at this moment; None for nobody."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return holder_in(path)
    finally:
        os.close(file)


def _take(file: int, path: Path, stack: str, timeout: float) -> None:
    ends = time.monotonic() + timeout
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise _refused(path, stack) from None
        time.sleep(min(POLL_SECONDS, max(0.0, ends - time.monotonic())))


def _refused(path: Path, stack: str) -> StackLocked:
    lock = holder_in(path)
    return StackLocked(
        f"stack {stack} is held by {lock.holder}",
        fix=f"Wait for it with --lock-timeout 5m, or end it: kill {lock.pid}",
        subject=stack,
    )


def _myself() -> str:
    """In the form of Pulumi's own locks."""
    who = {"pid": os.getpid(), "username": user_name(), "hostname": socket.gethostname()}
    return json.dumps({**who, "timestamp": datetime.now(UTC).isoformat()})
