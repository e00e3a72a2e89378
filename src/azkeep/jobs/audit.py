"""audit: is the estate still what was applied? All is read; with --fix and --accept something is done about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from azkeep.audit import reported
from azkeep.audit.attribution import moment
from azkeep.audit.choosing import Choice, Ignore, choose, ignoring, refuse_unknown
from azkeep.audit.judge import judge
from azkeep.audit.placing import with_sources
from azkeep.audit.recording import mask
from azkeep.audit.rules import with_rules
from azkeep.engine import history
from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK, EXIT_POLICY, StackMissing, UsageError
from azkeep.jobs import lineage
from azkeep.jobs.attributing import attributed
from azkeep.jobs.estate import AuditBasis, audit_basis, is_arm_id, masked
from azkeep.jobs.moving import but_moving, moving, others_still, without_moving
from azkeep.jobs.options import AuditOptions, Progress
from azkeep.jobs.selecting import ids_of
from azkeep.jobs.stack import OpenStack, open_stack
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.finding import Checked
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.report import Report
from azkeep.model.severity import Severity
from azkeep.model.transport import Answer, EstateReader
from azkeep.model.value import Body
from azkeep.policy.waiving import EXPIRED
from azkeep.settings import azkeep_yaml

if TYPE_CHECKING:
    from azkeep.audit.judge import Seen

RUNS = 20
"""Of our own runs, the newest so many are told beside what others did."""
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
    with open_stack(options.stack, progress, changes=changes, runs_program=changes) as opened:
        if not opened.session.state().managed:
            was_there = opened.keeping.history.exists()
            raise StackMissing(
                "there is nothing to audit: nothing of this stack is left"
                if was_there
                else "there is nothing to audit: this stack has not been applied",
                fix="azkeep apply STACK",
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
    if options.purge and not options.fix:
        raise UsageError("--purge belongs to --fix", fix="azkeep audit STACK --fix --purge ID")
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
    before, basis, place = opened.session.state(), audit_basis(opened), opened.stack.settings.place
    lines = {key: found for key, each in basis.sources.items() if (found := place.from_root(each))}
    basis = replace(basis, sources=lines)
    reader = opened.cloud.reader()
    opened.progress.phase("Reading the live estate")
    swept = read_managed(reader, basis.recorded)
    opened.progress.phase("Looking for what nobody declared")
    seen = read_around(reader, swept, own_groups(basis.recorded))
    key = opened.keeping.hash_key
    moves = moving(opened, before)
    live, others = without_moving(swept.live, moves), others_still(seen, moves)
    sight = Sight(basis, masked(live, key), masked_others(others, key), moves)
    audit = examined(sight, reader, opened.progress, place.root, opened.stack.settings.env)
    return with_history(audit, opened)


def with_history(audit: Audit, opened: OpenStack) -> Audit:
    """`audit` with our own runs and what moved since the last audit, which this one takes the place of."""
    kept = opened.keeping.recording.with_suffix(".reported.json")
    since_last = reported.since(reported.load(kept), audit.drifts)
    reported.save(kept, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", audit.drifts)
    return replace(audit, applies=history.read(opened.keeping.history, limit=RUNS), since_last=since_last)


def masked_others(seen: Seen, key: bytes) -> Seen:
    """`seen` with hashes in place of secrets, as recordings have them, and without what has no ARM id."""
    return replace(seen, others={id: mask(id, body, key) for id, body in seen.others.items() if is_arm_id(id)})


@dataclass(frozen=True)
class Sight:
    """What was to be there, what is, and what else; both without secrets. `moves`: keys of what a run is changing."""

    basis: AuditBasis
    live: Mapping[str, Answer]
    seen: Seen
    moves: frozenset[str] = frozenset()

    @property
    def documents(self) -> dict[str, Body]:
        """Id → document of everything that was seen, a managed resource as it was read for itself."""
        managed = {ArmId.parse(id).key for id in self.live}
        found = {id: body for id, body in self.seen.others.items() if ArmId.parse(id).key not in managed}
        read = {id: each.body for id, each in self.live.items() if each.ok and isinstance(each.body, Mapping)}
        return {**found, **read}

    @property
    def gone(self) -> dict[str, Body]:
        """Id → document that was recorded, else declared, of each managed resource that is not there any more."""
        before = {id: self.basis.recorded.get(id) or self.basis.declared.get(id) for id in self.live}
        return {id: body for id, body in before.items() if body is not None and self.live[id].status == 404}


def examined(sight: Sight, reader: EstateReader, progress: Progress, root: Path, env: str | None) -> Audit:
    """The findings, with the rules that they break, the hands behind them, and what is ignored."""
    basis = sight.basis
    audit = judge(basis.recorded, sight.live, basis.declared, declared_only=not basis.is_bound, seen=sight.seen)
    audit = but_moving(audit, sight.moves)
    checked = _judged(sight, root, env)
    audit = replace(audit, documents=sight.documents, gone=sight.gone, broken=checked.findings, ending=checked.ending)
    ended = tuple(each.waiver for each in checked.findings if each.rule == EXPIRED and each.waiver)
    audit = replace(audit, ended=ended)
    if any(drift.kind is not DriftKind.UNREAD for drift in audit.drifts):
        audit = with_rules(audit, checked.findings)
        progress.phase("Asking Azure who did it")
        audit = attributed(audit, reader, basis.at, basis.since)
    audit = with_sources(ignoring(audit, _ignores(root), datetime.now(UTC).date()), basis.sources)
    requests = reader.requests
    return replace(audit, requests=requests["total"], calls=dict(requests), skipped=basis.skipped)


def _judged(sight: Sight, root: Path, env: str | None) -> Checked:
    """What the rules say of the estate as it stands, what nobody declared included."""
    from azkeep.jobs.judging import bench_of
    from azkeep.policy.estate import Estate

    documents = [{"id": id, **body} for id, body in sight.documents.items()]
    return bench_of(root, env).judge(Estate.of_documents(documents), what="the live estate")


def _ignores(root: Path) -> tuple[Ignore, ...]:
    rules = azkeep_yaml.load(root).audit.ignore
    return tuple(Ignore(rule.resource, rule.path, rule.reason, rule.expires) for rule in rules)


def own_groups(ids: Iterable[str]) -> tuple[str, ...]:
    """The resource groups among the ids: what stands in them is the stack's, or nobody declared it."""
    return tuple(id for id in ids if ArmId.parse(id).type == RESOURCE_GROUP_TYPE)


def chosen(audit: Audit, options: AuditOptions, opened: OpenStack) -> Audit:
    """`audit` with what the command line asks for."""
    by_urn = {resource.urn: resource.id for resource in opened.session.state().resources if resource.id}
    only = ids_of(options.stack.only, by_urn)
    refuse_unknown(only, known_ids(audit, by_urn.values()))
    return choose(audit, Choice(only, options.severity, since_of(options.since)))


def known_ids(audit: Audit, managed: Iterable[str]) -> frozenset[str]:
    """The ids of all that an audit looked at or found."""
    return frozenset((*managed, *audit.documents, *(drift.id for drift in audit.drifts)))


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
    if found > datetime.now(UTC):
        raise UsageError(f"`{text}` is still to come: nothing has changed since", fix="--since takes a time that is"
                         " past, in UTC where it names no zone.", subject="--since")  # fmt: skip
    return found


def addressed(audit: Audit, opened: OpenStack) -> Audit:
    """`audit` with fixes that can be typed as they stand."""
    typed = replace(opened.stack.options, env=opened.stack.settings.env).typed
    fixed = (replace(drift, fix=drift.fix.replace("{stack}", typed)) for drift in audit.drifts)
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
