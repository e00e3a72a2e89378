"""The estate: its picture with the ways in from the internet, and how much of it was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.finding import Waiver
from azkeep.model.severity import Severity
from azkeep.render.page.markup import Markup, tag
from azkeep.render.page.parts import breaking, command, cut, facts, section, severity, table
from azkeep.render.text.line import counted
from azkeep.render.topology.drawing import picture
from azkeep.render.topology.frames import Node, Topology
from azkeep.render.topology.things import key_of_id
from azkeep.render.topology.words import LEGEND
from azkeep.render.values import dotted, resource_name

MOST = 500


def map_of(found: Topology, audit: Audit | None = None) -> Markup:
    """The picture, and in words each way in, worst first, as bad as the findings and the policies rate it."""
    rated = _rated(audit) if audit else {}
    names = Counter(node.name for node in found.nodes if node.exposures)
    ordered: list[tuple[int, tuple[str, ...]]] = []
    for node in found.nodes:
        for way in node.exposures:
            rate, waived = rated.get((way.judged or node.key, way.rule), (None, False))
            said: str = severity(rate) if rate else "–"
            row = said, f"internet → {_called(node, names)}", way.words, f"{way.rule}{' (waived)' if waived else ''}"
            ordered.append((-rate.rank if rate else 0, row))
    rows = [row for _, row in sorted(ordered, key=lambda pair: pair[0])]
    ways = tag("h3", {"style": "margin-top:18px"}, f"{counted(len(rows), 'path')} from the internet")
    left = [cut(len(rows) - MOST, "path")] if len(rows) > MOST else []
    listed = [table(("severity", "path", "by", "rule"), rows[:MOST])] if rows else [tag("p", {}, "None was found.")]
    drawn = f"{counted(found.parts, 'part')}, such as role assignments, not drawn: see what they hang on."
    notes = tag("p", {"class": "small faint"}, " ".join(LEGEND), " ", drawn if found.parts else "")
    return section("topology", "Topology", tag("div", {"class": "scroll"}, picture(found)), notes, ways, listed, left)


def _called(node: Node, names: Counter[str]) -> str:
    """The resource's name; its group as well where others are called alike."""
    group = node.key.partition("/resourcegroups/")[2].partition("/")[0]
    return f"{node.name} in {group}" if group and names[node.name] > 1 else node.name


def _rated(audit: Audit) -> dict[tuple[str | None, str], tuple[Severity, bool]]:
    """Key of a resource and rule → how bad it is that the rule is broken there, and whether that is waived."""
    found = {(key_of_id(each.id or ""), each.rule): (each.severity, bool(each.waiver)) for each in audit.broken}
    for drift in audit.drifts:
        for rule in drift.rules if drift.counts else ():
            place = key_of_id(drift.id), rule
            before, waived = found.get(place, (drift.severity, False))
            found[place] = max(before, drift.severity, key=lambda each: each.rank), waived
    return found


def waivers(ending: Iterable[Waiver], ended: Iterable[Waiver] = ()) -> Iterator[Markup]:
    """Waivers that have ended or end soon, the first to end first."""
    over = tuple(ended)
    rows = [
        (
            f"{each.expires}{' (over)' if each in over else ''}",
            each.rule,
            each.resource,
            each.reason,
            f"{each.owner} {each.ticket}".strip(),
        )
        for each in sorted((*over, *ending), key=lambda each: each.expires)
    ]
    if rows:
        yield section(
            "waivers",
            f"Waivers {'over or ' if over else ''}about to end ({len(rows)})",
            table(("ends", "rule", "resource", "reason", "owner"), rows),
        )


def unseen(audit: Audit) -> Markup:
    """What could not be looked at, in full: it is neither in order nor gone."""
    unread = [drift for drift in audit.drifts if drift.kind is DriftKind.UNREAD and drift.counts]
    parts: list[Markup] = []
    if unread:
        words = "Could not be read. It is neither in order nor gone: nothing is known of it."
        parts += [tag("p", {}, words), table(("resource", "type", "why", "to put right"), map(_unread, unread[:MOST]))]
        parts += [cut(len(unread) - MOST, "resource")] if len(unread) > MOST else []
    if not audit.recorded:
        parts.append(
            tag("p", {}, "No recording of this state exists, so what the program does not set was not compared.")
        )
    if audit.hidden:
        parts.append(tag("p", {}, f"{counted(audit.hidden, 'finding')} left out by --severity, --since or --only."))
    parts += _skipped(audit.skipped)
    if audit.unobservable:
        items = [
            tag("li", {}, f"{name}: ", tag("code", {}, ", ".join(map(dotted, paths))))
            for name, paths in audit.unobservable.items()
        ]
        parts += [
            tag("p", {}, "Azure takes these properties and never returns them:"),
            tag("ul", {"class": "small"}, items),
        ]
    if not parts:
        parts.append(tag("p", {}, "Nothing: everything that was looked for could be read."))
    return section("unseen", "What we could not see", tag("div", {"class": "unseen"}, parts))


def _unread(drift: Drift) -> tuple[str | Iterable[str], ...]:
    name = (tag("b", {}, resource_name(drift.id)), tag("div", {"class": "small faint"}, drift.id))
    return name, breaking(drift.type), drift.detail, command(drift.fix) if drift.fix else ""


def _skipped(urns: tuple[str, ...]) -> list[Markup]:
    if not urns:
        return []
    items = [tag("li", {}, urn) for urn in urns[:MOST]]
    return [tag("p", {}, "In the state, and no resource of Azure:"), tag("ul", {"class": "small"}, items)]


def coverage(audit: Audit) -> Markup:
    """What was looked at of each type, and what it cost in requests."""
    calls = ", ".join(f"{number} {kind}" for kind, number in sorted(audit.calls.items()) if kind != "total" and number)
    said = facts(
        (
            ("read", f"{audit.read} of {counted(audit.total, 'resource')} ({audit.percent:g} %)"),
            ("requests", f"{audit.requests}{f': {calls}' if calls else ''}" if audit.requests else ""),
        )
    )
    rows = [
        (breaking(each.type), *map(str, (each.managed, each.read, each.unread, each.unmanaged, each.by_service)))
        for each in audit.census
    ]
    heads = ("type", "managed", "read", "unread", "unmanaged", "by a service")
    return section("coverage", "Coverage", said, [table(heads, rows)] if rows else [])
