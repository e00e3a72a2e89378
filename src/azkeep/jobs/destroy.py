"""destroy: removes everything the stack has recorded, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from azkeep.engine.events import outcome_of
from azkeep.engine.process import Control
from azkeep.errors import UsageError
from azkeep.jobs.estate import read_outside
from azkeep.jobs.interrupts import forwarded
from azkeep.jobs.options import DestroyOptions, Progress
from azkeep.jobs.reached import removal_as_recorded
from azkeep.jobs.recording import conclude
from azkeep.jobs.removing import plan_removal
from azkeep.jobs.running import failed, on_event
from azkeep.jobs.selecting import select
from azkeep.jobs.stack import OpenStack, open_stack
from azkeep.model.plan import Outcome
from azkeep.model.report import Report


def run(options: DestroyOptions, progress: Progress) -> Report:
    """The outcome of removing the stack's resources, after a yes."""
    if not options.yes and not options.terminal:
        raise UsageError(
            "destroy needs a yes, and there is no terminal to ask on", fix="Add --yes.", subject=options.stack.stack
        )
    with open_stack(options.stack, progress, changes=True) as opened:
        if not opened.session.state().managed:
            return Report(opened.header(), Outcome(()))
        if not options.yes:
            plan = plan_removal(opened)
            progress.show(Report(opened.header(), replace(plan, outside=read_outside(opened, refresh=options.refresh))))
            if not progress.ask("Remove all of this?"):
                raise UsageError("nothing was removed", fix="Answer yes, or add --yes.")
        return _destroy(opened)


def _destroy(opened: OpenStack) -> Report:
    control = Control()
    before, selection = opened.session.state(), select(opened, removing=True)
    opened.progress.phase("Removing")
    with forwarded(control, control.interrupt, opened.progress.line):
        done = opened.session.destroy(selection=selection, on_event=on_event(opened.progress), control=control)
    outcome = outcome_of(done.events, opened.cloud.subscription, succeeded=done.succeeded)
    if not selection.excludes and not selection.targets:
        outcome = removal_as_recorded(outcome, before, opened.session.state())
    return conclude(opened, "destroy", outcome, None if done.succeeded else failed(done, ()))
