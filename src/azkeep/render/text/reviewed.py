"""What was known when a saved plan was made, told again by the apply that follows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azkeep.model.finding import Checked, Finding, Verdict
from azkeep.model.plan import Reviewed
from azkeep.render.text.line import EMPTY, Line, Span, heading, line
from azkeep.render.values import clean, stamp
from azkeep.render.view import View

BROKEN = (Verdict.FAIL, Verdict.ERROR)
SHORT = 10
"""Lines of findings without --verbose."""


def reviewed_lines(plan: Reviewed | None, now: Checked | None, view: View) -> Iterator[Line]:
    """Digest and time of the saved plan, what policies found in it, and what they found only since."""
    if plan is None:
        return
    held = ", the one that was approved" if plan.approved else ""
    yield heading(f"Saved plan of {stamp(plan.made_at)}{held}")
    yield line("  ", Span(plan.digest, "dim"))
    if plan.fail_on is not None:
        yield line(f"  policies then: {_counts(plan.findings)}; judged at {plan.fail_on.value} and above")
    then = [each for each in plan.findings if each.verdict in BROKEN]
    yield from _findings(then, view)
    told = {_key(each) for each in plan.findings if each.verdict is not Verdict.UNKNOWN}
    later = [each for each in now.findings if each.verdict in BROKEN and _key(each) not in told] if now else []
    if later:
        yield line(Span(f"  found since: {len(later)}", "warning"))
        yield from _findings(later, view)
    yield EMPTY


def _findings(findings: list[Finding], view: View) -> Iterator[Line]:
    worst = sorted(findings, key=lambda each: (-each.severity.rank, each.rule, each.name))
    shown = worst if view.verbose else worst[:SHORT]
    for each in shown:
        severity = Span(f"{each.severity.value:<8}", each.severity.value)
        yield line("  ", severity, f"  {each.rule:<12}  {clean(each.name)}: {clean(each.title)}")
    if len(worst) > len(shown):
        yield line(Span(f"  and {len(worst) - len(shown)} more: -v shows them", "dim"))


def _counts(findings: Iterable[Finding]) -> str:
    found = tuple(findings)
    words = {Verdict.FAIL: "fail", Verdict.ERROR: "error", Verdict.WAIVED: "waived", Verdict.UNKNOWN: "not known yet"}
    kept = [f"{sum(each.verdict is verdict for each in found)} {word}" for verdict, word in words.items()]
    return ", ".join(each for each in kept if not each.startswith("0 ")) or "nothing found"


def _key(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.name.casefold()
