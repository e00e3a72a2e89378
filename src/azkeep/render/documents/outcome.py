"""The outcome document of apply and destroy."""

from __future__ import annotations

from typing import Any

from azkeep.model.plan import Outcome, Reviewed, Step
from azkeep.render.documents import plan, stack
from azkeep.render.documents.check import broken, telling
from azkeep.render.values import stamp
from azkeep.render.view import View


def body(found: Outcome, view: View) -> dict[str, Any]:
    return {
        "succeeded": found.succeeded,
        "summary": found.summary,
        "steps": [step(item) for item in found.steps],
        "outputs": stack.values(found.outputs),
        "diagnostics": [plan.diagnostic(item) for item in found.diagnostics],
        "findings": broken(found.checked),
        "reviewed": reviewed(found.reviewed) if found.reviewed else None,
    }


def reviewed(plan_file: Reviewed) -> dict[str, Any]:
    """The saved plan that was applied, and what policies said when it was made."""
    return {
        "digest": plan_file.digest,
        "made_at": stamp(plan_file.made_at),
        "approved": plan_file.approved,
        "fail_on": plan_file.fail_on.value if plan_file.fail_on else None,
        "findings": telling(plan_file.findings),
    }


def step(item: Step) -> dict[str, Any]:
    seconds = None if item.seconds is None else round(item.seconds, 3)
    return {**plan.step(item), "status": item.status, "seconds": seconds}
