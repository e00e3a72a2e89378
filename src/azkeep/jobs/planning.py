"""Making a plan with the engine, in two passes where a property names resources that the plan itself makes.

An endpoint's traffic names its deployments, which can be made only after the endpoint. The first pass holds such a
property back (setting `azkeep:traffic: hold`, read by the components), the second sets it. Both are in the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from azkeep import types
from azkeep.engine.events import plan_of
from azkeep.engine.process import temporary_folder
from azkeep.jobs.running import failed, on_event
from azkeep.jobs.selecting import select
from azkeep.jobs.stack import OpenStack, program_host, write_config
from azkeep.model.ids import ArmId
from azkeep.model.plan import Operation, OutsideChange, Plan, Step
from azkeep.program.registered import arm_ids

HOLD = {"traffic": "hold"}
ENGINE_PLAN = "engine-plan.json"
SECOND_PASS = "second pass: set once what it names exists"


@dataclass(frozen=True)
class Planned:
    """A plan and how to apply it: the engine's own plan for the first pass, the settings it was made with, and the
    steps that the second pass will do, () if there is none."""

    plan: Plan
    engine_plan: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    later: tuple[Step, ...] = ()


@contextmanager
def make_plan(opened: OpenStack, outside: tuple[OutsideChange, ...], *, refreshed: bool) -> Iterator[Planned]:
    """The plan of the stack's program; its files are gone at the end of the block. Raises why it cannot be planned."""
    with temporary_folder(opened.keeping.runs, f"plan-{id(opened):x}") as folder:
        opened.progress.phase("Planning")
        engine_plan = folder / ENGINE_PLAN
        plan = plan_pass(opened, engine_plan, {})
        later = later_steps(plan)
        overrides: Mapping[str, str] = {}
        if later:
            overrides = HOLD
            held = plan_pass(opened, engine_plan, overrides)
            plan = replace(held, steps=(*held.steps, *later))
        yield Planned(replace(plan, outside=outside, refreshed=refreshed), engine_plan, overrides, later)


def plan_pass(opened: OpenStack, engine_plan: Path, overrides: Mapping[str, str]) -> Plan:
    """One preview by the engine, whose plan goes to `engine_plan`."""
    write_config(opened.stack, **overrides)
    with program_host(opened) as host:
        run = opened.session.preview(
            host.address, plan_file=engine_plan, selection=select(opened), on_event=on_event(opened.progress)
        )
        if not run.succeeded:
            raise failed(run, host.failures)
        ids = arm_ids(host.registered, opened.cloud.subscription)
    plan = plan_of(run.events, opened.cloud.subscription)
    return replace(plan, steps=tuple(replace(step, id=step.id or ids.get(step.urn)) for step in plan.steps))


def later_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps of a second pass: for each resource whose property names children that this plan makes, one update."""
    made = {
        ArmId.parse(step.id).key
        for step in plan.steps
        if step.id and step.operation in (Operation.CREATE, Operation.REPLACE)
    }
    found: list[Step] = []
    for step in plan.steps:
        type_ = types.by_arm_type(step.type)
        if type_ is None or step.id is None:
            continue
        for pointer, kind in type_.names_children.items():
            named = [change for change in step.changes if change.path.startswith(f"{pointer}/")]
            children = {ArmId.parse(step.id).child(kind, change.path.rsplit("/", 1)[-1]).key for change in named}
            if children & made:
                found.append(replace(step, operation=Operation.UPDATE, changes=tuple(named), reason=SECOND_PASS))
    return tuple(found)


def is_later(step: Step) -> bool:
    """True for a step of the second pass."""
    return step.reason == SECOND_PASS
