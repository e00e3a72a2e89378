"""Faults that somebody declared, to rehearse what goes wrong in a cloud: throttling, errors, delays, lost answers.

They are kept in the store, so they hold for every process that serves it, until they were met often enough.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Reply, Request

FACT = "faults"
LOST = 0


@dataclass(frozen=True)
class Fault:
    """What happens to the next `times` requests of `method` whose path matches the regular expression `path`.

    `status` 0 loses the answer. `after`: the request is carried out first, and only its answer replaced. `delay`:
    seconds before the answer. An empty `code` with a `status` under 400 changes nothing but the delay.
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

    def matches(self, request: Request, *, after: bool) -> bool:
        """True if this fault is for the request, before or after it is carried out."""
        return (
            self.times > 0
            and self.after == after
            and self.method.upper() in ("*", request.method)
            and re.search(self.path, request.path, re.IGNORECASE) is not None
        )

    def reply(self) -> Reply:
        """ARM's answer with this fault."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Reply(self.status, {"error": {"code": self.code, "message": self.message}}, headers)


def declare(cloud: Cloud, faults: tuple[Fault, ...]) -> None:
    """Replace all declared faults by these; none for ()."""
    with cloud.store.transaction():
        cloud.facts.put(FACT, json.dumps([dataclasses.asdict(fault) for fault in faults]))


def _declared(text: str | None) -> list[Fault]:
    found: list[dict[str, Any]] = json.loads(text) if text else []
    return [Fault(**each) for each in found]


def meet(cloud: Cloud, request: Request, *, after: bool) -> Fault | None:
    """The first declared fault for this request, counted down by one; None for an ordinary request."""
    text = cloud.facts.get(FACT)
    if not text or not any(fault.matches(request, after=after) for fault in _declared(text)):
        return None
    with cloud.store.transaction():
        faults = _declared(cloud.facts.current(FACT))
        for index, fault in enumerate(faults):
            if fault.matches(request, after=after):
                faults[index] = dataclasses.replace(fault, times=fault.times - 1)
                cloud.facts.put(FACT, json.dumps([dataclasses.asdict(each) for each in faults]))
                return fault
    return None
