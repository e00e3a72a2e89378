"""Markdown for a pull request: the summary at a glance, all else folded away."""

from __future__ import annotations

import re

from azkeep.errors import AzkeepError
from azkeep.model.report import Header, Nothing, Report, Schema
from azkeep.render import json
from azkeep.render.documents.error import flat
from azkeep.render.text import HEADED, LINES
from azkeep.render.text.header import header_lines, rehearsal_line
from azkeep.render.text.line import plain_text
from azkeep.render.view import View

LONGEST = 60_000
"""Characters of the folded text; GitHub takes 65,536 in one comment."""


def report(report: Report, view: View) -> str:
    """Title, the line that sums it up, and the whole text in a folded block."""
    if isinstance(report.result, Nothing):
        return ""
    if isinstance(report.result, Schema):
        return _fenced(json.report(report, view), "json") + "\n"
    text = plain_text(LINES[type(report.result)](report.result, view)).rstrip("\n")
    body, _, summary = text.rpartition("\n")
    rehearsal = [f"> **{plain_text([rehearsal_line(report.header)]).strip()}**"] if report.header.rehearsal else []
    title = [f"### azkeep: {_escaped(_where(report.header))}"] if type(report.result) in HEADED else []
    folded = [_folded("Details", _facts(report.header) + body)] if body.strip() else []
    return "\n\n".join([*rehearsal, *title, f"**{_escaped(summary.strip())}**", *folded, *rehearsal]) + "\n"


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """One bullet for each problem."""
    bullets = []
    for error in flat(failed):
        where = f" (`{error.source}`)" if error.source else ""
        fix = f"\n  {_escaped(error.fix)}" if error.fix else ""
        detail = f"\n{_indented(_fenced(error.detail, 'text'))}" if error.detail else ""
        bullets.append(f"- **{_escaped(error.summary)}**{where}{detail}{fix}")
    title = f"azkeep: {_escaped(_where(header))} failed" if header.stack else "azkeep failed"
    return f"### {title}\n\n" + "\n".join(bullets) + "\n"


def _where(header: Header) -> str:
    """The stack, its environment and its cloud, as far as they are known."""
    return plain_text(list(header_lines(header))[:1]).strip()


def _facts(header: Header) -> str:
    facts = plain_text(list(header_lines(header))[1:])
    return f"{facts}\n" if facts else ""


def _folded(title: str, text: str) -> str:
    left = f"\n… {len(text) - LONGEST} more characters" if len(text) > LONGEST else ""
    return f"<details><summary>{title}</summary>\n\n{_fenced(text[:LONGEST] + left, 'text')}\n\n</details>"


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _escaped(text: str) -> str:
    """`text` without Markdown or HTML of its own; code in backticks is kept."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_\[\]<>#|~@])", r"\\\1", part) for part in parts)
