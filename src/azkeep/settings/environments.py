"""The environments of a whole project: those that have a settings file anywhere in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

SETTINGS = re.compile(r"Pulumi\.(.+)\.ya?ml")
PASSED_OVER = frozenset({"node_modules", "venv", "__pycache__"})


def known_environments(root: Path) -> frozenset[str]:
    """The names in every `Pulumi.<env>.yaml` at or below `root`; hidden folders are passed over."""
    found: set[str] = set()
    for _, folders, files in os.walk(root):
        folders[:] = [each for each in folders if not each.startswith(".") and each not in PASSED_OVER]
        found |= {match[1] for each in files if (match := SETTINGS.fullmatch(each))}
    return frozenset(found)
