"""audit: is the estate still what was applied? One read per recorded resource, nothing is changed."""

from __future__ import annotations

from dataclasses import replace

from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK, StackMissing
from azkeep.jobs.estate import read_estate
from azkeep.jobs.options import AuditOptions, Progress
from azkeep.jobs.stack import OpenStack, open_stack
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.report import Report


def run(options: AuditOptions, progress: Progress) -> Report:
    """What has drifted; exit 2 for drift, 5 if something could not be read. Raises StackMissing before an apply."""
    with open_stack(options.stack, progress) as opened:
        if not opened.session.state().managed:
            raise StackMissing(
                "there is nothing to audit: this stack has not been applied",
                fix=f"azkeep apply {options.stack.stack}",
                subject=opened.stack.settings.project,
            )
        progress.phase("Reading the live estate")
        audit = _addressed(read_estate(opened), opened)
        code, reasons = _verdict(audit)
        return Report(opened.header(), audit, reasons=reasons, exit_code=code)


def _addressed(audit: Audit, opened: OpenStack) -> Audit:
    """`audit` with fixes that can be typed as they stand."""
    stack, env = opened.stack.options.stack, opened.stack.settings.env
    fixed = (replace(drift, fix=drift.fix.replace("STACK", stack).replace("ENV", env)) for drift in audit.drifts)
    return replace(audit, drifts=tuple(fixed))


def _verdict(audit: Audit) -> tuple[int, tuple[str, ...]]:
    unread = sum(drift.kind is DriftKind.UNREAD for drift in audit.drifts)
    if len(audit.drifts) > unread:
        return EXIT_CHANGES, ("the estate has drifted",)
    if unread:
        return EXIT_INCOMPLETE, (f"{unread} of {audit.total} resources could not be read",)
    return EXIT_OK, ()
