"""Carrying out a planned template: each resource is a request of the caller's own, once what it needs is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deployments.expressions import TemplateError, evaluated
from azkeep.emulator.deployments.template import DEPLOYMENTS, NOT_SENT, Item, Plan, meets
from azkeep.emulator.messages import Reply, Request
from azkeep.errors import ArmFault
from azkeep.model.expressions import Scope
from azkeep.model.ids import ArmId
from azkeep.model.value import Body

Arm = Callable[[Cloud, Request], Reply]


class NotYet(Exception):
    """A value is asked of a resource that this deployment has not written yet."""


@dataclass(frozen=True)
class Step:
    """One resource that was written, or the fault that kept it from that."""

    item: Item
    status: int
    fault: ArmFault | None = None


@dataclass(frozen=True)
class Run:
    """One deployment on its way."""

    cloud: Cloud
    request: Request
    plan: Plan
    arm: Arm
    done: dict[str, Step] = field(default_factory=dict)

    def send(self, method: str, id: str, version: str, body: Any = None) -> Reply:
        """The answer to a request of the same caller. Raises ArmFault."""
        return self.arm(self.cloud, self.request.follow_up(method, id, version, body))

    def functions(self) -> Scope:
        """Those of the plan, and those that look at resources."""
        return {**self.plan.functions, "reference": self._reference, "list*": self._list}

    def _reference(self, name: str, version: str = "", form: str = "") -> Any:
        item = self._written(name)
        answer = self.send("GET", item.id.text if item else name, version or (item.version if item else ""))
        return answer.body if form.lower() == "full" else answer.body.get("properties", {})

    def _list(self, action: str, id: str, version: str, *sent: Any) -> Any:
        item = self._written(id)
        return self.send("POST", f"{item.id.text if item else id}/{action}", version, *sent).body

    def _written(self, name: str) -> Item | None:
        """The resource of this template that `name` means; None for any other. Raises NotYet."""
        item = next((each for each in self.plan.items if meets(each, name)), None)
        if item is not None and item.wanted and item.id.key not in self.done:
            raise NotYet
        return item


def carry_out(run: Run) -> list[Step]:
    """Every step, in the order in which they were taken; what depends on a failed one is not taken.

    Operations end at once: it is the deployment that takes time. Raises TemplateError where nothing can go on.
    """
    left = [item for item in run.plan.items if item.wanted]
    while left:
        ready = next((item for item in left if _is_ready(run, item) and _take(run, item)), None)
        if ready is None:
            break
        left.remove(ready)
    if left and not any(step.fault for step in run.done.values()):
        names = ", ".join(item.id.text for item in left)
        raise TemplateError(f"Circular dependency detected on resource: '{names}'.")
    return list(run.done.values())


def _is_ready(run: Run, item: Item) -> bool:
    for each in item.depends_on:
        for other in run.plan.items:
            step = run.done.get(other.id.key)
            if meets(other, each) and other.wanted and (step is None or step.fault is not None):
                return False
    return True


def _take(run: Run, item: Item) -> bool:
    """True if the step was taken, be it that it failed; false if it has to wait for another."""
    try:
        body = _body(item, run.functions())
        answer = run.send("PUT", item.id.text, item.version, body)
        run.done[item.id.key] = Step(item, answer.status, answer.outcome or _failure_inside(run, item))
    except NotYet:
        return False
    except TemplateError as error:
        run.done[item.id.key] = Step(item, 400, ArmFault(400, "InvalidTemplate", str(error)))
    except ArmFault as fault:
        run.done[item.id.key] = Step(item, fault.status, fault)
    return True


def _body(item: Item, functions: Scope) -> dict[str, Any]:
    """What is sent of a resource. A nested template with a scope of its own is left as it is."""
    declared = {name: value for name, value in item.declared.items() if name not in NOT_SENT}
    properties = declared.get("properties")
    if item.id.type.lower() != DEPLOYMENTS.lower() or not isinstance(properties, Mapping):
        return dict(evaluated(declared, functions))
    options = properties.get("expressionEvaluationOptions") or {}
    if str(options.get("scope", "outer")).lower() != "inner":
        return dict(evaluated(declared, functions))
    outside = {name: value for name, value in properties.items() if name != "template"}
    return {"properties": {**evaluated(outside, functions), "template": properties.get("template")}}


def _failure_inside(run: Run, item: Item) -> ArmFault | None:
    """Why a nested deployment failed."""
    if item.id.type.lower() != DEPLOYMENTS.lower():
        return None
    row = run.cloud.store.get(ArmId.parse(item.id.text).key)
    error: Body | None = row.body["properties"].get("error") if row else None
    return ArmFault(409, str(error["code"]), str(error["message"])) if error else None
