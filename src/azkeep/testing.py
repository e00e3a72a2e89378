"""What stack authors and azkeep's own tests test with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azkeep.clouds.local import Serving
from azkeep.errors import EmulatorFailed

STOP_SECONDS = 10
LOG = "emulator.log"


@contextmanager
def emulator(
    store_dir: str | Path,
    realistic: bool = False,
    *,
    faults: str | Path | None = None,
    latency: float | None = None,
    throttling: bool | None = None,
) -> Iterator[dict[str, Any]]:
    """A local cloud in `store_dir`, served while the context lasts; gives the ready document and the server's `pid`.

    `faults` is a YAML file that declares them, `latency` holds every answer back so many milliseconds; both go with the
    server. `throttling` None: request limits hold where it is `realistic`. Raises EmulatorFailed with the server's own
    words where it does not start.
    """
    how = Serving(
        realistic=realistic,
        faults=Path(faults) if faults is not None else None,
        latency=latency,
        throttling=throttling,
    )
    command = [sys.executable, "-m", "azkeep.emulator", "--store", str(store_dir), "--until-stdin-closes"]
    folder = Path(store_dir)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG
    with open(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*command, *how.arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise EmulatorFailed("the local cloud did not start", detail=log.read_text(encoding="utf-8").strip())
        yield {**json.loads(line), "pid": process.pid}
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
