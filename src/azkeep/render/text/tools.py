"""What azkeep says of itself, for people: init, engine, doctor."""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.model.report import Check, CheckState, Doctor, EngineFound, Scaffold
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.values import clean, clean_lines
from azkeep.render.view import View

MARKS = {
    CheckState.OK: ("ok     ", "create"),
    CheckState.WARNING: ("warning", "warning"),
    CheckState.FAILED: ("failed ", "error"),
}


def scaffold(found: Scaffold, view: View) -> Iterator[Line]:
    yield line("Wrote ", counted(len(found.files), "file"), " in ", Span(clean(found.folder), "bold"))
    for file in found.files:
        yield line("  ", clean(file))
    if found.next_steps:
        yield EMPTY
        yield heading("Next")
        for step in found.next_steps:
            yield line("  ", clean(step))


def engine(found: EngineFound, view: View) -> Iterator[Line]:
    action = f"{found.action}: " if found.action else ""
    yield line(clean(action), Span(f"Pulumi {clean(found.version)}", "bold"), f", {clean(found.origin)}")
    yield line("  ", clean(found.path))
    if found.sha256:
        yield line("  sha256 ", clean(found.sha256))


def doctor(found: Doctor, view: View) -> Iterator[Line]:
    if found.engine:
        yield from engine(found.engine, view)
    else:
        yield line(Span("No Pulumi CLI was found.", "error"))
    yield EMPTY
    width = max((len(check.name) for check in found.checks), default=0)
    for check in found.checks:
        yield from _check(check, width)
    failed = sum(check.state is CheckState.FAILED for check in found.checks)
    warned = sum(check.state is CheckState.WARNING for check in found.checks)
    yield EMPTY
    if failed or warned:
        yield line(Span(f"{failed} failed, {warned} to look at", "bold"), f", {len(found.checks)} checked")
    else:
        yield line(Span("All well", "bold"), f": {counted(len(found.checks), 'thing')} checked")


def _check(check: Check, width: int) -> Iterator[Line]:
    word, style = MARKS[check.state]
    yield line(Span(word, style), "  ", Span(clean(check.name).ljust(width), "bold"), f"  {clean(check.found)}")
    for text in clean_lines(check.fix):
        yield line("         try: ", text)
