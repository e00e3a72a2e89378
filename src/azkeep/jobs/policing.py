"""Policies as a gate: a plan is judged before anything is made, and each resource once its values are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from azkeep.engine.state import State
from azkeep.errors import EXIT_POLICY, NotJudged, PolicyBroken
from azkeep.jobs.documents import resource_of
from azkeep.jobs.judging import Bench, bench_of
from azkeep.jobs.stack import OpenStack
from azkeep.model.finding import Checked, Finding, Verdict, Waiver
from azkeep.model.plan import Outcome
from azkeep.model.report import Report
from azkeep.model.resource import Resource
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate
from azkeep.policy.granted import granted
from azkeep.policy.rule import Needs
from azkeep.policy.waiving import waive
from azkeep.settings.policies import Enforcement


@contextmanager
def judged_beside(opened: OpenStack) -> Iterator[Callable[[], Checked | None]]:
    """The judgement of what the stack's program declares, made while other things are done in the block; None where
    the project has switched policies off."""
    bench = _bench(opened)
    if bench.enforcement is Enforcement.OFF:
        yield lambda: None
        return
    with ThreadPoolExecutor(1) as beside:
        judged = beside.submit(_judge, opened, bench)
        try:
            yield judged.result
        except BaseException:
            if opened.launcher is not None:
                opened.launcher.close()  # a program that is still running is of no use any more, and may run for long
            raise


def _bench(opened: OpenStack) -> Bench:
    settings = opened.stack.settings
    return bench_of(settings.place.root, settings.env)


def _judge(opened: OpenStack, bench: Bench) -> Checked:
    from azkeep.jobs.checking import judge_declaration

    return judge_declaration(bench, opened.stack, opened.declaration)


def stops(checked: Checked | None) -> bool:
    """True where broken rules keep the stack from being applied."""
    return checked is not None and not checked.is_advisory and bool(checked.failing or checked.not_judged)


def refuse(checked: Checked) -> PolicyBroken | NotJudged:
    """The error for a plan that breaks rules, or that a rule could not judge."""
    if not checked.failing:
        return NotJudged(
            f"{checked.not_judged[0].rule} could not be judged; nothing was applied",
            detail="\n".join(f"{each.rule}: {each.name}: {each.message}" for each in checked.not_judged),
            fix="Mend the rule, or leave it out (`policies.exclude` in azkeep.yaml).",
        )
    lines = [f"{each.rule} {each.severity.value}: {each.name}: {each.title}" for each in checked.failing]
    count = len(lines)
    return PolicyBroken(
        f"{count} finding{'' if count == 1 else 's'} at or above {checked.fail_on.value}; nothing was applied",
        detail="\n".join(lines),
        fix="azkeep check STACK says what to set; azkeep.waivers.yaml takes a waiver with reason, owner and expiry.",
    )


def denied(opened: OpenStack, checked: Checked | None) -> Report:
    """The report of an apply that policies forbid: nothing was begun."""
    assert checked is not None
    error = refuse(checked)
    nothing = Outcome((), succeeded=False, checked=checked)
    return Report(opened.header(), nothing, reasons=(error.summary,), exit_code=error.exit_code, error=error)


def refused(refusals: tuple[str, ...]) -> PolicyBroken:
    """The error of an apply in which a resource, its values known, broke a rule."""
    return PolicyBroken(
        f"a rule is broken by values that only the apply made known: {refusals[0]}",
        detail="\n".join(refusals[1:]),
        fix="It was not made, nor was anything begun after it. Mend it, or waive it in azkeep.waivers.yaml.",
    )


def judged_after(opened: OpenStack, report: Report, checked: Checked | None) -> Report:
    """`report` with what was open before the apply and can be judged now; exit 3 if that breaks a rule."""
    if checked is None or not isinstance(report.result, Outcome) or report.error is not None:
        return report
    now = judge_recorded(opened, checked)
    outcome = replace(report.result, checked=now)
    if now is None or not stops(now):
        return replace(report, result=outcome)
    reason = f"{len(now.failing)} found only after the apply, at or above {now.fail_on.value}"
    return replace(report, result=outcome, exit_code=EXIT_POLICY, reasons=(reason,))


@dataclass(frozen=True)
class ResolvedGate:
    """Judges one resource by the rules that need nothing else; it goes to the program's process, so it holds words
    alone. `accepted` are rule and URN of what the judgement of the whole estate has waived or knows."""

    root: str
    env: str
    accepted: frozenset[tuple[str, str]]

    def __call__(self, resource: Resource) -> str:
        if resource.body is None:
            return ""
        bench = self._bench
        rules = tuple(rule for rule in bench.rules if rule.needs is Needs.ATTRIBUTE)
        found = evaluate(rules, Estate.of_resources((resource,), is_part=True), bench.parameters)
        broken = [each for each in found if self._breaks(each, resource, bench)]
        return "" if not broken else "; ".join(f"{each.rule} {each.name}: {each.title}" for each in broken)

    @cached_property
    def _bench(self) -> Bench:
        return bench_of(Path(self.root), self.env)

    def _breaks(self, finding: Finding, resource: Resource, bench: Bench) -> bool:
        if finding.verdict is not Verdict.FAIL or finding.severity.rank < bench.fail_on.rank:
            return False
        return (finding.rule, resource.urn) not in self.accepted


def gate_of(opened: OpenStack, checked: Checked | None) -> ResolvedGate | None:
    """What judges each resource of an apply; None where policies do not stop it."""
    if checked is None or checked.is_advisory:
        return None
    settings = opened.stack.settings
    accepted = frozenset(
        (each.rule, each.urn) for each in checked.findings if each.verdict is Verdict.WAIVED or each.accepted
    )
    return ResolvedGate(str(settings.place.root), settings.env, accepted)


def judge_recorded(opened: OpenStack, checked: Checked | None) -> Checked | None:
    """What was not known before an apply, judged on what the cloud answers now; None where nothing was open."""
    if checked is None:
        return None
    from azkeep.jobs.estate import read_live

    open_ = {(each.rule, (each.id or "").casefold()) for each in checked.findings if each.verdict is Verdict.UNKNOWN}
    rules = {rule for rule, _ in open_}
    if not rules:
        return checked
    bench = _bench(opened)
    narrowed = replace(bench, rules=tuple(rule for rule in bench.rules if rule.id in rules), waivers=())
    found = narrowed.judge(Estate.of_documents(read_live(opened)), what="the live estate")
    kept = tuple(each for each in checked.findings if each.rule not in rules or each.verdict is not Verdict.UNKNOWN)
    waivers = (*bench.waivers, *waivers_of(opened.session.state()))
    waived = waive(found.findings, waivers, frozenset(), datetime.now(UTC).date()).findings
    closed = tuple(each for each in waived if each.verdict in (Verdict.FAIL, Verdict.WAIVED))
    return replace(checked, findings=(*kept, *_new(closed, kept)))


def waivers_of(state: State) -> tuple[Waiver, ...]:
    """The waivers that the program of an applied stack grants, each on the ARM id of its resource."""
    resources = tuple(resource_of(each) for each in state.resources)
    ids = {each.urn: each.id for each in resources if each.id}
    return tuple(replace(each, resource=ids.get(each.resource, each.resource)) for each in granted(resources))


def _new(found: tuple[Finding, ...], known: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of `found`, what `known` does not say already, whatever its verdict."""
    said = {(each.rule, each.name.casefold()) for each in known}
    return tuple(each for each in found if (each.rule, each.name.casefold()) not in said)
