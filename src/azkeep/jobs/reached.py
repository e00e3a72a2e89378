"""An outcome beside its plan: in the same order, with the same reasons, and with what was never reached."""

from __future__ import annotations

from dataclasses import replace

from azkeep import types
from azkeep.engine.ordering import in_order, recorded_order
from azkeep.engine.state import State, StateResource
from azkeep.model.plan import Operation, Outcome, Plan, Step

NOT_STARTED = "not_started"
IDLE = (Operation.SAME, Operation.READ)


def as_planned(outcome: Outcome, plan: Plan, state: State) -> Outcome:
    """`outcome` in the order of `plan`; of a failed one also the planned steps that were never reached. `state` is the
    one after the run: what it shows to be done, an interrupted run before this one may have done."""
    order = {step.urn: number for number, step in reversed(tuple(enumerate(plan.steps)))}
    reasons = {step.urn: step.reason for step in reversed(plan.steps)}
    done = [replace(step, reason=step.reason or reasons.get(step.urn, "")) for step in outcome.steps]
    missed = () if outcome.succeeded else _never_reached(outcome, plan, state)
    steps = sorted((*done, *missed), key=lambda step: order.get(step.urn, len(order)))
    return replace(outcome, steps=tuple(steps))


def removal_as_recorded(outcome: Outcome, before: State, after: State) -> Outcome:
    """The outcome of a removal, what hangs on others first; of a failed one also what was never reached."""
    order = recorded_order(before)
    steps = in_order(outcome.steps, order)
    if outcome.succeeded:
        return replace(outcome, steps=steps)
    reached = {step.urn for step in steps}
    left = [found for found in after.managed if found.urn not in reached]
    return replace(outcome, steps=(*steps, *in_order(map(_removal, left), order)))


def _removal(found: StateResource) -> Step:
    type_ = types.by_token(found.token)
    arm_type = type_.arm_type if type_ else found.token
    return Step(Operation.DELETE, found.id, arm_type, found.name, found.urn, found.token, status=NOT_STARTED)


def _never_reached(outcome: Outcome, plan: Plan, state: State) -> tuple[Step, ...]:
    reached = {step.urn for step in outcome.steps}
    return tuple(
        replace(step, status=NOT_STARTED)
        for step in plan.steps
        if step.operation not in IDLE and step.urn not in reached and not _was_done(step, state)
    )


def _was_done(step: Step, state: State) -> bool:
    recorded = step.urn in state.by_urn
    return not recorded if step.operation is Operation.DELETE else recorded and step.operation is Operation.CREATE
