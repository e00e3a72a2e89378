"""Changes to the SDK that make a run faster and its result the same."""

from __future__ import annotations

import os
from pathlib import Path


def wanted(name: str) -> bool:
    """False where `AZKEEP_SPEED` is `off` or names this change among comma-separated `-name`s."""
    switch = os.environ.get("AZKEEP_SPEED", "").lower()
    return switch != "off" and f"-{name}" not in switch.split(",")


def apply(folder: Path) -> None:
    """Changes the SDK in this process."""
