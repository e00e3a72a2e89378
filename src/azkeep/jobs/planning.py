"""Making a plan with the engine, in one pass or in two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from azkeep import types
from azkeep.engine.events import plan_of
from azkeep.engine.ordering import in_order, recorded_order
from azkeep.engine.process import Control, temporary_folder
from azkeep.engine.session import Selection
from azkeep.engine.state import State
from azkeep.errors import Interrupted
from azkeep.jobs.interrupts import at_once
from azkeep.jobs.passes import Pass, first_pass, later_steps
from azkeep.jobs.running import failed, on_event
from azkeep.jobs.selecting import select
from azkeep.jobs.stack import OpenStack, program_host, write_config
from azkeep.model.finding import Checked
from azkeep.model.plan import Operation, OutsideChange, Plan, Reviewed, Step
from azkeep.program.registered import arm_ids

ENGINE_PLAN = "engine-plan.json"


@dataclass(frozen=True)
class Planned:
    """A plan and how to apply it: the engine's own plan for the first pass, how that one differs, the steps that the
    second pass will do, () if there is none, and what it is limited to. `reviewed` is what a saved plan was, None for
    a fresh one; `first_pass_done` is true where it was interrupted in the second pass. `checked` is what the
    policies say of it now."""

    plan: Plan
    engine_plan: Path
    first: Pass = field(default_factory=Pass)
    later: tuple[Step, ...] = ()
    selection: Selection = field(default_factory=Selection)
    reviewed: Reviewed | None = None
    first_pass_done: bool = False
    checked: Checked | None = None


@contextmanager
def make_plan(opened: OpenStack, outside: tuple[OutsideChange, ...], *, refreshed: bool) -> Iterator[Planned]:
    """The plan of the stack's program; its files are gone at the end of the block. Raises why it cannot be planned."""
    with temporary_folder(opened.keeping.runs, f"plan-{id(opened):x}") as folder:
        opened.progress.phase("Planning")
        engine_plan = folder / ENGINE_PLAN
        selection = with_stillborn(select(opened), opened.session.state())
        plan = plan_pass(opened, engine_plan, Pass(), selection)
        state = opened.session.state()
        later = later_steps(plan, state)
        first = first_pass(later, state)
        if later:
            held = plan_pass(opened, engine_plan, first, selection)
            plan = replace(held, steps=(*held.steps, *later))
        plan = replace(plan, outside=outside, refreshed=refreshed, typed=opened.stack.options.typed)
        yield Planned(plan, engine_plan, first, later, selection)


def plan_pass(opened: OpenStack, engine_plan: Path, difference: Pass, selection: Selection) -> Plan:
    """One preview by the engine, whose plan goes to `engine_plan`."""
    write_config(opened.stack, **difference.overrides)
    chosen = selection_of(selection, difference)
    control = Control()
    with program_host(opened) as host, at_once(control):
        run = opened.session.preview(
            host.address, plan_file=engine_plan, selection=chosen, on_event=on_event(opened.progress), control=control
        )
        if run.interrupted:
            raise Interrupted("interrupted while planning; nothing further was begun")
        if not run.succeeded:
            raise failed(run, host.failures)
        registered = host.registered
    plan = plan_of(run.events, opened.cloud.subscription)
    state, ids = opened.session.state(), arm_ids(registered, opened.cloud.subscription)
    steps = (
        replace(step, id=step.id or ids.get(step.urn), reason=step.reason or _why_replaced(step, state, chosen))
        for step in plan.steps
    )
    after = {**recorded_order(state), **{urn: found.after for urn, found in registered.items()}}
    return replace(plan, steps=in_order(steps, after))


def _why_replaced(step: Step, state: State, selection: Selection) -> str:
    """Why a resource is replaced whose properties do not ask for it; "" for anything else."""
    if step.operation is not Operation.REPLACE:
        return ""
    if step.urn in _stillborn(state):
        return "its creation failed, and it can only be made anew"
    if step.urn in selection.replaces:
        return "replacement was asked for"
    recorded = state.by_urn.get(step.urn)
    if recorded is not None and recorded.awaits_replacement:
        return "an earlier run deleted it and could not create it again"
    return "the program asks for its replacement"


def with_stillborn(selection: Selection, state: State) -> Selection:
    """`selection`, and to be replaced what of it can only be made anew because its creation failed for good."""
    added = tuple(
        urn
        for urn in _stillborn(state)
        if urn not in (*selection.excludes, *selection.replaces) and (not selection.targets or urn in selection.targets)
    )
    return replace(selection, replaces=(*selection.replaces, *added)) if added else selection


def _stillborn(state: State) -> tuple[str, ...]:
    """URNs of recorded resources whose creation failed for good."""
    types_of = ((found, types.by_token(found.token)) for found in state.managed)
    return tuple(found.urn for found, type_ in types_of if type_ is not None and type_.stillborn(found.outputs))


def selection_of(selection: Selection, difference: Pass) -> Selection:
    """As much of the selection as is this pass's."""
    replaces = selection.replaces if difference.replaces else ()
    return replace(selection, excludes=(*selection.excludes, *difference.excludes), replaces=replaces)
