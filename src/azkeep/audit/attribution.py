"""Who changed what, when and how: Azure's own records matched to findings. Pure functions over records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from azkeep import types
from azkeep.model.drift import Drift, DriftKind, Who
from azkeep.model.ids import GUID, ArmId, key_of
from azkeep.model.value import Secret, get, split
from azkeep.types.resource_graph import change_parts, keeper, records_changes

CHANGE_DAYS = 14
"""How long Resource Graph keeps changes: Azure Resource Graph, get resource changes."""
LOG_DAYS = 90
"""How long the activity log keeps events: Azure Monitor, activity log."""

NO_VALUES = "values not recorded by Azure"
NOT_RECORDED = "Azure has no record of it (records appear some minutes after a change)"
OUTSIDE = f"outside the window: Azure keeps changes for {CHANGE_DAYS} days and its activity log for {LOG_DAYS}"
VALUES_GONE = f"values no longer kept by Azure: it keeps them for {CHANGE_DAYS} days"
POLICY = "/providers/microsoft.authorization/policyassignments/"
MIRID = "xms_mirid"
OBJECT = "http://schemas.microsoft.com/identity/claims/objectidentifier"
WRITES = ("/write", "/delete", "/action")
ENDED = ("succeeded", "accepted")

# Application ids that Microsoft publishes: troubleshoot sign-in, "Verify first-party Microsoft applications".
CLIENTS = {
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Azure CLI",
    "1950a258-227b-4e31-a9cf-717495945fc2": "Azure PowerShell",
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c": "Azure Portal",
    "aebc6443-996d-45c2-90f0-388ff96faa56": "Visual Studio Code",
    "872cd9fa-d31f-45e0-9eab-6e460a02d1f1": "Visual Studio",
}

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One write that Azure recorded. `key` is the id written to, in lower case; `kind` Create, Update or Delete.

    `by` is a name where Azure knows one, else an id; `also` are all ids of that caller, in lower case. `values`:
    path → (before, after) as text; None where none were recorded. `policy` is the assignment whose identity wrote it,
    "" for anybody else.
    """

    key: str
    at: str
    kind: str
    by: str
    client: str = ""
    operation: str = ""
    correlation_id: str = ""
    values: Mapping[Parts, tuple[Any, Any]] | None = None
    policy: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """Records from `since` on explain findings; None where it is not known since when. `now` is the reader's clock."""

    since: datetime | None
    now: datetime

    @property
    def log_start(self) -> datetime:
        """From when on the activity log can be asked."""
        kept = self.now - timedelta(days=LOG_DAYS) + timedelta(minutes=5)
        return max(kept, self.since) if self.since else kept

    def exceeds(self, days: int) -> bool:
        """True if part of the time in which it may have happened is not kept any more."""
        return self.since is None or self.since < self.now - timedelta(days=days)


def from_changes(rows: Iterable[Mapping[str, Any]]) -> tuple[Record, ...]:
    """Records of Resource Graph's rows, which have `properties` each."""
    return tuple(_of_row(row["properties"]) for row in rows if isinstance(row.get("properties"), Mapping))


def _of_row(found: Mapping[str, Any]) -> Record:
    said = found.get("changeAttributes") or {}
    changes = found.get("changes") or {}
    values = {change_parts(path): (each.get("previousValue"), each.get("newValue")) for path, each in changes.items()}
    kind = str(found.get("changeType", ""))
    return Record(
        key=key_of(str(found.get("targetResourceId", ""))),
        at=str(said.get("timestamp", "")),
        kind=kind,
        by=str(said.get("changedBy", "")),
        client=CLIENTS.get(str(said.get("clientType", "")).lower(), _named(said.get("clientType"))),
        operation=_named(said.get("operation")),
        correlation_id=str(said.get("correlationId", "")),
        values=values if kind == "Update" else None,
    )


def _named(word: Any) -> str:
    return "" if str(word or "").lower() in ("", "unspecified", "unknown") else str(word)


