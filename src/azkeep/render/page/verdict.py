"""The top of the page: the verdict in one sentence, whose run it was, and the numbers."""

from __future__ import annotations

from collections.abc import Iterable

from azkeep.model.drift import Audit, DriftKind
from azkeep.model.finding import Checked
from azkeep.model.plan import Operation, Plan
from azkeep.model.report import Header
from azkeep.render.page.findings import counts
from azkeep.render.page.markup import Markup, tag
from azkeep.render.page.parts import facts, moment
from azkeep.render.text.audit import TITLES
from azkeep.render.text.header import CLOUDS
from azkeep.render.text.line import counted
from azkeep.render.values import stamp

Numbers = Iterable[tuple[int, str]]


def top(
    header: Header, sentence: str, state: str, numbers: Numbers = (), more: Iterable[tuple[str, str]] = ()
) -> Markup:
    """The verdict with its facts, `more` of them at the end. `state` is good, warn, bad or ""; it only colours what the
    sentence says."""
    shown = [tag("li", {}, tag("strong", {}, str(number)), tag("span", {}, words)) for number, words in numbers]
    rehearsal = "Rehearsal on the local cloud: Azure was not touched." if header.rehearsal else ""
    return tag(
        "header",
        {"class": f"verdict {state}".strip()},
        tag("h1", {}, sentence),
        tag("p", {}, tag("strong", {}, rehearsal)) if rehearsal else "",
        _facts(header, more),
        tag("ul", {"class": "numbers"}, shown) if shown else "",
    )


def _facts(header: Header, more: Iterable[tuple[str, str]]) -> Markup:
    at = moment(stamp(header.started_at) or "")
    none = "none: the stack is in no commit of git" if header.stack else ""
    return facts(
        (
            ("cloud", CLOUDS.get(header.cloud or "", header.cloud or "")),
            ("subscription", header.subscription or ""),
            ("tenant", header.tenant or ""),
            ("caller", header.caller or ""),
            ("commit", _commit(header.commit, dirty=header.dirty) or none),
            ("looked at", f"{at}, in {header.seconds:.1f} s" if at else ""),
            *more,
        )
    )


def _commit(commit: str | None, *, dirty: bool | None) -> str:
    return f"{commit[:12]}{', with uncommitted changes' if dirty else ''}" if commit else ""


def name(header: Header) -> str:
    """`stack/env`, as far as it is known."""
    stack = header.stack or "The estate"
    return f"{stack}/{header.env}" if header.env else stack


def of_audit(audit: Audit, header: Header) -> Markup:
    """In sync, or what has drifted; how much was read; and what moved since the last report."""
    drifted = any(drift.counts and drift.kind is not DriftKind.UNREAD for drift in audit.drifts)
    whole = audit.recorded and audit.read == audit.total and not audit.summary["unread"] and not audit.hidden
    coverage = f"{audit.read} of {counted(audit.total, 'resource')} read ({audit.percent:g} %)"
    if drifted:
        said, state = f"has drifted: {counts(audit)}", "bad"
    elif whole:
        said, state = "is as it was applied", "good"
    else:
        said, state = "shows no drift in what could be seen", "warn"
    sentence = f"{name(header)} {said}; {coverage}{_since(audit)}."
    numbers = [(audit.summary[kind], TITLES[kind]) for kind in DriftKind]
    return top(header, sentence, state, numbers, [("last run", _last_run(audit))])


def _last_run(audit: Audit) -> str:
    """Our own newest run that wrote: what the estate is compared with."""
    if not audit.applies:
        return ""
    run = max(audit.applies, key=lambda each: each.at)
    commit = _commit(run.commit, dirty=run.dirty)
    said = f"{moment(stamp(run.at) or '')}, {run.command} {run.result}"
    return f"{said}{f', by {run.user}' if run.user else ''}{f', commit {commit}' if commit else ''}"


def _since(audit: Audit) -> str:
    if audit.since_last is None:
        return "; no earlier report to compare with"
    new, resolved = len(audit.since_last.new), len(audit.since_last.resolved)
    return f"; {new} new and {resolved} resolved since {moment(audit.since_last.at)}"


def of_check(checked: Checked, header: Header) -> Markup:
    """How many rules are broken at or above the threshold, of how many."""
    failing = len(checked.failing)
    said = f"{counted(failing, 'finding')} at or above {checked.fail_on.value}" if failing else (
        f"nothing fails at or above {checked.fail_on.value}"
    )  # fmt: skip
    judged = f"{counted(len(checked.rules), 'rule')} on {counted(checked.resources, 'resource')}"
    where = name(header) if header.stack else checked.what or "The estate"
    profile = f" ({checked.profile})" if checked.profile else ""
    numbers = [(number, verdict.replace("_", " ")) for verdict, number in checked.summary.items()]
    return top(header, f"{where}: {said}{profile}; {judged}.", "bad" if failing else "good", numbers)


def of_plan(plan: Plan, header: Header) -> Markup:
    """What an apply would do."""
    shown = [each for each in Operation if each not in (Operation.SAME, Operation.READ) and plan.summary[each]]
    words = ", ".join(f"{plan.summary[each]} to {each.value}" for each in shown) or "nothing to do"
    unread = "" if plan.refreshed else "; the cloud was not read"
    numbers = [(plan.summary[each], f"to {each.value}" if each is not Operation.SAME else "same") for each in Operation]
    return top(header, f"{name(header)}: {words}{unread}.", "warn" if shown else "good", numbers)
