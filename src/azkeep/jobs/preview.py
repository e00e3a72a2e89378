"""preview: what an apply would do, and what has changed outside azkeep. Nothing is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from azkeep.engine import planfile
from azkeep.errors import EXIT_CHANGES, EXIT_OK, UsageError
from azkeep.jobs.basis import save_plan
from azkeep.jobs.estate import read_outside
from azkeep.jobs.options import PreviewOptions, Progress
from azkeep.jobs.planning import Planned, make_plan
from azkeep.jobs.policing import judged_beside, refuse, stops
from azkeep.jobs.removing import plan_removal
from azkeep.jobs.stack import OpenStack, open_stack
from azkeep.model.plan import Plan
from azkeep.model.report import Report


def run(options: PreviewOptions, progress: Progress) -> Report:
    """The plan of the stack; exit 2 with `detailed_exitcode` if it has changes. Raises what kept it from planning."""
    if options.out and options.destroy:
        raise UsageError(
            "a removal is not saved as a plan",
            fix="Leave out --out; `azkeep destroy` shows what it would delete and asks.",
            subject=options.out,
        )
    if options.out:
        planfile.refuse_nowhere(Path(options.out))
    with open_stack(options.stack, progress, recovers=True, runs_program=not options.destroy) as opened:
        outside = read_outside(opened, refresh=options.refresh)
        if options.destroy:
            plan = replace(plan_removal(opened), outside=outside, refreshed=options.refresh)
            return _report(options, opened, plan)
        with judged_beside(opened) as judged, make_plan(opened, outside, refreshed=options.refresh) as planned:
            checked = judged()
            digest = _save(options, opened, replace(planned, checked=checked)) if options.out else None
            return _report(options, opened, replace(planned.plan, checked=checked, digest=digest))


def _save(options: PreviewOptions, opened: OpenStack, planned: Planned) -> str:
    """Saves the plan as `options.out`, and gives its digest."""
    file = options.out or ""
    digest = save_plan(opened, planned, file)
    opened.progress.line(
        f"Saved: azkeep apply {options.stack.typed} {file} --digest {digest} does this and nothing else."
    )
    return digest


def _report(options: PreviewOptions, opened: OpenStack, plan: Plan) -> Report:
    if plan.checked is not None and stops(plan.checked):
        error = refuse(plan.checked)
        return Report(opened.header(), plan, reasons=(error.summary,), exit_code=error.exit_code)
    differs = options.detailed_exitcode and plan.has_changes
    return Report(
        opened.header(),
        plan,
        reasons=("the plan has changes",) if differs else (),
        exit_code=EXIT_CHANGES if differs else EXIT_OK,
    )
