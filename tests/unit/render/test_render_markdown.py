from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import render_examples as examples

from azkeep.errors import AzkeepError
from azkeep.model.plan import Diagnostic, Plan
from azkeep.model.report import Header, Report
from azkeep.render import markdown
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
