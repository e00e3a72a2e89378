"""What a service changes by itself: a default that moves, a state, a value it normalises. Nobody asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.emulator import changes
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.effects import apply_effects
from azkeep.errors import UsageError
from azkeep.model.ids import ArmId
from azkeep.types.write import PutEffect


def change(cloud: Cloud, id: str, patch: Mapping[str, Any]) -> None:
    """Merge `patch` into the stored document of `id`. Raises UsageError where there is none."""
    try:
        row = cloud.store.get(ArmId.parse(id).key)
    except ValueError:
        row = None
    if row is None:
        raise UsageError("the local cloud has no such resource", subject=id)
    with cloud.store.transaction(), changes.recorded(cloud, None):
        apply_effects(cloud, (PutEffect(row.id, patch, merge=True),))
