"""What many types do with their documents: fill in, keep, compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types.write import Estate, Write

_ABSENT = object()


def completed(
    write: Write, *, once: Mapping[str, Any] | None = None, always: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document with `once` values, which stay as they were first stored, and `always` values; keys are pointers."""
    body = dict(write.body)
    for pointer, value in (once or {}).items():
        stored = get(write.before, pointer, _ABSENT)
        body = put(body, pointer, value if stored is _ABSENT else stored)
    for pointer, value in (always or {}).items():
        body = put(body, pointer, value)
    return body


def made_by(write: Write) -> dict[str, str]:
    """`systemData` of a resource that `write` makes beside its own."""
    caller = write.caller
    kind = "User" if caller.kind == "User" else "Application"
    who = caller.name if kind == "User" else caller.application_id or caller.object_id
    return {
        "createdBy": who,
        "createdByType": kind,
        "createdAt": write.now,
        "lastModifiedBy": who,
        "lastModifiedByType": kind,
        "lastModifiedAt": write.now,
    }


def properties(body: Body | None) -> Mapping[str, Any]:
    """The `properties` object, empty where there is none."""
    found = (body or {}).get("properties")
    return found if isinstance(found, Mapping) else {}


def region(body: Body) -> str:
    """The location as it stands in host names: `westeurope`."""
    return str(body.get("location") or "").replace(" ", "").lower()


def same_text(one: Any, other: Any) -> bool:
    """True for equal text of any case; None counts as empty."""
    return str(one or "").lower() == str(other or "").lower()


def changed(write: Write, pointer: str) -> bool:
    """True if an update sends another value than the stored one; what is not sent is not changed."""
    sent = get(write.sent, pointer)
    stored = get(write.before, pointer)
    return write.before is not None and sent is not None and stored is not None and not same_text(sent, stored)


def children_in(id: ArmId, kind: str, estate: Estate) -> list[dict[str, Any]]:
    """Child documents as a parent shows them: id, name, type and properties."""
    shown = ("id", "name", "type", "location", "properties")
    return [{member: child[member] for member in shown if member in child} for child in estate.children(id.text, kind)]