def from_events(events: Iterable[Mapping[str, Any]]) -> tuple[Record, ...]:
    """One record for each operation of the activity log that changed something and did not fail."""
    found: dict[tuple[str, str, str], Record] = {}
    for event in sorted(events, key=lambda each: str(each.get("eventTimestamp", ""))):
        operation = str(get(event, "/operationName/value") or "")
        state = str(get(event, "/status/value") or "").lower()
        if str(get(event, "/category/value") or "Administrative") != "Administrative":
            continue
        if operation.lower().endswith(WRITES) and state in ENDED:
            record = _of_event(event, operation)
            found.setdefault((record.key, record.correlation_id, operation.lower()), record)
    return tuple(found.values())


def _of_event(event: Mapping[str, Any], operation: str) -> Record:
    claims = event.get("claims") if isinstance(event.get("claims"), Mapping) else {}
    assert isinstance(claims, Mapping)
    identity = str(claims.get(MIRID, "")).lower()
    by, also = _caller(str(event.get("caller") or ""), claims)
    return Record(
        key=key_of(str(event.get("resourceId") or "")),
        at=str(event.get("eventTimestamp", "")),
        kind="Delete" if operation.lower().endswith("/delete") else "Update",
        by=by,
        client=CLIENTS.get(str(claims.get("appid", "")).lower(), ""),
        operation=operation,
        correlation_id=str(event.get("correlationId", "")),
        policy=str(claims.get(MIRID, "")).rsplit("/", 1)[-1] if POLICY in identity else "",
        also=also,
    )


