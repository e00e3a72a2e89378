"""Snapshots of a local cloud, taken, listed and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from azkeep.model.local import KeptSnapshot

if TYPE_CHECKING:
    from azkeep.emulator.control import Snapshot


def take(store: Path, name: str) -> KeptSnapshot:
    """The snapshot that was taken. Raises UsageError."""
    from azkeep.emulator import control

    return _known(control.snapshot(store, name))


def put_back(store: Path, name: str) -> KeptSnapshot:
    """The snapshot that the cloud now is. Raises UsageError."""
    from azkeep.emulator import control

    return _known(control.restore(store, name))


def all_of(store: Path) -> tuple[KeptSnapshot, ...]:
    """The snapshots beside the store, oldest first."""
    from azkeep.emulator import control

    return tuple(_known(each) for each in control.snapshots(store))


def _known(found: Snapshot) -> KeptSnapshot:
    return KeptSnapshot(found.name, str(found.file), found.taken_at, found.resources)
