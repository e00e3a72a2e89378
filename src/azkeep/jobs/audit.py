"""audit: is the estate still what was applied? Everything is read, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from azkeep.audit.judge import judge
from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK, StackMissing
from azkeep.jobs.attributing import attributed
from azkeep.jobs.estate import AuditBasis, audit_basis, masked
from azkeep.jobs.options import AuditOptions, Progress
from azkeep.jobs.stack import OpenStack, open_stack
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
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
        audit = addressed(look(opened), opened)
        code, reasons = verdict(audit)
        return Report(opened.header(), audit, reasons=reasons, exit_code=code)


def look(opened: OpenStack) -> Audit:
    """Everything that an audit finds, before anything is left out of it."""
    basis = audit_basis(opened)
    reader = opened.cloud.reader()
    opened.progress.phase("Reading the live estate")
    swept = read_managed(reader, basis.recorded)
    opened.progress.phase("Looking for what nobody declared")
    seen = read_around(reader, swept, own_groups(basis.recorded))
    live = masked(swept.live, opened)
    audit = judge(basis.recorded, live, basis.declared, declared_only=not basis.is_bound, seen=seen)
    if audit.drifts:
        opened.progress.phase("Asking Azure who did it")
        audit = attributed(audit, reader, basis.at)
    return counted(audit, basis, reader.requests)


def own_groups(ids: Iterable[str]) -> tuple[str, ...]:
    """The resource groups among the ids: what stands in them is the stack's, or nobody declared it."""
    return tuple(id for id in ids if ArmId.parse(id).type == RESOURCE_GROUP_TYPE)


def counted(audit: Audit, basis: AuditBasis, requests: Mapping[str, int]) -> Audit:
    """`audit` with what it took and what it had not to look at."""
    return replace(audit, requests=requests["total"], calls=dict(requests), skipped=basis.skipped)


def addressed(audit: Audit, opened: OpenStack) -> Audit:
    """`audit` with fixes that can be typed as they stand."""
    stack, env = opened.stack.options.stack, opened.stack.settings.env
    fixed = (replace(drift, fix=drift.fix.replace("{stack}", stack).replace("{env}", env)) for drift in audit.drifts)
    return replace(audit, drifts=tuple(fixed))


def verdict(audit: Audit) -> tuple[int, tuple[str, ...]]:
    """Exit code and its reasons."""
    counting = [drift for drift in audit.drifts if drift.counts]
    unread = sum(drift.kind is DriftKind.UNREAD for drift in counting)
    if len(counting) > unread:
        return EXIT_CHANGES, ("the estate has drifted",)
    if unread:
        return EXIT_INCOMPLETE, (f"{unread} of what was to be looked at could not be read",)
    return EXIT_OK, ()
