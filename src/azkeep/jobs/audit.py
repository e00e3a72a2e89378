"""audit: is the estate still what was applied? All is read; with --fix and --accept something is done about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from azkeep.audit.attribution import moment
from azkeep.audit.choosing import Choice, Ignore, choose, ignoring
from azkeep.audit.judge import judge
from azkeep.audit.rules import with_rules
from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK, EXIT_POLICY, StackMissing, UsageError
from azkeep.jobs import lineage
from azkeep.jobs.attributing import attributed
from azkeep.jobs.estate import AuditBasis, audit_basis, masked
from azkeep.jobs.options import AuditOptions, Progress
from azkeep.jobs.stack import OpenStack, open_stack
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.finding import Finding
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.report import Report
from azkeep.model.severity import Severity
from azkeep.model.transport import Answer, EstateReader
from azkeep.settings import azkeep_yaml

if TYPE_CHECKING:
    from azkeep.audit.judge import Seen

AGES = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def run(options: AuditOptions, progress: Progress) -> Report:
    """What has drifted; exit 2 for drift, 3 for a policy that it broke at or above `fail_on`, 5 if something could not
    be read. Raises StackMissing before an apply."""
    refuse_contradictions(options)
    if options.lineage:
        lineage.refuse_contradictions(options)
    if options.state is not None:
        from azkeep.jobs.foreign_state import audit_state

        return audit_state(options, progress)
    changes = options.fix or options.accept
    with open_stack(options.stack, progress, recovers=changes, runs_program=changes) as opened:
        if not opened.session.state().managed:
            was_there = opened.keeping.history.exists()
            raise StackMissing(
                "there is nothing to audit: nothing of this stack is left"
                if was_there
                else "there is nothing to audit: this stack has not been applied",
                fix=f"azkeep apply {options.stack.stack}",
                subject=opened.stack.settings.project,
            )
        if options.lineage:
            return lineage.run(opened, options)
        whole = look(opened)
        audit = chosen(whole, options, opened)
        if options.fix:
            from azkeep.jobs.fixing import fix

            return fix(opened, options, audit, whole)
        if options.accept:
            from azkeep.jobs.accepting import accept

            return accept(opened, options, audit, whole)
        return report(opened, audit, options)


def refuse_contradictions(options: AuditOptions) -> None:
    """Raises UsageError for options that do not go together, before anything is opened."""
    if options.fix and options.accept:
        raise UsageError("--fix and --accept cannot be given together", fix="Choose one: put back, or keep.")
    if options.delete and not options.fix:
        raise UsageError("--delete belongs to --fix", fix="azkeep audit STACK --fix --delete ID")
    if options.state and (options.fix or options.accept):
        raise UsageError(
            "the estate of an exported state is only looked at",
            fix="Leave out --fix and --accept: azkeep does not run the program behind it.",
            subject=options.state,
        )
    if options.state and options.stack.stack:
        raise UsageError("--state takes no STACK: the estate is in the file", fix="Leave one of them out.")
    since_of(options.since)
    if (options.fix or options.accept) and not options.yes and not options.terminal:
        raise UsageError(
            f"audit {'--fix' if options.fix else '--accept'} needs a yes, and there is no terminal to ask on",
            fix="Add --yes.",
            subject=options.stack.stack,
        )


def report(opened: OpenStack, audit: Audit, options: AuditOptions) -> Report:
    """The report of an audit that changed nothing."""
    code, reasons = verdict(audit, options.fail_on)
    return Report(opened.header(), addressed(audit, opened), reasons=reasons, exit_code=code)


def look(opened: OpenStack) -> Audit:
    """Everything that an audit finds, before anything is left out of it."""
    basis = audit_basis(opened)
    reader = opened.cloud.reader()
    opened.progress.phase("Reading the live estate")
    swept = read_managed(reader, basis.recorded)
    opened.progress.phase("Looking for what nobody declared")
    seen = read_around(reader, swept, own_groups(basis.recorded))
    sight = Sight(basis, masked(swept.live, opened), seen)
    return examined(sight, reader, opened.progress, opened.stack.settings.place.root, opened.stack.settings.env)


@dataclass(frozen=True)
class Sight:
    """What was to be there, what is, and what else."""

    basis: AuditBasis
    live: Mapping[str, Answer]
    seen: Seen


def examined(sight: Sight, reader: EstateReader, progress: Progress, root: Path, env: str | None) -> Audit:
    """The findings, with the rules that they break, the hands behind them, and what is ignored."""
    basis = sight.basis
    audit = judge(basis.recorded, sight.live, basis.declared, declared_only=not basis.is_bound, seen=sight.seen)
    if any(drift.kind is not DriftKind.UNREAD for drift in audit.drifts):
        audit = with_rules(audit, _broken(sight, root, env))
        progress.phase("Asking Azure who did it")
        audit = attributed(audit, reader, basis.at, basis.since)
    audit = ignoring(audit, _ignores(root), datetime.now(UTC).date())
    requests = reader.requests
    return replace(audit, requests=requests["total"], calls=dict(requests), skipped=basis.skipped)


def _broken(sight: Sight, root: Path, env: str | None) -> tuple[Finding, ...]:
    """Rules that the estate breaks as it stands, what nobody declared included."""
    from azkeep.jobs.judging import bench_of
    from azkeep.policy.estate import Estate

    managed = [answer.body for answer in sight.live.values() if answer.ok and isinstance(answer.body, Mapping)]
    keys = {ArmId.parse(id).key for id in sight.live}
    others = [{"id": id, **body} for id, body in sight.seen.others.items() if ArmId.parse(id).key not in keys]
    bench = bench_of(root, env)
    return bench.judge(Estate.of_documents([*managed, *others]), what="the live estate").findings


def _ignores(root: Path) -> tuple[Ignore, ...]:
    rules = azkeep_yaml.load(root).audit.ignore
    return tuple(Ignore(rule.resource, rule.path, rule.reason, rule.expires) for rule in rules)


def own_groups(ids: Iterable[str]) -> tuple[str, ...]:
    """The resource groups among the ids: what stands in them is the stack's, or nobody declared it."""
    return tuple(id for id in ids if ArmId.parse(id).type == RESOURCE_GROUP_TYPE)


