"""Fetching what Azure recorded of who changed what, for the findings of an audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from azkeep.audit.attribution import LOG_DAYS, Record, Window, attribute, from_changes, from_events, moment, with_log
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.transport import EstateReader
from azkeep.model.value import get
from azkeep.types.resource_graph import change_table, keeper

AT_ONCE = 50
"""Ids in one query: it stays readable, and well below the length that Resource Graph takes."""
EXPLAINED_TOGETHER = ((DriftKind.DECLARED, DriftKind.UNDECLARED, DriftKind.MISSING), (DriftKind.UNMANAGED,))
"""Kinds of findings that are asked about in the same requests: as far back as the oldest of them needs."""
UNREADABLE = "the records of who did it could not be read"


def attributed(
    audit: Audit, reader: EstateReader, recorded_at: str, since: Mapping[str, str] = MappingProxyType({})
) -> Audit:
    """`audit` with the hands behind each finding. Nothing is asked where there is nothing to explain.

    Records from `recorded_at` on count, of the ids in `since` from that moment on. What nobody declared was never
    recorded: it is explained by anything that Azure still knows.
    """
    now = datetime.now(UTC)
    begins = {number: _begin(drift, recorded_at, since, now) for number, drift in enumerate(audit.drifts)}
    told = dict(enumerate(audit.drifts))
    for kinds in EXPLAINED_TOGETHER:
        together = {number: drift for number, drift in enumerate(audit.drifts) if drift.kind in kinds}
        told.update(_explained(together, begins, reader, now))
    return replace(audit, drifts=tuple(told.values()))


def _begin(drift: Drift, recorded_at: str, since: Mapping[str, str], now: datetime) -> datetime | None:
    """From when on records explain `drift`."""
    recorded = moment(since.get(drift.id, recorded_at))
    if recorded is None or drift.kind is not DriftKind.UNMANAGED:
        return recorded
    return min(recorded, now - timedelta(days=LOG_DAYS))


def _explained(
    drifts: Mapping[int, Drift], begins: Mapping[int, datetime | None], reader: EstateReader, now: datetime
) -> dict[int, Drift]:
    """`drifts` with the hands behind them, of records from their beginnings on."""
    if not drifts:
        return {}
    known = [found for number in drifts if (found := begins[number]) is not None]
    window = Window(min(known) if len(known) == len(drifts) else None, now)
    changes, feed_fault = _changes(reader, drifts.values(), window)
    log, log_fault = _log(reader, drifts.values(), changes, window)
    records, fault = with_log(changes, log), feed_fault or log_fault
    return {
        number: _told(attribute(drift, records, Window(begins[number], now)), fault) for number, drift in drifts.items()
    }


def _told(drift: Drift, fault: str) -> Drift:
    if drift.kind is DriftKind.UNREAD or drift.who or not fault:
        return drift
    return replace(drift, who_note=f"{UNREADABLE}: {fault}")


def _changes(reader: EstateReader, drifts: Iterable[Drift], window: Window) -> tuple[tuple[Record, ...], str]:
    """Records of the change feed for the types that have one, and why they are not all."""
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for drift in drifts:
        kept = keeper(ArmId.parse(drift.id))
        table = change_table(kept.type) if kept else None
        if kept is not None and table:
            wanted[(table, kept.subscription or "")].add(kept.text)
    found: list[Record] = []
    fault = ""
    for (table, subscription), ids in sorted(wanted.items()):
        for chunk in _chunks(sorted(ids)):
            answer = reader.graph(_query(table, chunk, window), [subscription], kind="changes")
            found.extend(from_changes(get(answer.body, "/data") or ()) if answer.ok else ())
            fault = fault if answer.ok else f"{answer.error_code or answer.status} {answer.error_message}"
    return tuple(found), fault


def _query(table: str, ids: list[str], window: Window) -> str:
    named = ", ".join(f"'{id.replace(chr(39), chr(39) * 2)}'" for id in ids)
    since = f" and at >= datetime({window.since.isoformat()})" if window.since else ""
    return (
        f"{table} | extend at = todatetime(properties.changeAttributes.timestamp)"
        f" | where tostring(properties.targetResourceId) in~ ({named}){since}"
        " | order by at asc | project properties"
    )


def _log(
    reader: EstateReader, drifts: Iterable[Drift], changes: tuple[Record, ...], window: Window
) -> tuple[tuple[Record, ...], str]:
    """Records of the activity log for what the feed does not explain, or tells of an application only."""
    filters: dict[str, set[str]] = defaultdict(set)
    for group, ids in _unexplained(drifts, changes, window).items():
        place = f"resourceUri eq '{ids.pop()}'" if len(ids) == 1 else f"resourceGroupName eq '{group[1]}'"
        filters[group[0]].add(f"eventTimestamp ge '{window.log_start.isoformat()}' and {place}")
    found: list[Mapping[str, Any]] = []
    fault = ""
    for subscription, texts in filters.items():
        for answer in reader.events(subscription, sorted(texts)).values():
            found.extend(get(answer.body, "/value") or () if answer.ok else ())
            fault = fault if answer.ok else f"{answer.error_code or answer.status} {answer.error_message}"
    return from_events(found), fault


def _unexplained(
    drifts: Iterable[Drift], changes: tuple[Record, ...], window: Window
) -> dict[tuple[str, str], set[str]]:
    """(subscription, resource group) → ids to ask the activity log about. What is gone may have gone with its group."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    applications = {record.key for record in changes if record.by and "@" not in record.by}
    for drift in drifts:
        id = ArmId.parse(drift.id)
        kept = keeper(id)
        known = attribute(drift, changes, window)
        if known.who and not (kept is not None and kept.key in applications):
            continue
        place = (id.subscription or "", (id.resource_group or "").lower())
        found[place].add(id.text)
        if drift.kind is DriftKind.MISSING and id.parent is not None:
            found[place].add(id.parent.text)
    return found


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
