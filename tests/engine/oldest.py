"""A virtual environment with the oldest supported pulumi and azure-native, made once per lock file."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
LOCK = CHECKOUT / "requirements-oldest.lock"
READY = "ready"


def folder_of(environment: Mapping[str, str]) -> Path:
    """The environment's folder in the user's cache: another one for another lock file or interpreter."""
    base = environment.get("XDG_CACHE_HOME") or f"{environment['HOME']}/.cache"
    made_of = LOCK.read_bytes() + f"{sys.version} {sys.base_prefix}".encode()
    return Path(base) / "azkeep-tests" / f"oldest-{hashlib.sha256(made_of).hexdigest()[:12]}"


def make(environment: Mapping[str, str]) -> Path:
    """The interpreter of the environment, which is made unless a whole one is there.

    azkeep itself is not in it: several checkouts share one environment, and each names its own source.
    Raises CalledProcessError where the packages cannot be had.
    """
    folder = folder_of(environment)
    python = folder / "bin" / "python"
    if not (folder / READY).exists():
        shutil.rmtree(folder, ignore_errors=True)
        for command in _commands(folder, python):
            subprocess.run(command, check=True, env=environment, timeout=600)
        (folder / READY).touch()
    return python


def _commands(folder: Path, python: Path) -> tuple[list[str], ...]:
    packages = ["--quiet", "--require-hashes", "--requirement", str(LOCK)]
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
