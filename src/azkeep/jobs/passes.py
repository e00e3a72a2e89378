"""Two passes, where a property names resources that the same plan makes or removes.

An endpoint's traffic names its deployments, which can be made only after the endpoint, and removed only once no
traffic goes to them. The first pass keeps such properties as they are recorded (setting `azkeep:traffic`, read by the
components) and removes nothing that they name; the second sets them and removes the rest. Both are in the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from azkeep import types
from azkeep.engine.state import State
from azkeep.jobs.estate import declared_documents
from azkeep.model.ids import ArmId
from azkeep.model.plan import Change, Operation, Plan, Step
from azkeep.model.value import get

SECOND_PASS = "second pass: "
SET_LATER = f"{SECOND_PASS}set once what it names exists"
REMOVE_LATER = f"{SECOND_PASS}removed once nothing names it"
MADE = (Operation.CREATE, Operation.REPLACE)


@dataclass(frozen=True)
class Pass:
    """How one run of the engine differs from the whole: settings of azkeep's own that hold properties back, URNs left
    alone, and whether `--replace` counts (once, in the first)."""

    overrides: Mapping[str, str] = field(default_factory=dict)
    excludes: tuple[str, ...] = ()
    replaces: bool = True


SECOND = Pass(replaces=False)


def later_steps(plan: Plan, state: State) -> tuple[Step, ...]:
    """The steps of the second pass, () if one pass will do."""
    made = {ArmId.parse(step.id).key for step in plan.steps if step.id and step.operation in MADE}
    named = [(step, changes) for step in plan.steps for changes in [_naming_changes(step)] if changes]
    held = set(_named_by_recorded(state))
    leaving = [step for step in plan.steps if step.operation is Operation.DELETE and _key(step) in held]
    going = {step.id for step in plan.steps if step.operation is Operation.DELETE}
    leaving = [step for step in leaving if str(ArmId.parse(step.id or "").parent) not in going]
    if not any(child in made for step, changes in named for child in _children(step, changes)) and not leaving:
        return ()
    updates = (replace(step, operation=Operation.UPDATE, changes=found, reason=SET_LATER) for step, found in named)
    return (*updates, *(replace(step, reason=REMOVE_LATER) for step in leaving))


def first_pass(later: tuple[Step, ...], state: State) -> Pass:
    """The first pass that leaves `later` to the second one."""
    if not later:
        return Pass()
    shares = {ArmId.parse(id).name: dict(value) for id, value in _recorded(state)}
    return Pass(
        overrides={"traffic": json.dumps(shares, sort_keys=True)},
        excludes=tuple(step.urn for step in later if step.operation is Operation.DELETE),
    )


def is_later(step: Step) -> bool:
    """True for a step of the second pass."""
    return step.reason.startswith(SECOND_PASS)


def _naming_changes(step: Step) -> tuple[Change, ...]:
    type_ = types.by_arm_type(step.type)
    if type_ is None or step.id is None:
        return ()
    pointers = tuple(f"{pointer}/" for pointer in type_.names_children)
    return tuple(change for change in step.changes if change.path.startswith(pointers)) if pointers else ()


def _children(step: Step, changes: tuple[Change, ...]) -> Iterator[str]:
    """Keys of the children that changed properties of `step` name."""
    type_ = types.by_arm_type(step.type)
    for pointer, kind in type_.names_children.items() if type_ and step.id else ():
        for change in changes:
            if change.path.startswith(f"{pointer}/"):
                yield ArmId.parse(step.id or "").child(kind, change.path.rsplit("/", 1)[-1]).key


def _recorded(state: State) -> Iterator[tuple[str, Mapping[str, object]]]:
    """(id, recorded value) of every property that names children."""
    for id, document in declared_documents(state).items():
        type_ = types.by_arm_type(ArmId.parse(id).type)
        for pointer in type_.names_children if type_ else ():
            value = get(document, pointer)
            yield id, value if isinstance(value, Mapping) else {}


def _named_by_recorded(state: State) -> Iterator[str]:
    for id, value in _recorded(state):
        type_ = types.by_arm_type(ArmId.parse(id).type)
        for kind in type_.names_children.values() if type_ else ():
            yield from (ArmId.parse(id).child(kind, name).key for name in value)


def _key(step: Step) -> str:
    return ArmId.parse(step.id).key if step.id else ""
