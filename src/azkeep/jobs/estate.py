"""The recorded estate against the live one: the reading that preview, apply and audit share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from azkeep import types
from azkeep.audit.carry import carried
from azkeep.audit.judge import FAILED, judge
from azkeep.audit.recording import Recording, load, mask, save
from azkeep.engine.state import State, StateResource
from azkeep.errors import Source
from azkeep.jobs.stack import OpenStack
from azkeep.jobs.sweeping import read_managed
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.plan import OutsideChange
from azkeep.model.transport import Answer
from azkeep.model.value import Body
from azkeep.types import conversion


def record(
    opened: OpenStack, outside: tuple[OutsideChange, ...] = (), written: frozenset[str] = frozenset()
) -> Recording:
    """Reads every managed resource and keeps what ARM answers beside the state, bound to it.

    `outside` is what somebody else had changed before this run. Where that is still so, the value that was recorded
    stays recorded: their drift is still drift, and no run makes it the new normal. So does all that was recorded of
    what cannot be read now and is not among `written`, the ids in lower case of what the run set out to write.
    """
    state = opened.session.state()
    before = load(opened.keeping.recording) or Recording("", {})
    at = datetime.now(UTC).isoformat()
    live = read_managed(opened.cloud.reader(), _ids(state)).live
    seen: dict[str, Body | None] = {id: answer.body if answer.ok else None for id, answer in live.items()}
    documents = dict(seen)
    if opened.is_recorded:
        documents |= {id: before.documents.get(id) for id in _unread(live) if id.lower() not in written}
    for found in outside:
        if found.id in documents:
            documents[found.id] = carried(found, before.documents.get(found.id), documents[found.id])
    since = {id: before.since.get(id, before.at) for id, body in documents.items() if body != seen[id]}
    recording = Recording(checkpoint=state.digest, documents=documents, at=at, since=since)
    save(opened.keeping.recording, recording, opened.keeping.hash_key)
    return recording


def _unread(live: Mapping[str, Answer]) -> tuple[str, ...]:
    """Ids of what may be there, and ARM did not show."""
    return tuple(id for id, answer in live.items() if not answer.ok and answer.status != 404)


def read_estate(opened: OpenStack) -> Audit:
    """What has changed since the last apply, on managed resources alone: what preview and apply have to know."""
    basis = audit_basis(opened)
    reader = opened.cloud.reader()
    swept = read_managed(reader, basis.recorded)
    audit = judge(
        basis.recorded, masked(swept.live, opened.keeping.hash_key), basis.declared, declared_only=not basis.is_bound
    )
    return replace(audit, requests=reader.requests["total"], calls=reader.requests)


@dataclass(frozen=True)
class AuditBasis:
    """What the live estate is held against. Without a recording of this very state only declared properties are
    compared; `at` is when it was recorded, "" without one, `since` the same of single resources that differ. `sources`:
    id in lower case → the line that declared it, in the project's folder."""

    recorded: Mapping[str, Body | None]
    declared: Mapping[str, Body]
    is_bound: bool
    at: str = ""
    since: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)


def audit_basis(opened: OpenStack) -> AuditBasis:
    """The recorded and the declared documents of the stack as it is recorded now."""
    state = opened.session.state()
    recording = load(opened.keeping.recording)
    if recording is None or recording.checkpoint != state.digest:
        return basis_without_recording(state)
    recorded = {id: recording.documents.get(id) for id in _ids(state)}
    return replace(
        basis_without_recording(state), recorded=recorded, is_bound=True, at=recording.at, since=recording.since
    )


def basis_without_recording(state: State) -> AuditBasis:
    """The basis that a state alone gives: what was declared."""
    declared = declared_documents(state)
    recorded: dict[str, Body | None] = {id: declared.get(id) for id in _ids(state)}
    arm = {resource.urn for resource in _arm_resources(state)}
    skipped = tuple(found.urn for found in state.managed if found.urn not in arm)
    lines = {ArmId.parse(found.id).key: found.source for found in _arm_resources(state) if found.id and found.source}
    return AuditBasis(recorded, declared, is_bound=False, skipped=skipped, sources=lines)


def masked(live: Mapping[str, Answer], key: bytes) -> dict[str, Answer]:
    """`live` with hashes in place of secrets, as they are recorded."""
    return {
        id: replace(answer, body=mask(id, answer.body, key)) if answer.ok and answer.body else answer
        for id, answer in live.items()
    }


def read_outside(opened: OpenStack, *, refresh: bool) -> tuple[OutsideChange, ...]:
    """What changed outside azkeep since the last apply; () without a look at the cloud."""
    if not refresh or not opened.session.state().managed:
        return ()
    opened.progress.phase("Reading the live estate")
    audit = read_estate(opened)
    if not audit.recorded:
        # A recording of another state says nothing any more, and must not be carried into the next one.
        opened.keeping.recording.unlink(missing_ok=True)
    return outside_changes(audit)


def outside_changes(audit: Audit) -> tuple[OutsideChange, ...]:
    """One OutsideChange per resource that drifted or is missing, in the audit's order."""
    found: dict[str, OutsideChange] = {}
    for drift in audit.drifts:
        if drift.kind in (DriftKind.UNREAD, DriftKind.UNMANAGED) or _is_failure(drift):
            continue
        kind = "missing" if drift.kind is DriftKind.MISSING else "changed"
        before = found.get(drift.id, OutsideChange(kind, drift.id, drift.type))
        changes = (*before.changes, drift.change) if drift.change else before.changes
        found[drift.id] = OutsideChange(kind, drift.id, drift.type, changes)
    return tuple(found.values())


def _is_failure(drift: Drift) -> bool:
    """True for a state of failure, which says nothing of who began the operation: mostly a run of ours."""
    type_ = types.by_arm_type(drift.type)
    if drift.change is None or type_ is None:
        return False
    return drift.change.path == type_.provisioning_state and str(drift.change.after).lower() in FAILED


def declared_documents(state: State) -> dict[str, Body]:
    """ARM id → the document that the recorded inputs give, for every managed resource of a known type."""
    found: dict[str, Body] = {}
    for resource in _arm_resources(state):
        type_ = types.by_token(resource.token)
        if type_ is not None and resource.id:
            found[resource.id] = conversion.to_body(type_, resource.inputs)
    return found


def _arm_resources(state: State) -> list[StateResource]:
    return [resource for resource in state.managed if resource.id and is_arm_id(resource.id)]


def _ids(state: State) -> list[str]:
    return [resource.id for resource in _arm_resources(state) if resource.id]


def is_arm_id(text: str) -> bool:
    try:
        ArmId.parse(text)
    except ValueError:
        return False
    return text.startswith("/")


def read_live(opened: OpenStack) -> tuple[Body, ...]:
    """The ARM document of every managed resource that could be read, in the state's order, and of what always exists
    below one, such as a storage account's blob service."""
    ids = _ids(opened.session.state())
    answers = read_managed(opened.cloud.reader(), list(dict.fromkeys((*ids, *_always_below(ids))))).live
    return tuple(answer.body for answer in answers.values() if answer.ok and answer.body is not None)


def _always_below(ids: list[str]) -> Iterator[str]:
    """Ids of children that the service makes with their parents and that can only be changed, named `default`."""
    single = [type_ for type_ in types.all_types() if type_.singleton is not None]
    for id in ids:
        parent = ArmId.parse(id)
        for type_ in single:
            if type_.parent_type is not None and type_.parent_type.lower() == parent.type.lower():
                yield parent.child(type_.arm_type.rsplit("/", 1)[1], "default").text
