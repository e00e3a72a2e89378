"""An audit for people: findings worst first, what could not be read, and how much was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from azkeep.model.drift import Audit, Drift, DriftKind, Severity, Who
from azkeep.render.text.change import change_lines
from azkeep.render.text.check import ending_lines
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.values import clean, clean_lines, client, resource_name, second, shown
from azkeep.render.view import View

TITLES = {
    DriftKind.DECLARED: "declared drift",
    DriftKind.UNDECLARED: "undeclared drift",
    DriftKind.MISSING: "missing",
    DriftKind.UNMANAGED: "unmanaged",
    DriftKind.UNREAD: "unread",
}


def lines(audit: Audit, view: View) -> Iterator[Line]:
    if not audit.recorded:
        yield line(Span("No recording of this state exists: declared properties alone were compared.", "warning"))
        yield EMPTY
    if any(drift.change for drift in audit.drifts):
        first = "recorded" if audit.recorded else "declared"
        yield line(Span(f"Values are shown as {first} → live.", "dim"))
        yield EMPTY
    counted_ = [drift for drift in audit.drifts if drift.counts]
    judged = [drift for drift in counted_ if drift.kind is not DriftKind.UNREAD]
    unread = [drift for drift in counted_ if drift.kind is DriftKind.UNREAD]
    for severity in reversed(Severity):
        yield from _severity(severity, [drift for drift in judged if drift.severity is severity], view)
    if unread:
        yield heading(f"UNREAD ({len(unread)}): neither in order nor gone, they could not be read")
        for drift in unread:
            yield from _resource(drift, "unread")
            yield from _details(drift)
            yield EMPTY
    yield from _apart([drift for drift in audit.drifts if drift.by_policy], "BY POLICY", "what a policy deploys", view)
    yield from _apart([drift for drift in audit.drifts if drift.ignored], "IGNORED", "what azkeep.yaml ignores", view)
    yield from ending_lines(audit.ended, "Waivers that have ended")
    yield from ending_lines(audit.ending)
    if view.verbose:
        yield from _census(audit)
    yield from summary_lines(audit)


def _apart(drifts: list[Drift], title: str, why: str, view: View) -> Iterator[Line]:
    """What is no drift, and said all the same."""
    if not drifts:
        return
    yield heading(f"{title} ({len(drifts)}): {why} is no drift")
    for drift in drifts:
        yield from _resource(drift, TITLES[drift.kind])
        yield from change_lines([drift.change] if drift.change else [], view)
        yield line("        ", clean(drift.ignored or f"policy {drift.by_policy}"))
    yield EMPTY


def _census(audit: Audit) -> Iterator[Line]:
    """What was looked at of each type, what is no ARM resource, and what cannot be seen."""
    if not audit.census:
        return
    yield heading("Looked at")
    for item in audit.census:
        parts = [f"{item.managed} managed", f"{item.read} read"]
        parts += [
            f"{number} {word}" for number, word in ((item.unread, "unread"), (item.unmanaged, "unmanaged")) if number
        ]
        parts += [f"{item.by_service} made by a service"] if item.by_service else []
        yield line("  ", clean(item.type), "  ", Span(", ".join(parts), "dim"))
    for urn in audit.skipped:
        yield line("  ", clean(urn), "  ", Span("no ARM resource: skipped", "dim"))
    for name, pointers in audit.unobservable.items():
        yield line("  ", clean(name), "  ", Span(f"never returned: {', '.join(pointers)}", "dim"))
    yield EMPTY


def _severity(severity: Severity, drifts: list[Drift], view: View) -> Iterator[Line]:
    """Findings of one severity; those of the same resource and kind stand under one name."""
    if not drifts:
        return
    yield (Span(f"{severity.upper()} ({len(drifts)})", severity.value),)
    for _, group in groupby(drifts, key=lambda drift: (drift.id.lower(), drift.kind)):
        yield from _group(list(group), view)
        yield EMPTY


def _group(drifts: list[Drift], view: View) -> Iterator[Line]:
    """One resource: each property with who wrote it and what it breaks, then how to put all right."""
    yield from _resource(drifts[0], TITLES[drifts[0].kind])
    changes = change_lines([drift.change for drift in drifts if drift.change], view)
    for drift in drifts:
        if drift.change:
            yield next(changes)
        yield from _details(drift)
    for fix in dict.fromkeys(drift.fix for drift in drifts if drift.fix):
        yield line("      to put right: ", clean(fix))


def _resource(drift: Drift, title: str) -> Iterator[Line]:
    yield line("  ", Span(title, "update"), "  ", clean(drift.type), "  ", Span(clean(resource_name(drift.id)), "bold"))
    at = place(drift)
    yield line("      ", Span(clean(f"{drift.id}{f'  {at}' if at else ''}"), "dim"))


def place(drift: Drift) -> str:
    """The line that declares the resource; of what nobody declared, said to be that of what it stands in."""
    if drift.source is None:
        return ""
    return f"in what {drift.source} declares" if drift.kind is DriftKind.UNMANAGED else str(drift.source)


def _details(drift: Drift) -> Iterator[Line]:
    for text in clean_lines(drift.detail):
        yield line("        ", text)
    for who in drift.who:
        yield line("        by ", _who(who))
    if drift.who_note:
        yield line("        ", Span(clean(drift.who_note), "dim"))
    if drift.rules:
        yield line("        breaks ", clean(", ".join(drift.rules)))


def _who(who: Who) -> str:
    values = f"{shown(who.before)} → {shown(who.after)}" if who.has_values else ""
    at = f"at {second(who.at)}" if who.at else ""
    parts = (who.by, client(who) and f"with {client(who)}", at, who.operation, values)
    return clean(", ".join(part for part in parts if part))


def summary_lines(audit: Audit) -> Iterator[Line]:
    """`In sync` or the counts, then the coverage."""
    coverage = f"read {audit.read} of {counted(audit.total, 'resource')} ({audit.percent:g} %)"
    if audit.requests:
        coverage += f" with {counted(audit.requests, 'request')}"
    if audit.hidden:
        coverage += f"; {counted(audit.hidden, 'finding')} left out by --severity, --since or --only"
    if not any(drift.counts for drift in audit.drifts):
        is_whole = audit.recorded and audit.read == audit.total and not audit.hidden
        yield line(Span("In sync" if is_whole else "No drift found", "bold"), f": {coverage}")
        return
    summary = audit.summary
    found = ", ".join(f"{summary[kind]} {title}" for kind, title in TITLES.items())
    found += "".join(
        f", {summary[kind]} {kind.replace('_', ' ')}" for kind in ("by_policy", "ignored") if kind in summary
    )
    yield line(Span("Audit", "bold"), f": {found}; {coverage}")
