"""The findings: declared, recorded and live value, who, when, the rules that it breaks, and what puts it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from azkeep.model.drift import Audit, Drift, DriftKind, Who
from azkeep.render.page.markup import Markup, joined, tag
from azkeep.render.page.parts import breaking, command, cut, moment, section, severity, table
from azkeep.render.text.audit import TITLES, place
from azkeep.render.text.line import counted
from azkeep.render.values import after, before, clean_lines, client, dotted, resource_name, shown

HEADS = ("severity", "what", "declared → recorded → live", "who and when", "breaks")
LONGEST, LONGEST_APART = 1_100_000, 200_000
"""Bytes of the tables: beyond them a page is no longer read, and the JSON document has all."""
MOST_RESOLVED = 500
HANDS = 8
"""Hands told of one finding, the newest."""


def findings(audit: Audit) -> Iterator[Markup]:
    """What drifted, worst first, then what is no drift and why; nothing where nothing was found."""
    drifts = [drift for drift in audit.drifts if drift.counts and drift.kind is not DriftKind.UNREAD]
    fresh = frozenset(key(drift) for drift in audit.since_last.new) if audit.since_last else frozenset()
    if drifts:
        note = () if audit.recorded else (_not_recorded(),)
        yield section("findings", f"Findings ({len(drifts)})", note, _table(drifts, fresh, LONGEST))
    if audit.since_last and audit.since_last.resolved:
        yield _resolved(audit.since_last.resolved, audit.since_last.at)
    apart = [drift for drift in audit.drifts if not drift.counts]
    if apart:
        words = "Shown, and no drift: what a policy deploys, and what a rule of azkeep.yaml ignores."
        yield section("apart", f"Not counted ({len(apart)})", tag("p", {}, words), _table(apart, fresh, LONGEST_APART))


def key(drift: Drift) -> tuple[str, str, str]:
    """The same for the same finding of another audit."""
    return drift.kind.value, drift.id.lower(), drift.change.path.lower() if drift.change else ""


def _not_recorded() -> Markup:
    words = "No recording of this state exists: declared properties alone were compared."
    return tag("p", {}, tag("strong", {}, words))


def _resolved(drifts: Sequence[Drift], at: str) -> Markup:
    items = [
        tag("li", {}, f"{TITLES[each.kind]}: {resource_name(each.id)} {_path(each)}") for each in drifts[:MOST_RESOLVED]
    ]
    return section("resolved", f"Resolved since {moment(at)} ({len(drifts)})", tag("ul", {}, items))


def _table(drifts: Sequence[Drift], fresh: frozenset[tuple[str, str, str]], longest: int) -> Markup:
    """Whole resources as long as they fit, and how many findings did not."""
    kept: list[Markup] = []
    used = left = 0
    for _, grouped in groupby(drifts, key=lambda drift: drift.id.lower()):
        group = list(grouped)
        if left:
            left += len(group)
            continue
        shown_ = _resource(group, fresh)
        used += len(shown_.encode())
        if used > longest and kept:
            left = len(group)
        else:
            kept.append(shown_)
    return joined(table(HEADS, kept), [cut(left, "finding")] if left else [])


def _resource(drifts: Sequence[Drift], fresh: frozenset[tuple[str, str, str]]) -> Markup:
    """One resource: its name, a row for each finding, and the commands that put all of them right."""
    first = drifts[0]
    name = tag("b", {}, resource_name(first.id))
    head = tag("th", {"colspan": len(HEADS), "scope": "rowgroup"}, name, " ", breaking(first.type), _id(first))
    rows = [_row(drift, fresh) for drift in drifts]
    fixes = list(dict.fromkeys(drift.fix for drift in drifts if drift.fix and drift.counts))
    if fixes:
        words = tag("small", {}, "to put right")
        rows.append(tag("tr", {}, tag("td", {"colspan": len(HEADS)}, words, [command(fix) for fix in fixes])))
    return tag("tbody", {"class": "of"}, tag("tr", {}, head), rows)


def _id(drift: Drift) -> Markup:
    at = (tag("br"), place(drift)) if drift.source else ()
    return tag("small", {"class": "id"}, drift.id, *at)


def _row(drift: Drift, fresh: frozenset[tuple[str, str, str]]) -> Markup:
    marks = [
        severity(drift.severity),
        *([" ", tag("span", {"class": "tag new"}, "new")] if key(drift) in fresh else []),
    ]
    what = joined(
        TITLES[drift.kind], tag("br"), tag("code", {}, breaking(_path(drift))) if drift.change else "", _why(drift)
    )
    columns = [
        tag("td", {}, marks),
        tag("td", {"class": "what"}, what),
        tag("td", {"class": "values" if drift.change else "values bare"}, _values(drift)),
        tag("td", {"class": "hands"}, _hands(drift)),
        tag("td", {"class": "rules" if drift.rules else "rules bare"}, _rules(drift)),
    ]
    return tag("tr", {}, columns)


def _rules(drift: Drift) -> Iterable[str]:
    return [tag("div", {}, rule) for rule in drift.rules] or ["–"]


def _path(drift: Drift) -> str:
    return dotted(drift.change.path) if drift.change else ""


def _why(drift: Drift) -> Iterable[str]:
    said = [*clean_lines(drift.detail), *([f"ignored: {drift.ignored}"] if drift.ignored else [])]
    said += [f"by policy {drift.by_policy}"] if drift.by_policy else []
    return [tag("div", {}, each) for each in said]


def _values(drift: Drift) -> Iterable[str]:
    """Each value with its name: what is declared is left out where nobody declared it."""
    if drift.change is None:
        return ["–"]
    recorded, live = before(drift.change), after(drift.change)
    declared = drift.declared if drift.declared is not None or drift.kind is not DriftKind.DECLARED else recorded
    hidden = drift.change.secret
    rows: list[tuple[str, Any]] = [("recorded", recorded), ("live", live)]
    if drift.kind is DriftKind.DECLARED:
        rows.insert(0, ("declared", recorded if hidden else declared))
    return [tag("div", {}, tag("i", {}, f"{name} "), tag("code", {}, _shown(value))) for name, value in rows]


def _shown(value: Any) -> str:
    return "absent" if value is None else shown(value)


def _hands(drift: Drift) -> Iterable[str]:
    """Every hand with its client, time and operation, the values that Azure recorded, and what it did not."""
    hidden = drift.change is not None and drift.change.secret
    lines = [tag("div", {}, tag("strong", {}, who.by), _act(who, hidden=hidden)) for who in drift.who[-HANDS:]]
    if len(drift.who) > HANDS:
        lines.insert(0, tag("small", {}, f"{len(drift.who) - HANDS} earlier writes are left out"))
    if drift.who_note:
        lines.append(tag("small", {}, drift.who_note))
    return lines or ["not recorded"]


def _act(who: Who, *, hidden: bool) -> Markup:
    values = f"{shown(who.before)} → {shown(who.after)}" if who.has_values and not hidden else ""
    parts = (moment(who.at), client(who) and f"with {client(who)}", who.operation, values)
    return tag("small", {}, breaking(", ".join(part for part in parts if part)))


def counts(audit: Audit) -> str:
    """The findings of an audit in words: those that count, by severity."""
    found = [drift for drift in audit.drifts if drift.counts and drift.kind is not DriftKind.UNREAD]
    worst = [(each, sum(drift.severity is each for drift in found)) for each in {drift.severity for drift in found}]
    worst.sort(key=lambda pair: -pair[0].rank)
    return f"{counted(len(found), 'finding')}" + (
        f" ({', '.join(f'{number} {each.value}' for each, number in worst)})" if worst else ""
    )
