"""audit --fix: puts back what the program declares, for the findings that were chosen and for nothing else.

The state has to learn of the drift before the engine can undo it: the chosen resources are refreshed, then brought up
to the program. A copy of the state says what was declared until all is done: what a fix that fails or dies has not put
right must still be drift afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from azkeep import types
from azkeep.audit.compare import raw
from azkeep.engine.session import Selection
from azkeep.errors import AzkeepError, RequestFailed, UsageError
from azkeep.jobs.apply import carry_out
from azkeep.jobs.audit import report
from azkeep.jobs.estate import masked, outside_changes
from azkeep.jobs.kept_state import kept_state
from azkeep.jobs.options import AuditOptions
from azkeep.jobs.planning import Planned, make_plan
from azkeep.jobs.recording import conclude
from azkeep.jobs.recovering import agree, carry_out_returns, returns
from azkeep.jobs.running import failed, proposing
from azkeep.jobs.stack import OpenStack
from azkeep.jobs.sweeping import read_managed
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.plan import Diagnostic, Operation, Outcome, Plan, Step
from azkeep.model.report import Report
from azkeep.model.transport import Answer
from azkeep.model.value import split

IDLE = (Operation.SAME, Operation.READ)
RESTORABLE = (DriftKind.DECLARED, DriftKind.MISSING)


def fix(opened: OpenStack, options: AuditOptions, audit: Audit, whole: Audit) -> Report:
    """The outcome of putting the chosen findings right, after a yes. `whole` is the audit before anything was left out:
    what of it is not put right stays a finding. Raises UsageError where nothing was agreed to."""
    unmanaged = to_delete(whole, options.delete)
    urns, deleted = targets(opened, audit), returns(audit, options.purge)
    if not urns and not unmanaged:
        return _nothing(opened, audit, options)
    agree(opened, options, deleted)
    came_back = carry_out_returns(opened, audit, deleted)
    with kept_state(opened.session, opened.keeping.own) as keep, _planned(opened, urns) as planned:
        plan = replace(planned.plan, steps=(*planned.plan.steps, *(_deletion(drift) for drift in unmanaged)))
        plan = replace(plan, diagnostics=(*plan.diagnostics, *left_over(audit, unmanaged)))
        refuse_others(plan, urns, unmanaged)
        if not options.yes:
            opened.progress.show(Report(opened.header(), plan))
            if not opened.progress.ask("Do this?"):
                raise UsageError("nothing was put right", fix="Answer yes, or add --yes.")
        keep.begin()
        outcome, error = carry_out(limited(opened, urns), planned) if urns else (Outcome(()), None)
        if error is None:
            outcome, error = _delete(opened, outcome, unmanaged)
        if error is not None:
            keep.put_back()
    remaining = replace(audit, drifts=still_there(opened, audit))
    diagnostics = (*outcome.diagnostics, *left_over(remaining, unmanaged))
    done = replace(outcome, steps=(*came_back, *outcome.steps), diagnostics=diagnostics)
    return conclude(opened, "fix", done, error, outside=outside_changes(whole))


def targets(opened: OpenStack, audit: Audit) -> tuple[str, ...]:
    """URNs of the resources whose declared values are to be put back, in the state's order."""
    wanted = {ArmId.parse(drift.id).key for drift in audit.drifts if drift.counts and drift.kind in RESTORABLE}
    managed = opened.session.state().managed
    return tuple(found.urn for found in managed if found.id and ArmId.parse(found.id).key in wanted)


def to_delete(audit: Audit, named: tuple[str, ...]) -> tuple[Drift, ...]:
    """The unmanaged resources that were named one by one. Raises UsageError for anything else."""
    unmanaged = {ArmId.parse(drift.id).key: drift for drift in audit.drifts if drift.kind is DriftKind.UNMANAGED}
    wrong = [id for id in named if id.startswith("urn:") or ArmId.parse(id).key not in unmanaged]
    if wrong:
        there = "\n".join(sorted(drift.id for drift in unmanaged.values()))
        raise UsageError(
            f"no unmanaged resource was found with the id {', '.join(wrong)}",
            detail=f"Unmanaged are:\n{there}" if there else "Nothing is unmanaged.",
            fix="--delete takes only what an audit calls unmanaged, one id each.",
            subject=wrong[0],
        )
    return tuple(unmanaged[ArmId.parse(id).key] for id in dict.fromkeys(named))


def limited(opened: OpenStack, urns: tuple[str, ...]) -> OpenStack:
    """`opened` with its runs limited to `urns`."""
    options = replace(opened.stack.options, only=urns, exclude=(), replace=())
    return replace(opened, stack=replace(opened.stack, options=options))


