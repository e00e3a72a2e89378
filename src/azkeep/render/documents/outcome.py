"""The outcome document of apply and destroy."""

from __future__ import annotations

from typing import Any

from azkeep.model.plan import Outcome, Step
from azkeep.render.documents import plan, stack
from azkeep.render.documents.check import broken
from azkeep.render.view import View


def body(found: Outcome, view: View) -> dict[str, Any]:
    return {
        "succeeded": found.succeeded,
        "summary": found.summary,
        "steps": [step(item) for item in found.steps],
        "outputs": stack.values(found.outputs),
        "diagnostics": [plan.diagnostic(item) for item in found.diagnostics],
        "findings": broken(found.checked),
    }


def step(item: Step) -> dict[str, Any]:
    seconds = None if item.seconds is None else round(item.seconds, 3)
    return {**plan.step(item), "status": item.status, "seconds": seconds}
