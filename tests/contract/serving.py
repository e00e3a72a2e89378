"""A local cloud in a process of its own, as a client that nobody here wrote meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def served(store: Path) -> Iterator[Mapping[str, Any]]:
    """What `azkeep local serve` on a store says of itself; it serves until the block ends."""
    command = [sys.executable, "-m", "azkeep", "local", "serve", "--store", str(store), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
