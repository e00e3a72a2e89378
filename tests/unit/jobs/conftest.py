"""A project of its own for each check."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.jobs.checks import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """An empty project, the working folder."""
    made = Folder(tmp_path)
    made.write("azkeep.yaml", "")
    monkeypatch.chdir(tmp_path)
    return made
