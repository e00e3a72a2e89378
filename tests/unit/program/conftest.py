"""Stack folders written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from azkeep.program.project import Project, load_project


@pytest.fixture
def stack(tmp_path: Path) -> Callable[..., Project]:
    """Writes a stack folder: `__main__.py`, and other files by name."""

    def write(main: str, **files: str) -> Project:
        folder = tmp_path / "stack"
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n", encoding="utf-8")
        (folder / "__main__.py").write_text(main, encoding="utf-8")
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return load_project(folder)

    return write
