"""Finding the Pulumi CLI."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Engine:
    """A Pulumi CLI that runs. `version` has no `v`; `origin` says where it was found."""

    path: Path
    version: str
    origin: str
