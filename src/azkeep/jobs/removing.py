"""What a destroy would delete."""

from __future__ import annotations

from dataclasses import replace

from azkeep.engine.events import plan_of
from azkeep.engine.ordering import in_order, recorded_order
from azkeep.jobs.running import failed, on_event
from azkeep.jobs.selecting import select
from azkeep.jobs.stack import OpenStack
from azkeep.model.plan import Plan


def plan_removal(opened: OpenStack) -> Plan:
    """What a destroy would delete."""
    opened.progress.phase("Planning the removal")
    done = opened.session.preview_destroy(selection=select(opened, removing=True), on_event=on_event(opened.progress))
    if not done.succeeded:
        raise failed(done, ())
    plan = plan_of(done.events, opened.cloud.subscription)
    return replace(plan, steps=in_order(plan.steps, recorded_order(opened.session.state())))
