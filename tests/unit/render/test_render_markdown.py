from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import estate_examples as estate
import pytest
import render_examples as examples

from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit
from azkeep.model.plan import Change, Diagnostic, Plan
from azkeep.model.report import Header, Report
from azkeep.render import markdown
from azkeep.render.comments.audit import HEADS
from azkeep.render.view import View


@pytest.mark.parametrize("name", ["plan", "plan-rehearsal", "plan-saved", "audit", "outcome-failed", "outputs"])
def test_markdown_is_as_reviewed(name: str, golden: Callable[[str, str], None]) -> None:
    """Each kind of comment reads as its reviewed file says."""
    golden(f"markdown/{name}.md", markdown.report(examples.REPORTS[name], View()))


def test_error_markdown_is_as_reviewed(golden: Callable[[str, str], None]) -> None:
    """Each problem is a bullet with its place and what to do."""
    golden("markdown/error.md", markdown.failure(examples.ERROR, Header(stack="hub"), View()))


@pytest.mark.parametrize("name", list(examples.REPORTS))
def test_no_secret_is_commented(name: str) -> None:
    """A value marked secret is in no comment."""
    assert examples.CANARY not in markdown.report(examples.REPORTS[name], View())


def test_foreign_text_stays_inside_its_block() -> None:
    """What a program says cannot close the block and become Markdown, nor mention people."""
    said = Plan((), diagnostics=(Diagnostic("error", "```\n</details> @everyone\n````"),))
    text = markdown.report(Report(examples.HEADER, said), View())
    fence = "`" * 5
    assert text.count(f"\n{fence}") == 2
    assert text.index("@everyone") < text.rindex(fence)
    assert "\\@everyone" in markdown.failure(AzkeepError("hello @everyone"), Header(), View())


def test_long_plans_fit_a_comment() -> None:
    """More than a comment takes is cut, and how much is said."""
    plan = replace(examples.PLAN, steps=examples.PLAN.steps * 400)
    text = markdown.report(Report(examples.HEADER, plan), View())
    assert len(text) < 65_536
    assert "more characters" in text
    assert "**Plan: 400 to create" in text


def test_an_audit_is_a_table_worst_first() -> None:
    """What drifted, in what values, by whom and against which rule; what could not be read comes last."""
    lines = markdown.report(estate.REPORT, View()).splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert rows[0] == "| | resource | what | recorded → live | by | breaks |"
    assert rows[1] == (
        '| critical | kv | declared drift of `properties.publicNetworkAccess` | "Disabled" → "Enabled"'
        " | eve\\@example.com at 2026-11-21T18:04:00Z | KV-NET-001 |"
    )
    assert [row.split(" | ")[0] for row in rows[1:]] == ["| critical", "| critical", "| high", "| low", "| –"]
    assert "AuthorizationFailed" in rows[-1]
    assert "1 new and 1 resolved since 2026-11-21T06:00:00Z." in lines


def test_no_value_ends_a_cell_of_the_table() -> None:
    """Neither a bar, nor one in code, nor a line of its own."""
    change = Change("/tags/a|b", "x|y", "`p|q`\nnext")
    audit = Audit((replace(estate.OPENED, change=change),), 1, 1)
    (row,) = [
        line for line in markdown.report(Report(examples.HEADER, audit), View()).splitlines() if "| critical" in line
    ]
    bars, cells = re.findall(r"(?<!\\)\|", row), len(HEADS)
    assert len(bars) == cells + 1


def test_an_audit_of_many_findings_fits_into_a_comment() -> None:
    """Whole rows, the number of the others, and the commands as far as they fit."""
    text = markdown.report(Report(examples.HEADER, estate.many(500)), View())
    assert len(text) < 65_536
    shown = sum(line.startswith("| critical") for line in text.splitlines())
    assert 50 < shown < 500
    assert f"… and {500 - shown} findings more: `--format json` has them all." in text