def _caller(caller: str, claims: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """What a caller is called, and all their ids: of an application the log names its object, the feed its client id.

    The `appid` of a person is the client that they used.
    """
    is_person = bool(caller) and not GUID.fullmatch(caller)
    ids = [str(each) for each in ("" if is_person else claims.get("appid"), claims.get(OBJECT), caller) if each]
    name = str(claims.get("name") or "")
    shown = caller if is_person else name if name and not GUID.fullmatch(name) else next(iter(ids), "")
    return shown, tuple(dict.fromkeys(each.lower() for each in ids))


def with_log(changes: Iterable[Record], log: Iterable[Record]) -> tuple[Record, ...]:
    """The change records, told by the log who an application is, and log records of what they leave out."""
    logged = tuple(log)
    by_correlation = {(record.correlation_id, record.key): record for record in logged}
    by_operation = {record.correlation_id: record for record in logged}
    names = {id: record.by for record in logged for id in record.also}
    told: list[Record] = []
    known: set[tuple[str, str]] = set()
    for record in changes:
        twin = by_correlation.get((record.correlation_id, record.key)) or by_operation.get(record.correlation_id)
        known.add((record.correlation_id, record.key))
        named = replace(record, by=names.get(record.by.lower(), record.by))
        told.append(replace(named, policy=twin.policy, by=_better(named.by, twin.by)) if twin else named)
    return (*told, *(record for record in logged if (record.correlation_id, record.key) not in known))


def _better(one: str, other: str) -> str:
    """The name of a person where either has it."""
    return other if "@" in other and "@" not in one else one or other


def attribute(drift: Drift, records: Iterable[Record], window: Window) -> Drift:
    """`drift` with the hands that made it, in order of time, and a word on what Azure does not know."""
    if drift.kind is DriftKind.UNREAD:
        return drift
    explaining = _once(record for record in records if _in_time(record, window) and _explains(record, drift))
    found = sorted(explaining, key=lambda record: moment(record.at) or datetime.min.replace(tzinfo=UTC))
    who = tuple(_who(record, drift) for record in found)
    policy = found[-1].policy if found and drift.kind is not DriftKind.MISSING else ""
    return replace(drift, who=who, who_note=_note(drift, who, window), by_policy=policy)


def _once(records: Iterable[Record]) -> tuple[Record, ...]:
    """One record of each request: feed and log tell of the same one, the feed with values."""
    found: dict[tuple[str, str], Record] = {}
    for record in records:
        key = (record.correlation_id, "" if record.correlation_id else f"{record.key} {record.at}")
        before = found.get(key)
        if before is None or (before.values is None and record.values is not None):
            found[key] = record
    return tuple(found.values())


def _in_time(record: Record, window: Window) -> bool:
    at = moment(record.at)
    return window.since is None or at is None or at >= window.since


def _explains(record: Record, drift: Drift) -> bool:
    id = ArmId.parse(drift.id)
    if drift.kind is DriftKind.MISSING:
        return record.kind == "Delete" and (record.key == id.key or id.key.startswith(f"{record.key}/"))
    if drift.kind is DriftKind.UNMANAGED:
        return record.key == id.key and record.kind != "Delete"
    assert drift.change is not None
    if record.key == id.key and record.values is None:
        return record.kind != "Delete"
    if record.values is None:
        return False
    wanted = _below(record.key, id)
    if wanted is None:
        return False
    path = (*wanted, *(part.lower() for part in split(drift.change.path)))
    return any(_meet(path, tuple(part.lower() for part in parts)) for parts in record.values)


def _below(key: str, id: ArmId) -> Parts | None:
    """Where `id` stands in the document of `key`: () for itself, `properties/subnets/a` for a subnet, else None."""
    if key == id.key:
        return ()
    kept = keeper(id)
    parent = types.by_arm_type(kept.type) if kept is not None and kept.key == key else None
    for pointer, kind in parent.inline.items() if parent else ():
        if kind.lower() == id.type.lower():
            return (*(part.lower() for part in split(pointer)), id.name.lower())
    return None


def _meet(path: Parts, other: Parts) -> bool:
    """True if one path lies at or below the other; a number stands for any item, which a record may name."""
    return all(one == two or one.isdigit() or two.isdigit() for one, two in zip(path, other, strict=False))


def _who(record: Record, drift: Drift) -> Who:
    before, after, has_values = _values(record, drift)
    if drift.change is not None and drift.change.secret:
        before, after = Secret(before), Secret(after)
    return Who(
        by=record.by,
        client=record.client,
        operation=record.operation,
        at=record.at,
        correlation_id=record.correlation_id,
        before=before,
        after=after,
        has_values=has_values,
    )


def _values(record: Record, drift: Drift) -> tuple[Any, Any, bool]:
    """The values of the very property, or of all below it by their paths; nothing where none were recorded."""
    if record.values is None or drift.change is None:
        return None, None, False
    where = _below(record.key, ArmId.parse(drift.id)) or ()
    path = (*where, *(part.lower() for part in split(drift.change.path)))
    met = {parts: pair for parts, pair in record.values.items() if _meet(path, tuple(p.lower() for p in parts))}
    if len(met) == 1:
        ((before, after),) = met.values()
        return before, after, True
    olds = {".".join(parts): pair[0] for parts, pair in met.items() if pair[0] is not None}
    news = {".".join(parts): pair[1] for parts, pair in met.items() if pair[1] is not None}
    return olds or None, news or None, bool(met)


def _note(drift: Drift, who: tuple[Who, ...], window: Window) -> str:
    if not who:
        return OUTSIDE if window.exceeds(LOG_DAYS) else NOT_RECORDED
    if drift.change is None or any(each.has_values for each in who):
        return ""
    kept = keeper(ArmId.parse(drift.id))
    has_feed = kept is not None and records_changes(kept.type)
    return VALUES_GONE if has_feed and window.exceeds(CHANGE_DAYS) else NO_VALUES


def moment(text: str) -> datetime | None:
    """The moment that `text` names (RFC 3339), None if it names none."""
    try:
        found = datetime.fromisoformat(_shortened(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _shortened(text: str) -> str:
    """`text` with at most six digits of a second, as .NET writes seven."""
    head, dot, rest = text.partition(".")
    if not dot:
        return text
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}"
