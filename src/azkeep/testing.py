"""What stack authors and azkeep's own tests test with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azkeep.errors import EmulatorFailed

STOP_SECONDS = 10


@contextmanager
def emulator(store_dir: str | Path, realistic: bool = False) -> Iterator[dict[str, Any]]:
    """A local cloud in `store_dir`, served while the context lasts; gives the ready document and the server's `pid`.

    Raises EmulatorFailed with the server's own words where it does not start.
    """
    command = [sys.executable, "-m", "azkeep.emulator", "--store", str(store_dir), "--until-stdin-closes"]
    process = subprocess.Popen(
        [*command, "--realistic"] if realistic else command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise EmulatorFailed("the local cloud was started without pipes")
    try:
        line = process.stdout.readline()
        if not line:
            raise EmulatorFailed("the local cloud did not start", detail=process.stderr.read().strip())
        yield {**json.loads(line), "pid": process.pid}
    finally:
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()
