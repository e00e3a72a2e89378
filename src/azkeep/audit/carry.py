"""What a new recording keeps of the one before, so that somebody else's change stays a finding. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep import types
from azkeep.audit.compare import compare
from azkeep.model.ids import ArmId
from azkeep.model.plan import OutsideChange
from azkeep.model.value import Body, get, join, put, remove, split


def carried(outside: OutsideChange, before: Body | None, live: Body | None) -> Body | None:
    """`live` with the recorded value of every change of `outside` that is still there; what was put right since is as
    it is. What was missing and still is stays as it was recorded."""
    if live is None and outside.kind == "missing":
        return before
    if before is None or live is None or not outside.changes:
        return live
    type_ = types.by_arm_type(ArmId.parse(outside.id).type)
    now = {change.path: change for change in compare(before, live, type_)}
    found: Body = live
    for change in outside.changes:
        still = now.get(change.path)
        if still is not None and still.after == change.after:
            found = _restored(found, change.path, get(before, change.path, change.before))
    return found


def _restored(document: Body, pointer: str, value: Any) -> Body:
    """`document` with `value` at `pointer`, or without it; an item that has gone is put back into its list."""
    if value is None:
        kept: Body = remove(document, pointer)
        return kept
    parts = split(pointer)
    parent = get(document, join(parts[:-1]))
    if isinstance(parent, list) and (not parts[-1].isdecimal() or int(parts[-1]) >= len(parent)):
        whole: Body = put(document, join(parts[:-1]), [*parent, value])
        return whole
    if isinstance(parent, Mapping) or parent is None or isinstance(parent, list):
        changed: Body = put(document, pointer, value)
        return changed
    return document
