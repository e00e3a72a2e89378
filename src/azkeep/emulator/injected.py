"""Faults that somebody declared, to rehearse what goes wrong in a cloud: throttling, errors, delays, lost answers,
operations that fail late or never end.

They are kept in the store, so they hold for every process that serves it, until they were met often enough. Chance is
drawn from a seed, so that the same requests in the same order meet the same faults.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Reply, Request
from azkeep.model.ids import ArmId

FACT = "faults"
LATENCY = "latency"
LOST = 0
ENDLESS = -1
NEVER_SECONDS = 86_400.0
"""How long an operation runs that never ends: longer than any client waits."""


@dataclass(frozen=True)
class Fault:
    """What happens to the next `times` requests of `method` whose path matches the regular expression `path`.

    `method` may name several, `PUT,PATCH`, or `*`. `type`: only requests for resources of this ARM type, or of several;
    `*` in it stands for anything. The first `skip` requests pass, and of the others one in `1 / probability` is struck.
    `times` -1: no end. `status` 0 loses the answer. `after`: the request is carried out first, and only its answer
    replaced. `delay`: seconds before the answer. An empty `code` with a `status` under 400 changes nothing but the
    delay. `operation`: the request is accepted, and the operation it begins `fails` after `seconds` with code and
    message, or `hangs`; only types whose operations run on know this. `{name}`, `{id}` and `{group}` in the message are
    filled in.
    """

    method: str
    path: str
    status: int = 500
    code: str = "InternalServerError"
    message: str = "The server encountered an internal error."
    times: int = 1
    after: bool = False
    retry_after: int | None = None
    delay: float = 0.0
    type: str = "*"
    skip: int = 0
    probability: float = 1.0
    operation: Literal["", "fails", "hangs"] = ""
    seconds: float = 2.0

    def concerns(self, request: Request) -> bool:
        """True for a request of this method, path and type."""
        methods = {each.strip().upper() for each in self.method.split(",")}
        return (
            bool({"*", request.method} & methods)
            and re.search(self.path, request.path, re.IGNORECASE) is not None
            and (self.type == "*" or _is_among(_type_of(request), self.type))
        )

    @property
    def only_delays(self) -> bool:
        return self.code == "" and LOST < self.status < 400

    def reply(self, request: Request) -> Reply:
        """ARM's answer with this fault."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Reply(self.status, {"error": {"code": self.code, "message": self.told(_target(request))}}, headers)

    def told(self, id: ArmId | None) -> str:
        """The message, filled in."""
        filled = self.message
        for name, value in _members(id).items():
            filled = filled.replace("{" + name + "}", value)
        return filled


def _members(id: ArmId | None) -> dict[str, str]:
    if id is None:
        return {}
    return {"id": id.text, "name": id.name, "group": str(id.resource_group_id or "")}


def _target(request: Request) -> ArmId | None:
    target = request.target
    if request.method == "POST" and target.action is not None:
        return target.action[0]
    return target.resource


def _type_of(request: Request) -> str:
    """ARM type of what the path names; of a collection the type of its members."""
    id = _target(request)
    if id is not None:
        return id.type
    return request.target.collection[1] if request.target.collection else ""


def _is_among(arm_type: str, patterns: str) -> bool:
    return any(fnmatch.fnmatchcase(arm_type.lower(), each.strip().lower()) for each in patterns.split(","))


@dataclass(frozen=True)
class Declared:
    """Faults as they stand: how many requests each concerned, and how many it struck."""

    faults: tuple[Fault, ...]
    seed: int = 0
    concerned: tuple[int, ...] = ()
    struck: tuple[int, ...] = ()

    def text(self) -> str:
        """As it is kept in the store."""
        return json.dumps(dataclasses.asdict(self))


def declare(cloud: Cloud, faults: tuple[Fault, ...], *, seed: int = 0) -> None:
    """Replace all declared faults by these; none for ()."""
    none = (0,) * len(faults)
    with cloud.store.transaction():
        cloud.facts.put(FACT, Declared(faults, seed, none, none).text())


def delayed(cloud: Cloud, milliseconds: float) -> None:
    """From now on every answer takes at least so long; 0 for no longer than it needs."""
    with cloud.store.transaction():
        cloud.facts.put(LATENCY, str(milliseconds))


def latency(cloud: Cloud) -> float:
    """Seconds by which every answer is held back."""
    return float(cloud.facts.get(LATENCY) or 0.0) / 1000


def _declared(text: str | None) -> Declared:
    found = json.loads(text) if text else {}
    if not isinstance(found, dict) or not found:
        return Declared(())
    return Declared(
        tuple(Fault(**each) for each in found["faults"]),
        found["seed"],
        tuple(found["concerned"]),
        tuple(found["struck"]),
    )


def meet(cloud: Cloud, request: Request, *, after: bool) -> Fault | None:
    """The first declared fault that strikes this request, before or after it is carried out; None for an ordinary
    request."""
    return _meet(cloud, request, lambda fault: fault.operation == "" and fault.after == after)


def meet_operation(cloud: Cloud, request: Request) -> Fault | None:
    """The first declared fault that strikes the operation which this request begins."""
    return _meet(cloud, request, lambda fault: fault.operation != "")


def _meet(cloud: Cloud, request: Request, chosen: Callable[[Fault], bool]) -> Fault | None:
    text = cloud.facts.get(FACT)
    if not text or not any(chosen(fault) and fault.concerns(request) for fault in _declared(text).faults):
        return None
    with cloud.store.transaction():
        declared = _declared(cloud.facts.current(FACT))
        concerned, struck = list(declared.concerned), list(declared.struck)
        found = None
        for index, fault in enumerate(declared.faults):
            if found is not None or not chosen(fault) or not fault.concerns(request):
                continue
            concerned[index] += 1
            if _strikes(fault, declared.seed, index, concerned[index], struck[index]):
                struck[index] += 1
                found = fault
        now = dataclasses.replace(declared, concerned=tuple(concerned), struck=tuple(struck))
        cloud.facts.put(FACT, now.text())
    return found


def _strikes(fault: Fault, seed: int, index: int, concerned: int, struck: int) -> bool:
    if fault.times != ENDLESS and struck >= fault.times:
        return False
    if concerned <= fault.skip:
        return False
    return fault.probability >= 1 or random.Random(f"{seed}/{index}/{concerned}").random() < fault.probability
