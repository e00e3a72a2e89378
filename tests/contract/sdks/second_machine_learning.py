"""azure-mgmt-machinelearningservices 2.0.0b2 beside the 1.0.1 that is installed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

LOCK = Path(__file__).with_name("requirements-machine-learning-2.txt")
MODULE = "machinelearningservices2"
DEVELOPER = dict(os.environ)
"""The environment before tests clean it."""


def folder() -> Path:
    """Where the package lies unpacked, in the user's cache: another folder for another lock file."""
    base = DEVELOPER.get("XDG_CACHE_HOME") or f"{DEVELOPER['HOME']}/.cache"
    return Path(base) / "azkeep-tests" / f"machine-learning-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"


def load() -> None:
    """Makes the package importable as `MODULE`; it names its own modules by relative imports only.

    Skips the test where AZKEEP_OFFLINE is set and nobody unpacked it before. Raises CalledProcessError where it cannot
    be had.
    """
    if MODULE in sys.modules:
        return
    if not folder().exists():
        if DEVELOPER.get("AZKEEP_OFFLINE"):
            pytest.skip(f"AZKEEP_OFFLINE is set, and {folder()} does not hold the package")
        _unpack()
    own = folder() / "azure" / "mgmt" / "machinelearningservices"
    spec = importlib.util.spec_from_file_location(MODULE, own / "__init__.py", submodule_search_locations=[str(own)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules[MODULE] = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its docstrings, at the first compilation
        spec.loader.exec_module(sys.modules[MODULE])


def _unpack() -> None:
    """Whole or not at all: two processes may do it at once, and the second finds the first one's."""
    new = folder().with_name(f"{folder().name}-{os.getpid()}")
    uv = Path(sys.executable).with_name("uv")
    pip = [str(uv), "pip"] if uv.exists() else [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    packages = ["--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK)]
    subprocess.run([*pip, "install", "--target", str(new), *packages], check=True, env=DEVELOPER, timeout=300)
    try:
        new.rename(folder())
    except OSError:
        shutil.rmtree(new)
