"""apply: makes the estate what the program declares, by a plan that was shown or saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from azkeep.engine import history, plan_envelope, planfile
from azkeep.engine.events import outcome_of
from azkeep.engine.plan_envelope import Envelope
from azkeep.engine.private import write_private
from azkeep.engine.process import Control, temporary_folder
from azkeep.engine.sealing import StackSealer
from azkeep.engine.session import Selection, digest_of_plan
from azkeep.errors import AzkeepError, PlanStale, UsageError
from azkeep.jobs.basis import adopt_encryption, basis_of, refuse_foreign
from azkeep.jobs.estate import read_outside
from azkeep.jobs.interrupts import forwarded
from azkeep.jobs.options import ApplyOptions, Progress
from azkeep.jobs.passes import SECOND, first_pass, is_later
from azkeep.jobs.planning import ENGINE_PLAN, Planned, make_plan, plan_pass, selection_of
from azkeep.jobs.policing import denied, gate_of, judged_after, judged_beside, refused, stops
from azkeep.jobs.reached import as_planned
from azkeep.jobs.recording import conclude, missing, warned
from azkeep.jobs.running import failed, on_event
from azkeep.jobs.selecting import select
from azkeep.jobs.stack import OpenStack, open_stack, program_host, write_config
from azkeep.model.plan import Operation, Outcome, Plan, Step
from azkeep.model.report import Report

IDLE = (Operation.SAME, Operation.READ)
GONE_ON = "the interrupted plan would now"
SECOND_PASS_WOULD = "the second pass would"


def run(options: ApplyOptions, progress: Progress) -> Report:
    """The outcome of applying the saved plan, or a fresh one after a yes. Raises PlanStale before anything changes."""
    refuse_unanswerable(options)
    envelope = plan_envelope.read(Path(options.file), _approved(options)) if options.file else None
    with (
        open_stack(options.stack, progress, changes=True, runs_program=True) as opened,
        judged_beside(opened) as judged,
        _planned(options, envelope, opened) as made,
    ):
        planned = replace(made, checked=judged())
        return _told(_run(options, opened, planned), planned)


def _run(options: ApplyOptions, opened: OpenStack, planned: Planned) -> Report:
    """What came of `planned`, or of the refusal to apply it."""
    if stops(planned.checked):
        return denied(opened, planned.checked)
    if not planned.plan.has_changes:
        return _state_alone(opened, planned)
    if gone := missing(planned.plan.outside, options.stack.typed):
        opened.progress.line(gone)
    if not options.file and not options.yes:
        progress = opened.progress
        progress.show(Report(opened.header(), replace(planned.plan, checked=planned.checked)))
        if not progress.ask("Apply this plan?"):
            raise UsageError("nothing was applied", fix="Answer yes, or add --yes.")
    outcome, error = carry_out(opened, planned)
    outcome = as_planned(outcome, planned.plan, opened.session.state())
    report = _concluded(opened, planned, outcome, error)
    return judged_after(opened, report, planned.checked)


def _told(report: Report, planned: Planned) -> Report:
    """`report` with what was known when the plan was saved."""
    if not isinstance(report.result, Outcome):
        return report
    return replace(report, result=replace(report.result, reviewed=planned.reviewed))


def _approved(options: ApplyOptions) -> str | None:
    return plan_envelope.approved_digest(options.digest) if options.digest else None


def refuse_unanswerable(options: ApplyOptions) -> None:
    """Raises UsageError where nobody could agree to the plan, or a digest has no plan file to be held to."""
    if options.digest and not options.file:
        raise UsageError(
            "--digest belongs to a saved plan",
            fix=f"azkeep apply STACK FILE --digest {options.digest}",
            subject=options.stack.stack,
        )
    if options.yes or options.file or options.terminal:
        return
    raise UsageError(
        "apply needs a yes, and there is no terminal to ask on",
        fix="Add --yes, or review a saved plan first: azkeep preview STACK --out FILE, then azkeep apply STACK FILE.",
        subject=options.stack.stack,
    )


@contextmanager
def _planned(options: ApplyOptions, envelope: Envelope | None, opened: OpenStack) -> Iterator[Planned]:
    """The saved plan, still true, or a fresh one."""
    if envelope is not None:
        with _saved(opened, envelope, approved=bool(options.digest)) as planned:
            yield planned
        return
    outside = read_outside(opened, refresh=options.refresh)
    with make_plan(opened, outside, refreshed=options.refresh) as planned:
        yield planned


@contextmanager
def _saved(opened: OpenStack, envelope: Envelope, *, approved: bool) -> Iterator[Planned]:
    opened.progress.phase("Checking that the plan still holds")
    refuse_foreign(opened, envelope)
    saved = planfile.load(envelope, StackSealer(opened.session))
    trace = opened.session.trace_of(saved.digest)
    begun = planfile.continued(saved, trace.urns)
    try:
        planfile.verify(saved.basis, basis_of(opened, saved.basis.live), continued=begun)
    except PlanStale as error:
        raise _applied_before(opened, saved.digest, error) from error
    if select(opened) not in (Selection(), saved.selection):
        raise UsageError(
            "a saved plan is applied as it was made: --only, --exclude and --replace belong to its preview",
            fix="Leave them out, or preview again with them: azkeep preview STACK --out reviewed.plan",
            subject=opened.stack.settings.project,
        )
    adopt_encryption(opened, envelope)
    with temporary_folder(opened.keeping.runs, f"plan-{id(opened):x}") as folder:
        engine_plan = folder / ENGINE_PLAN
        write_private(engine_plan, saved.engine_plan)
        later = tuple(step for step in saved.plan.steps if is_later(step))
        first = first_pass(later, opened.session.state())
        plan = replace(saved.plan, outside=read_outside(opened, refresh=True))
        reviewed = saved.reviewed(approved=approved)
        planned = Planned(plan, engine_plan, first, later, saved.selection, reviewed, trace.first_pass_done)
        if begun.urns and not planned.first_pass_done:
            _plan_the_rest(opened, planned, begun.urns)
        yield planned


def _applied_before(opened: OpenStack, digest: str, found: PlanStale) -> PlanStale:
    """That the plan was applied already, when and by whom, where that is why it no longer holds; else `found`."""
    runs = history.read(opened.keeping.history)
    done = next((run for run in runs if run.plan_digest == digest and run.result == "succeeded"), None)
    if done is None:
        return found
    at = done.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlanStale(
        f"this plan was applied already, at {at} by {done.user or done.principal}",
        detail="A plan is applied once: what it asked for is done, and the estate has moved on from where it began.",
        fix=plan_envelope.PREVIEW_AGAIN,
        subject=found.subject,
    )


def _plan_the_rest(opened: OpenStack, planned: Planned, begun: frozenset[str]) -> None:
    """Makes the engine's plan fit what an interrupted run left. Raises PlanStale if that takes other steps."""
    fresh = planned.engine_plan.with_name(f"fresh-{ENGINE_PLAN}")
    rest = plan_pass(opened, fresh, planned.first, planned.selection)
    expected = tuple(step for step in planned.plan.steps if not is_later(step) and step.operation not in IDLE)
    _refuse_other_steps(rest, expected, GONE_ON)
    before, now = planned.engine_plan.read_text(encoding="utf-8"), fresh.read_text(encoding="utf-8")
    write_private(planned.engine_plan, planfile.rest_of(before, now, begun))


