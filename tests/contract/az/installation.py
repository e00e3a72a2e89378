"""The Azure CLI in a virtual environment of its own: it pins older Azure packages than azkeep has."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests import virtual_environments

LOCK = Path(__file__).with_name("requirements-az.lock")
DEVELOPER = dict(os.environ)
"""The environment before tests clean it."""
NO_INDEX = ("error sending request", "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError")
"""What uv and pip say where no package index answers; whatever else they say is a fault of the lock file."""


def python() -> Path:
    """Its interpreter. Skips the test on a machine that neither has the packages nor reaches a package index."""
    made = virtual_environments.folder_of("az", LOCK, DEVELOPER) / virtual_environments.READY
    if DEVELOPER.get("AZKEEP_OFFLINE") and not made.exists():
        pytest.skip("AZKEEP_OFFLINE is set, and the packages of the Azure CLI are not in the cache")
    try:
        return virtual_environments.make("az", LOCK, DEVELOPER)
    except subprocess.CalledProcessError as error:
        if any(word in error.stderr for word in NO_INDEX):
            pytest.skip("the Azure CLI is not in the cache, and no package index can be reached")
        raise
