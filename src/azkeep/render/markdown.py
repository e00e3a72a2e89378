"""Markdown for a pull request: the summary at a glance, all else folded away."""

from __future__ import annotations

import re
from collections.abc import Iterable

from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit
from azkeep.model.finding import Catalogue, Checked, Finding, RuleFacts, Verdict
from azkeep.model.plan import Plan
from azkeep.model.report import Header, Nothing, Report, Schema
from azkeep.render import json
from azkeep.render.comments import audit as comments
from azkeep.render.documents.error import flat
from azkeep.render.text import HEADED, LINES, check
from azkeep.render.text.header import header_lines, rehearsal_line
from azkeep.render.text.line import counted, plain_text
from azkeep.render.values import clean, dotted, shown
from azkeep.render.view import View

LONGEST = 60_000
"""Characters of the table and the folded text; GitHub takes 65,536 in one comment."""
LONGEST_TABLE = 30_000
"""Characters of the table of an audit, which leaves room for the commands below it."""


BAR = re.compile(r"(?<!\\)\|")
"""A bar that is not escaped: it begins a cell, even in code. Source: GitHub Flavored Markdown, tables."""


def report(report: Report, view: View) -> str:
    """Title, the line that sums it up, and the whole text in a folded block."""
    if isinstance(report.result, Nothing):
        return ""
    if isinstance(report.result, Schema):
        return _fenced(json.report(report, view), "json") + "\n"
    if isinstance(report.result, Checked):
        return _checked(report.result, report.header)
    if isinstance(report.result, Audit):
        return _audited(report.result, report.header, view)
    if isinstance(report.result, Catalogue) and report.result.explained:
        return "\n".join(_explained(facts) for facts in report.result.rules)
    text = plain_text(LINES[type(report.result)](report.result, view)).rstrip("\n")
    body, _, summary = text.rpartition("\n")
    rehearsal = [f"> **{plain_text([rehearsal_line(report.header)]).strip()}**"] if report.header.rehearsal else []
    title = [f"### azkeep: {_escaped(_where(report.header))}"] if type(report.result) in HEADED else []
    folded = [_folded("Details", _facts(report.header) + body)] if body.strip() else []
    digest = [f"Plan digest: `{found.digest}`"] if isinstance(found := report.result, Plan) and found.digest else []
    return "\n\n".join([*rehearsal, *title, f"**{_escaped(summary.strip())}**", *digest, *folded, *rehearsal]) + "\n"


def _checked(checked: Checked, header: Header) -> str:
    """The verdict, and a table of what fails, cut after whole rows where it would be too long for a comment."""
    verdict = plain_text([check.threshold_line(checked)]).strip()
    title = f"### azkeep policies: {_escaped(_where(header) if header.stack else checked.what)}"
    summary = plain_text([check.summary_line(checked)]).strip()
    rows = [_row(finding) for finding in check.listed(checked)]
    table = _table(("", "rule", "resource", "found", "to put right"), rows, LONGEST, "`azkeep check` shows them all")
    return "\n\n".join([title, f"**{_escaped(verdict)}**", _escaped(summary), *table]) + "\n"


def _audited(audit: Audit, header: Header, view: View) -> str:
    """The line that sums it up, a table of the findings, and the whole text with its commands in a folded block."""
    body, _, summary = plain_text(LINES[Audit](audit, view)).rstrip("\n").rpartition("\n")
    rehearsal = [f"> **{plain_text([rehearsal_line(header)]).strip()}**"] if header.rehearsal else []
    cells = [tuple(map(_escaped, row)) for row in comments.rows(audit)]
    table = _table(comments.HEADS, map(_line, cells), LONGEST_TABLE, "`--format json` has them all")
    parts = [
        *rehearsal,
        f"### azkeep: {_escaped(_where(header))}",
        f"**{_escaped(summary.strip())}**",
        *([_escaped(f"{comments.news(audit)}.")] if comments.news(audit) else []),
        *table,
        _folded(
            "Details, and what puts it right" if cells else "Details",
            _facts(header) + body,
            LONGEST - sum(map(len, table)),
        ),
        *rehearsal,
    ]
    return "\n\n".join(parts) + "\n"


def _table(heads: tuple[str, ...], rows: Iterable[str], longest: int, rest: str) -> list[str]:
    """Whole rows as far as they fit, and how many did not; nothing without rows."""
    given, kept, used = list(rows), [], 0
    for row in given:
        used += len(row) + 1
        if used > longest:
            break
        kept.append(row)
    left = len(given) - len(kept)
    note = [f"… and {counted(left, 'finding')} more: {rest}."] if left else []
    head = [f"| {' | '.join(heads)} |".replace("|  |", "| |"), "|---" * len(heads) + "|"]
    return ["\n".join([*head, *kept]), *note] if kept else note


def _line(cells: Iterable[str]) -> str:
    """A row of a table; lines in a cell become one, and no text ends a cell, not even in code."""
    return "| " + " | ".join(BAR.sub(r"\|", cell.replace("\n", " ")) for cell in cells) + " |"


def _row(finding: Finding) -> str:
    place = f"`{dotted(finding.path)}`: " if finding.path else ""
    found = shown(finding.found) if finding.found is not None else "missing" if finding.path else ""
    where = f"<br>`{finding.source}`" if finding.source else ""
    state = "" if finding.verdict is Verdict.FAIL and not finding.accepted else f" ({check.WORDS[finding.verdict]})"
    cells = (
        f"{finding.severity.value}{state}",
        f"{finding.rule} {_escaped(finding.title)}",
        f"{_escaped(clean(finding.name))}{where}",
        _escaped(clean(finding.message)) or f"{place}{_escaped(found)}",
        _escaped(finding.fix),
    )
    return _line(cells)


def _explained(facts: RuleFacts) -> str:
    """Id, title and severity of a rule, what it demands and why, and its examples."""
    told = [f"- **{title}**: {_escaped(text)}" for title, text in check.facts_of(facts)]
    examples = [
        f"#### {title}\n\n{_fenced(text, 'yaml')}" for title, text in (("Bad", facts.bad), ("Good", facts.good)) if text
    ]
    title = f"### {facts.id} {_escaped(facts.title)} ({facts.severity.value})"
    return "\n\n".join([title, "\n".join(told), *examples]) + "\n"


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


def _folded(title: str, text: str, longest: int = LONGEST) -> str:
    left = f"\n… {len(text) - longest} more characters" if len(text) > longest else ""
    return f"<details><summary>{title}</summary>\n\n{_fenced(text[:longest] + left, 'text')}\n\n</details>"


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