def chosen(audit: Audit, options: AuditOptions, opened: OpenStack) -> Audit:
    """`audit` with what the command line asks for."""
    by_urn = {resource.urn: resource.id for resource in opened.session.state().resources}
    only = tuple(by_urn.get(name) or name for name in options.stack.only)
    return choose(audit, Choice(only, options.severity, since_of(options.since)))


def since_of(text: str | None) -> datetime | None:
    """The moment that `text` means: RFC 3339, or so long ago (`24h`). Raises UsageError for anything else."""
    if text is None:
        return None
    age = re.fullmatch(r"(\d+)([mhdw])", text.strip())
    found = datetime.now(UTC) - timedelta(**{AGES[age[2]]: int(age[1])}) if age else moment(text)
    if found is None:
        raise UsageError(
            f"`{text}` is no time", fix="Write 2026-01-31T08:00:00Z, 2026-01-31, 24h or 7d.", subject="--since"
        )
    return found


def addressed(audit: Audit, opened: OpenStack) -> Audit:
    """`audit` with fixes that can be typed as they stand."""
    stack, env = opened.stack.options.stack, opened.stack.settings.env
    fixed = (replace(drift, fix=drift.fix.replace("{stack}", stack).replace("{env}", env)) for drift in audit.drifts)
    return replace(audit, drifts=tuple(fixed))


def verdict(audit: Audit, fail_on: Severity | None = None) -> tuple[int, tuple[str, ...]]:
    """Exit code and its reasons."""
    counting = [drift for drift in audit.drifts if drift.counts]
    unread = sum(drift.kind is DriftKind.UNREAD for drift in counting)
    broken = sorted(
        {rule for drift in counting if fail_on and drift.severity.rank >= fail_on.rank for rule in drift.rules}
    )
    if broken:
        return EXIT_POLICY, (f"drift breaks policies: {', '.join(broken)}",)
    if len(counting) > unread:
        return EXIT_CHANGES, ("the estate has drifted",)
    if unread:
        return EXIT_INCOMPLETE, (f"{unread} of what was to be looked at could not be read",)
    return EXIT_OK, ()
