"""An audit for people: findings worst first, what could not be read, and how much was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from azkeep.model.drift import Audit, Drift, DriftKind, Severity, Who
from azkeep.render.text.change import change_lines
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.values import clean, clean_lines, resource_name
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
        yield line(Span("Values are shown as recorded → live.", "dim"))
        yield EMPTY
    judged = [drift for drift in audit.drifts if drift.kind is not DriftKind.UNREAD]
    unread = [drift for drift in audit.drifts if drift.kind is DriftKind.UNREAD]
    for severity in reversed(Severity):
        yield from _severity(severity, [drift for drift in judged if drift.severity is severity], view)
    if unread:
        yield heading(f"UNREAD ({len(unread)}): neither in order nor gone, they could not be read")
        for drift in unread:
            yield from _resource(drift, "unread")
            yield from _details(drift)
            yield EMPTY
    yield from summary_lines(audit)


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
    yield line("      ", Span(clean(drift.id), "dim"))


def _details(drift: Drift) -> Iterator[Line]:
    for text in clean_lines(drift.detail):
        yield line("        ", text)
    for who in drift.who:
        yield line("        by ", _who(who))
    if drift.rules:
        yield line("        breaks ", clean(", ".join(drift.rules)))


def _who(who: Who) -> str:
    parts = (who.by, who.client and f"with {who.client}", who.at and f"at {who.at}", who.operation)
    return clean(", ".join(part for part in parts if part))


def summary_lines(audit: Audit) -> Iterator[Line]:
    """`In sync` or the counts, then the coverage."""
    coverage = f"read {audit.read} of {counted(audit.total, 'resource')} ({audit.percent:g} %)"
    if audit.requests:
        coverage += f" with {counted(audit.requests, 'request')}"
    if not audit.drifts:
        is_whole = audit.recorded and audit.read == audit.total
        yield line(Span("In sync" if is_whole else "No drift found", "bold"), f": {coverage}")
        return
    summary = audit.summary
    found = ", ".join(f"{summary[kind]} {title}" for kind, title in TITLES.items())
    yield line(Span("Audit", "bold"), f": {found}; {coverage}")
