"""Where a run comes from: the commit of the stack's folder, and whether it has been changed since."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Provenance:
    """`commit` and `dirty` are None outside a git checkout."""

    commit: str | None = None
    dirty: bool | None = None


def of_folder(folder: Path) -> Provenance:
    """The commit that `folder` is at; `dirty` looks at files below `folder` alone."""
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return Provenance()
    changed = _git(folder, "status", "--porcelain", "--", ".")
    return Provenance(commit, None if changed is None else bool(changed))


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
