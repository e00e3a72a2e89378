"""An audit as a table for a comment: what drifted, worst first, with who did it and the rules that it breaks."""

from __future__ import annotations

from collections.abc import Iterable

from azkeep.model.drift import Audit, Drift, DriftKind, Who
from azkeep.render.text.audit import TITLES
from azkeep.render.values import after, before, dotted, resource_name, second, shown

HEADS = ("", "resource", "what", "recorded → live", "by", "breaks")
ABSENT = "absent"


def rows(audit: Audit) -> list[tuple[str, ...]]:
    """A row for each finding that counts, with as many cells as HEADS; what could not be read comes last."""
    counting = [drift for drift in audit.drifts if drift.counts]
    return [_row(drift) for drift in sorted(counting, key=lambda drift: drift.kind is DriftKind.UNREAD)]


def news(audit: Audit) -> str:
    """What moved since the last report, "" where there is none."""
    if audit.since_last is None:
        return ""
    new, resolved = len(audit.since_last.new), len(audit.since_last.resolved)
    return f"{new} new and {resolved} resolved since {second(audit.since_last.at)}"


def _row(drift: Drift) -> tuple[str, ...]:
    is_unread = drift.kind is DriftKind.UNREAD
    path = f" of `{dotted(drift.change.path)}`" if drift.change else ""
    detail = f": {drift.detail}" if drift.detail and drift.kind in (DriftKind.UNREAD, DriftKind.MISSING) else ""
    return (
        "–" if is_unread else drift.severity.value,
        resource_name(drift.id),
        f"{TITLES[drift.kind]}{path}{detail}",
        _values(drift),
        _hands(drift.who) or ("" if is_unread else drift.who_note),
        ", ".join(drift.rules),
    )


def _values(drift: Drift) -> str:
    if drift.change is None:
        return ""
    values = (before(drift.change), after(drift.change))
    return " → ".join(ABSENT if value is None else shown(value) for value in values)


def _hands(who: Iterable[Who]) -> str:
    """Each hand once, with the time of its last write."""
    last = {each.by: each.at for each in who}
    return ", ".join(f"{by} at {second(at)}" if at else by for by, at in last.items())