def carry_out(opened: OpenStack, planned: Planned) -> tuple[Outcome, AzkeepError | None]:
    """Both passes, or the second alone. The error is what stopped them, None if all was done."""
    control = Control()
    outcome: Outcome = Outcome(())
    if not planned.first_pass_done:
        opened.progress.phase("Applying")
        outcome, error = _pass(opened, planned, control, goes_on=bool(planned.later))
        if error is not None or not planned.later:
            return outcome, error
    opened.progress.phase("Applying the second pass")
    try:
        engine_plan = planned.engine_plan.with_name(f"second-{ENGINE_PLAN}")
        rest = plan_pass(opened, engine_plan, SECOND, planned.selection)
        _refuse_other_steps(rest, planned.later, SECOND_PASS_WOULD)
    except AzkeepError as problem:
        return replace(outcome, succeeded=False), problem
    second, error = _pass(opened, replace(planned, engine_plan=engine_plan, first=SECOND), control)
    came_first = {step.urn for step in outcome.steps}
    moved = tuple(step for step in second.steps if step.operation is not Operation.SAME or step.urn not in came_first)
    return replace(second, steps=(*outcome.steps, *moved)), error


def _pass(
    opened: OpenStack, planned: Planned, control: Control, *, goes_on: bool = False
) -> tuple[Outcome, AzkeepError | None]:
    write_config(opened.stack, **planned.first.overrides)
    chosen = selection_of(planned.selection, planned.first)
    with (
        program_host(opened, gate_of(opened, planned.checked)) as host,
        forwarded(control, host.stop_registering, opened.progress.line),
    ):
        done = opened.session.up(
            host.address,
            plan_file=planned.engine_plan,
            selection=chosen,
            on_event=on_event(opened.progress),
            control=control,
            saved_plan=planned.reviewed.digest if planned.reviewed else "",
            goes_on=goes_on and planned.reviewed is not None,
        )
        failures, refusals = host.failures, host.refusals
        # still here: a Ctrl-C that comes after the engine has ended must not keep the outcome from being told
        outcome = outcome_of(
            done.events, opened.cloud.subscription, outputs=opened.session.outputs(), succeeded=done.succeeded
        )
    if refusals:
        return replace(outcome, succeeded=False), refused(refusals)
    return outcome, None if done.succeeded else failed(done, failures)


def _refuse_other_steps(plan: Plan, expected: tuple[Step, ...], would: str) -> None:
    """Raises PlanStale if `plan`, as named by `would`, does anything but what was expected."""
    allowed = {step.urn for step in expected}
    others = [step for step in plan.steps if step.operation not in IDLE and step.urn not in allowed]
    if others:
        raise PlanStale(
            f"{would} also {others[0].operation} {others[0].name}, which the plan does not say",
            detail="\n".join(f"{step.operation} {step.type} {step.name}" for step in others[1:]),
            fix="A part of the plan is applied. Preview again, review, and apply the rest.",
        )


def _state_alone(opened: OpenStack, planned: Planned) -> Report:
    """The report of an apply that changes no resource. Outputs, and options such as `protect`, which only the state
    holds, may have changed all the same."""
    before = opened.session.state().digest
    outcome, error = carry_out(opened, planned)
    if error is not None or opened.session.state().digest != before:
        return _concluded(opened, planned, outcome, error)
    return Report(opened.header(), warned(outcome, planned.plan.outside, opened.stack.options.typed))


def _concluded(opened: OpenStack, planned: Planned, outcome: Outcome, error: AzkeepError | None) -> Report:
    """The report of a run, which the history then holds with the plan's digest: of a saved one, its file's."""
    reviewed = planned.reviewed
    digest = reviewed.digest if reviewed else digest_of_plan(planned.engine_plan.read_text(encoding="utf-8"))
    approved = reviewed is not None and reviewed.approved
    return conclude(
        opened, "apply", outcome, error, outside=planned.plan.outside, plan_digest=digest, approved=approved
    )
