"""The credential that azkeep finds by itself."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
from azkeep.azure.credentials import default, token
from azkeep.errors import AuthFailed

try:
    token(default(), "https://management.azure.com/.default")
except AuthFailed as error:
    print(error.detail)
"""


def test_what_failed_is_told_once() -> None:
    """Where no credential is found the error says why, and azure-identity's own warning does not stand beside it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AZURE_")}
    environment = {**kept, "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert "EnvironmentCredential authentication unavailable" in done.stdout
    assert done.stderr == ""
