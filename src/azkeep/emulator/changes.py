"""The change feed: for every write, what became different in the resources that Resource Graph covers, and by whom.

Source: Azure Resource Graph, get resource changes, and records as observed: values are text, as .NET shows them; what
no request asked for is by System, with a correlation id of zeros. Secrets are in no document, so in no record.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.kusto.kinds import shown_datetime
from azkeep.emulator.messages import Request
from azkeep.emulator.reads import shown
from azkeep.emulator.store_changes import Change, Changes
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, split
from azkeep.types import by_arm_type
from azkeep.types.resource_graph import Item, Part, change_path, records_changes, shown_type
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Caller

NOBODY = "00000000-0000-0000-0000-000000000000"
MOVING = frozenset({"etag", "systemData"})
LONGEST = 2**63 - 1
TICKS_BEFORE_1970 = 621_355_968_000_000_000
CLIENTS = (
    (re.compile(r"AZURECLI", re.IGNORECASE), "Azure CLI"),
    (re.compile(r"AzurePowershell", re.IGNORECASE), "Azure PowerShell"),
    (re.compile(r"portal", re.IGNORECASE), "Azure Portal"),
)


@dataclass(frozen=True)
class Hand:
    """Who writes: the caller, the resource the request is for, RBAC's name of the operation, and the client."""

    caller: Caller
    target: ArmId
    operation: str
    correlation: str
    client: str


def hand_of(request: Request, target: ArmId, operation: str) -> Hand:
    """The hand behind a request."""
    return Hand(request.caller, target, operation, request.correlation_id, request.headers.get("user-agent", ""))


@contextmanager
def recorded(cloud: Cloud, hand: Hand | None) -> Iterator[None]:
    """Record, in the transaction at hand, what everything inside changes; nothing if it fails.

    Without a hand all of it is the service's own doing.
    """
    before: dict[str, Body | None] = {}

    def note(key: str) -> None:
        kept = _shown_in(ArmId.parse(key))
        if kept is None or kept.key in before:
            return
        row = cloud.store.get(kept.key)
        before[kept.key] = shown(cloud, row) if row else None

    outer, cloud.store.watch = cloud.store.watch, note
    try:
        yield
    finally:
        cloud.store.watch = outer
    for key, old in before.items():
        row = cloud.store.get(key)
        _record(cloud, hand, key, old, shown(cloud, row) if row else None)


def _shown_in(id: ArmId) -> ArmId | None:
    """The resource whose record may tell of a write to `id`: itself, or the nearest one around it that has records."""
    here: ArmId | None = id
    while here is not None and len(here.segments) > 4:
        if records_changes(here.type):
            return here
        here = here.parent
    return id if records_changes(id.type) else None


def _unseen(type_: ResourceType | None) -> frozenset[str]:
    """Names of members that are secret or move with every write."""
    return MOVING | frozenset(type_.shown_secrets if type_ else ())


def _record(cloud: Cloud, hand: Hand | None, key: str, old: Body | None, new: Body | None) -> None:
    document = new or old
    if document is None:
        return
    id = ArmId.parse(str(document["id"]))
    ours = hand is not None and _is_ours(hand, key)
    unseen = _unseen(by_arm_type(id.type))
    found = differences(old, new, unseen) if old is not None and new is not None else {}
    if old is not None and new is not None and not found:
        return
    kind = "Create" if old is None else "Delete" if new is None else "Update"
    now = cloud.store.seconds()
    changed: dict[str, Any] = {
        "targetResourceId": id.text,
        "targetResourceType": shown_type(id.type),
        "changeType": kind,
        "changeAttributes": _attributes(cloud, hand if ours else None, key, kind, len(found), now),
    }
    if kind == "Update":
        changed["changes"] = {path: _property(id, parts, *pair, ours=ours) for path, (parts, pair) in found.items()}
    Changes(cloud.store).add(Change(now, (id.subscription or "").lower(), key, id.type.lower(), changed))


def _is_ours(hand: Hand, key: str) -> bool:
    """True for what the request is for, what goes with it, and what shows it."""
    kept = _shown_in(hand.target)
    return key == hand.target.key or key.startswith(hand.target.key + "/") or (kept is not None and kept.key == key)


