"""What somebody soft-deleted comes back before a fix looks at it, or is given up where that was asked for by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from azkeep import types
from azkeep.errors import RequestFailed, UsageError
from azkeep.jobs.estate import audit_basis
from azkeep.jobs.options import AuditOptions
from azkeep.jobs.stack import OpenStack
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.plan import Operation, Step
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get, put
from azkeep.types.members import ENVELOPE
from azkeep.types.resource_type import ResourceType
from azkeep.types.soft_delete import SoftDelete

BACK = "recovered with what was in it"
GIVEN_UP = "purged: what was in it is lost"


@dataclass(frozen=True)
class Return:
    """What is done about one deleted resource before the state learns of it: its remains are purged or come back."""

    drift: Drift
    type: ResourceType
    soft: SoftDelete
    purges: bool

    @property
    def text(self) -> str:
        """The deed on one line."""
        return f"{'purge' if self.purges else 'recover'} {self.drift.type} {ArmId.parse(self.drift.id).name}"


def returns(audit: Audit, purge: Iterable[str]) -> tuple[Return, ...]:
    """What of the missing resources is recovered, and what was named to be purged. Raises UsageError for a name of
    anything else."""
    missing = {ArmId.parse(drift.id).key: drift for drift in audit.drifts if drift.kind is DriftKind.MISSING}
    typed = {id if id.startswith("urn:") else ArmId.parse(id).key: id for id in purge}
    named = frozenset(typed)
    possible = {key: found for key, drift in missing.items() if (found := _return(drift, purges=key in named))}
    wrong = sorted(typed[key] for key in named - possible.keys())
    if wrong:
        there = "\n".join(sorted(found.drift.id for found in possible.values()))
        raise UsageError(
            f"nothing that is soft-deleted was found with the id {', '.join(wrong)}",
            detail=f"Missing, and can be purged, are:\n{there}" if there else "Nothing of this kind is missing.",
            fix="--purge takes only what an audit calls missing and its type soft-deletes, one id each.",
            subject=wrong[0],
        )
    return tuple(
        found
        for found in possible.values()
        if found.purges or (found.drift.soft_deleted and found.drift.counts and found.soft.recovery)
    )


def _return(drift: Drift, *, purges: bool) -> Return | None:
    type_ = types.by_arm_type(drift.type)
    return Return(drift, type_, type_.soft_delete, purges) if type_ and type_.soft_delete else None


def agree(opened: OpenStack, options: AuditOptions, wanted: tuple[Return, ...]) -> None:
    """Raises UsageError unless somebody agrees: the fix cannot be planned before it is known what came back."""
    if not wanted or options.yes:
        return
    for each in wanted:
        opened.progress.line(each.text)
    if not opened.progress.ask("Do this first? What else there is to do is shown afterwards."):
        raise UsageError("nothing was put right", fix="Answer yes, or add --yes.")


def carry_out_returns(opened: OpenStack, audit: Audit, wanted: tuple[Return, ...]) -> tuple[Step, ...]:
    """The steps, all done. Raises RequestFailed at the first that fails; what is done by then is found by the next
    fix."""
    if not wanted:
        return ()
    recorded = audit_basis(opened).recorded
    steps: list[Step] = []
    for each in (*_groups(audit, wanted), *wanted):
        name = ArmId.parse(each.drift.id).name
        opened.progress.phase(f"{'Purging' if each.purges else 'Recovering'} {name}")
        answer = _sent(opened, each, recorded.get(each.drift.id) or {})
        if not answer.ok and not (each.purges and answer.status == 404):
            summary = f"{name} could not be {'purged' if each.purges else 'recovered'}: {answer.error_message}"
            raise RequestFailed(
                summary,
                status=answer.status,
                arm_code=answer.error_code,
                subject=each.drift.id,
                fix="Correct the cause, then the same again.",
            )
        operation, reason = (Operation.DELETE, GIVEN_UP) if each.purges else (Operation.CREATE, BACK)
        steps.append(Step(operation, each.drift.id, each.drift.type, name, each.drift.id, reason=reason, status="done"))
    return tuple(steps)


def _groups(audit: Audit, wanted: tuple[Return, ...]) -> Iterator[Return]:
    """Resource groups that are missing too, and that something comes back into."""
    missing = {ArmId.parse(drift.id).key: drift for drift in audit.drifts if drift.kind is DriftKind.MISSING}
    keys = {group.key for each in wanted if not each.purges and (group := ArmId.parse(each.drift.id).resource_group_id)}
    for key in sorted(keys & missing.keys()):
        type_ = types.by_arm_type(missing[key].type)
        if type_ is not None:
            yield Return(missing[key], type_, SoftDelete(0, "", ""), purges=False)


def _sent(opened: OpenStack, each: Return, recorded: Body) -> Answer:
    id, version = each.drift.id, each.type.api_version
    transport = opened.cloud.transport
    if not each.purges:
        body = {name: value for name, value in recorded.items() if name not in ENVELOPE}
        for pointer, value in each.soft.recovery.items():
            body = put(body, pointer, value)
        return transport.run("PUT", id, api_version=version, body=body)
    if each.soft.purges_deleted:
        return transport.run("DELETE", id, api_version=version, query={each.soft.purge_query: "true"})
    arm_id = ArmId.parse(id)
    place = each.soft.deleted_path.replace("{subscriptionId}", arm_id.subscription or "").replace("{name}", arm_id.name)
    location = str(get(recorded, "/location") or "").replace(" ", "").lower()
    return transport.run("POST", f"{place.replace('{location}', location)}/purge", api_version=version)