def refuse_others(plan: Plan, urns: tuple[str, ...], unmanaged: tuple[Drift, ...]) -> None:
    """Raises UsageError if the plan would do anything but what was chosen."""
    allowed = {*urns, *(drift.id for drift in unmanaged)}
    others = [step for step in plan.steps if step.operation not in IDLE and step.urn not in allowed]
    if others:
        raise UsageError(
            f"the fix would also {others[0].operation} {others[0].name}, which was not chosen",
            detail="\n".join(f"{step.operation} {step.type} {step.name}" for step in others),
            fix="The program has changed since the last apply: preview and apply it first, or choose these too.",
        )


@contextmanager
def _planned(opened: OpenStack, urns: tuple[str, ...]) -> Iterator[Planned]:
    """The plan for `urns` after the state has learnt what they are now."""
    if not urns:
        yield Planned(Plan(()), Path())
        return
    opened.progress.phase("Refreshing what was chosen")
    run = opened.session.refresh(selection=Selection(targets=urns))
    if not run.succeeded:
        raise proposing(failed(run, ()), "fix")
    with make_plan(limited(opened, urns), (), refreshed=True) as planned:
        yield planned


def _deletion(drift: Drift) -> Step:
    name = drift.id.rsplit("/", 1)[-1]
    return Step(Operation.DELETE, drift.id, drift.type, name, drift.id, reason="nobody declared it, and it was named")


def _delete(opened: OpenStack, outcome: Outcome, unmanaged: tuple[Drift, ...]) -> tuple[Outcome, AzkeepError | None]:
    """`outcome` with the removal of each unmanaged resource; stops at the first that fails."""
    for drift in unmanaged:
        opened.progress.phase(f"Deleting {drift.id.rsplit('/', 1)[-1]}")
        type_ = types.by_arm_type(drift.type)
        if type_ is None:
            refused = f"azkeep does not know {drift.type}, and so cannot delete it"
            return replace(outcome, succeeded=False), UsageError(
                refused, fix="Delete it in the portal.", subject=drift.id
            )
        answer = opened.cloud.transport.run(
            "DELETE", drift.id, api_version=type_.api_version, query=dict(type_.delete_query)
        )
        gone = answer.ok or answer.status == 404
        step = replace(_deletion(drift), status="done" if gone else "failed")
        outcome = replace(outcome, steps=(*outcome.steps, step), succeeded=outcome.succeeded and gone)
        if not gone:
            summary = f"{answer.error_code or answer.status}: {answer.error_message}"
            return outcome, RequestFailed(summary, status=answer.status, arm_code=answer.error_code, subject=drift.id)
    return outcome, None


def still_there(opened: OpenStack, audit: Audit) -> tuple[Drift, ...]:
    """The findings without undeclared drift that a write has undone: a PUT replaces what it does not say."""
    moved = {each.id for each in audit.drifts if each.kind is DriftKind.UNDECLARED}
    if not moved:
        return audit.drifts
    live = masked(read_managed(opened.cloud.reader(), moved).live, opened.keeping.hash_key)
    return tuple(each for each in audit.drifts if not is_undone(each, live.get(each.id)))


def is_undone(drift: Drift, answer: Answer | None) -> bool:
    """True for undeclared drift whose property does not hold the value any more that was found."""
    if drift.kind is not DriftKind.UNDECLARED or drift.change is None or answer is None or not answer.ok:
        return False
    return bool(raw(answer.body, split(drift.change.path)) != drift.change.after)


def left_over(audit: Audit, unmanaged: tuple[Drift, ...]) -> tuple[Diagnostic, ...]:
    """What of the chosen findings a fix cannot put right, in one sentence each."""
    named = {drift.id for drift in unmanaged}
    undeclared = sum(drift.counts and drift.kind is DriftKind.UNDECLARED for drift in audit.drifts)
    foreign = sum(
        drift.kind is DriftKind.UNMANAGED and drift.counts and drift.id not in named for drift in audit.drifts
    )
    found = []
    if undeclared:
        several, them = ("properties", "them") if undeclared > 1 else ("property", "it")
        words = f"the program does not set {them}. Declare {them}, or --accept {them}."
        found.append(f"{undeclared} undeclared {several} left: {words}")
    if foreign:
        several = "resources" if foreign > 1 else "resource"
        words = "what nobody declared is removed only when named with --delete."
        found.append(f"{foreign} unmanaged {several} left: {words}")
    return tuple(Diagnostic("warning", text) for text in found)


def _nothing(opened: OpenStack, audit: Audit, options: AuditOptions) -> Report:
    """The audit itself where a fix has nothing to do."""
    for diagnostic in left_over(audit, ()):
        opened.progress.line(diagnostic.message)
    if not audit.drifts:
        opened.progress.line("Nothing is to be put right.")
    return report(opened, audit, options)