def _attributes(cloud: Cloud, hand: Hand | None, key: str, kind: str, count: int, now: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if kind != "Create":
        found["previousResourceSnapshotId"] = Changes(cloud.store).last_snapshot(key) or _snapshot_id(now)
    if kind != "Delete":
        found["newResourceSnapshotId"] = _snapshot_id(now)
    by, by_type = _actor(hand)
    return {
        **found,
        "correlationId": hand.correlation if hand else NOBODY,
        "changedByType": by_type,
        "changesCount": count,
        "clientType": _client(hand) if hand else "Unspecified",
        "timestamp": shown_datetime(datetime.fromtimestamp(now, UTC)),
        "changedBy": by,
        "operation": hand.operation if hand else "Unspecified",
    }


def _actor(hand: Hand | None) -> tuple[str, str]:
    if hand is None:
        return "System", "System"
    if hand.caller.kind == "User":
        return hand.caller.name, "User"
    return hand.caller.application_id or hand.caller.object_id, "Application"


def _client(hand: Hand) -> str:
    """The client's name where Azure knows it by its user agent, else its application."""
    return next((name for known, name in CLIENTS if known.search(hand.client)), hand.caller.application_id or "Unknown")


def _snapshot_id(now: float) -> str:
    return f"{reversed_ticks(now)}_{uuid.uuid4()}_{uuid.uuid4().int % 10**9}_{int(now)}"


def reversed_ticks(seconds: float) -> str:
    """Twenty digits that sort later moments first."""
    return f"{LONGEST - (int(seconds * 10_000_000) + TICKS_BEFORE_1970):020d}"


Parts = tuple[Part, ...]
Pair = tuple[Any, Any]


def differences(old: Any, new: Any, unseen: frozenset[str] = frozenset()) -> dict[str, tuple[Parts, Pair]]:
    """Path as Azure writes it → (parts, (value before, value after)) of every leaf that differs; None for no value.

    Members called `unseen` do not count, wherever they are.
    """
    return {change_path(parts): (parts, pair) for parts, pair in _differing(old, new, (), unseen)}


def _differing(old: Any, new: Any, parts: Parts, unseen: frozenset[str]) -> Iterator[tuple[Parts, Pair]]:
    if old == new:
        return
    left, right = _members(old, unseen), _members(new, unseen)
    alike = type(old) is type(new) or old is None or new is None
    if not left and not right:
        pair = (_bare(old), _bare(new))
        if pair[0] != pair[1]:
            yield parts, pair
    elif alike and left.keys() | right.keys():
        for part in (*right, *(each for each in left if each not in right)):
            yield from _differing(left.get(part), right.get(part), (*parts, part), unseen)
    else:
        yield from _differing(old, None, parts, unseen)
        yield from _differing(None, new, parts, unseen)


def _bare(value: Any) -> Any:
    """A scalar, or an empty container for one of which nothing is seen."""
    return {} if isinstance(value, Mapping) else value


def _members(value: Any, unseen: frozenset[str]) -> dict[Part, Any]:
    """What is in a container; items of a list of named objects go by name, others by number."""
    if isinstance(value, Mapping):
        return {str(name): inner for name, inner in value.items() if name not in unseen}
    return dict(zip(_labels(value), value, strict=True)) if isinstance(value, list) else {}


def _labels(items: list[Any]) -> list[Part]:
    names = [str(item["name"]) for item in items if isinstance(item, Mapping) and item.get("name")]
    return [Item(name) for name in names] if len(set(names)) == len(items) else list(range(len(items)))


def _property(id: ArmId, parts: Parts, before: Any, after: Any, *, ours: bool) -> dict[str, Any]:
    kind = "Insert" if before is None else "Remove" if after is None else "Update"
    type_ = by_arm_type(id.type)
    by_system = not ours or (type_ is not None and _is_read_only(type_, parts))
    return {
        "previousValue": _text(before),
        "newValue": _text(after),
        "propertyChangeType": kind,
        "changeCategory": "System" if by_system else "User",
    }


def _text(value: Any) -> str | None:
    """A value as the feed shows it: text, with `True` and `False`."""
    if value is None or isinstance(value, str):
        return value
    return str(value)


def _is_read_only(type_: ResourceType, parts: Parts) -> bool:
    if parts[-1] == "provisioningState":
        return True
    for pointer in type_.read_only:
        wanted = split(pointer)
        if len(parts) >= len(wanted) and all(w in ("*", p) for w, p in zip(wanted, parts, strict=False)):
            return True
    return False
