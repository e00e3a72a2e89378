"""Virtual environments beside the one that the tests run in, each made once per lock file on a machine."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

READY = "ready"


def folder_of(name: str, lock: Path, environment: Mapping[str, str]) -> Path:
    """The environment's folder in the user's cache: another one for another lock file or interpreter."""
    base = environment.get("XDG_CACHE_HOME") or f"{environment['HOME']}/.cache"
    made_of = lock.read_bytes() + f"{sys.version} {sys.base_prefix}".encode()
    return Path(base) / "azkeep-tests" / f"{name}-{hashlib.sha256(made_of).hexdigest()[:12]}"


def make(name: str, lock: Path, environment: Mapping[str, str]) -> Path:
    """The interpreter of the environment, which is made unless a whole one is there; a second process waits.

    azkeep itself is not in it: several checkouts share one environment, and each names its own source.
    Raises CalledProcessError, with what was said as its note, where the packages cannot be had.
    """
    folder = folder_of(name, lock, environment)
    python = folder / "bin" / "python"
    with _alone(folder):
        if not (folder / READY).exists():
            shutil.rmtree(folder, ignore_errors=True)
            for command in _commands(folder, python, lock):
                _run(command, environment)
            (folder / READY).touch()
    return python


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    try:
        subprocess.run(command, check=True, env=environment, timeout=600, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        error.add_note(str(error.stderr))
        raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _commands(folder: Path, python: Path, lock: Path) -> tuple[list[str], ...]:
    packages = ["--quiet", "--require-hashes", "--requirement", str(lock)]
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return (
            [str(uv), "venv", "--quiet", "--python", sys.executable, str(folder)],
            [str(uv), "pip", "install", "--python", str(python), *packages],
        )
    return (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", *packages],
    )
