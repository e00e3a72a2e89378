"""Text for people: plain lines, or the same words with colours on a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from azkeep.errors import AzkeepError
from azkeep.model.finding import Checked
from azkeep.model.report import Header, Nothing, Report, Schema
from azkeep.render import json
from azkeep.render.text import HEADED, LINES, error
from azkeep.render.text.header import header_lines, rehearsal_line
from azkeep.render.text.line import EMPTY, Line, Span, line, plain_text
from azkeep.render.values import clean
from azkeep.render.view import View

STYLES = {
    "bold": "bold",
    "dim": "dim",
    "error": "bold red",
    "warning": "yellow",
    "info": "dim",
    "create": "green",
    "update": "yellow",
    "replace": "magenta",
    "delete": "red",
    "import": "cyan",
    "forget": "yellow",
    "read": "cyan",
    "same": "dim",
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "yellow",
    "low": "cyan",
}


def report(report: Report, view: View) -> str:
    """The whole text, each line ended; a rehearsal says so in its first and last line."""
    if isinstance(report.result, Nothing):
        return ""
    if isinstance(report.result, Schema):
        return json.report(report, view)
    return _text(_report(report, view), view)


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """The error alone: which stack it was, the user has just typed."""
    return _text(error.lines(failed), view)


def _report(report: Report, view: View) -> Iterator[Line]:
    rehearses = report.header.rehearsal and type(report.result) in HEADED
    if rehearses:
        yield rehearsal_line(report.header)
    if type(report.result) in HEADED:
        yield from _heading(report)
        yield EMPTY
    yield from LINES[type(report.result)](report.result, view)
    if rehearses:
        yield rehearsal_line(report.header)


def _heading(report: Report) -> Iterator[Line]:
    """Which stack and where; an estate that is no stack has the name of what was read."""
    if report.header.stack is None and isinstance(report.result, Checked):
        yield line(Span(clean(report.result.what), "bold"))
        return
    yield from header_lines(report.header)


def _text(lines: Iterable[Line], view: View) -> str:
    return _coloured(lines) if view.color else plain_text(lines)


def _coloured(lines: Iterable[Line]) -> str:
    from rich.console import Console
    from rich.text import Text

    written = io.StringIO()
    console = Console(file=written, force_terminal=True, color_system="standard", highlight=False, soft_wrap=True)
    for each in lines:
        console.print(Text.assemble(*((span.text, STYLES.get(span.style, "")) for span in each)), soft_wrap=True)
    return written.getvalue()
