"""How many resources of each type were looked at, and what came of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from azkeep import types
from azkeep.audit.unmanaged import Others
from azkeep.model.drift import Census
from azkeep.model.ids import ArmId


def census_of(managed: Iterable[str], unread: Collection[str], others: Others) -> tuple[Census, ...]:
    """One line for each ARM type that was met, sorted by it."""
    ids = tuple(managed)
    counts = {
        "managed": Counter(_type(id) for id in ids),
        "unread": Counter(_type(id) for id in unread),
        "unmanaged": Counter(drift.type for drift in others.findings),
        "by_service": Counter(_type(id) for id in others.by_service),
    }
    names = sorted({name for counter in counts.values() for name in counter}, key=str.lower)
    return tuple(
        Census(
            name,
            managed=counts["managed"][name],
            read=counts["managed"][name] - counts["unread"][name],
            unread=counts["unread"][name],
            unmanaged=counts["unmanaged"][name],
            by_service=counts["by_service"][name],
        )
        for name in names
    )


def _type(id: str) -> str:
    found = types.by_arm_type(ArmId.parse(id).type)
    return found.arm_type if found else ArmId.parse(id).type
