"""The recorded estate against the live one: the reading that preview, apply and audit share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep import types
from azkeep.audit.judge import judge
from azkeep.audit.recording import Recording, load, save
from azkeep.engine.state import State, StateResource
from azkeep.jobs.stack import OpenStack
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.plan import OutsideChange
from azkeep.model.value import Body
from azkeep.types import conversion


def record(opened: OpenStack, untouched: frozenset[str] = frozenset()) -> Recording:
    """Reads every managed resource and keeps what ARM answers beside the state, bound to it.

    `untouched` are ids, in lower case, of resources that somebody else changed and this run left alone: what was
    recorded of them stays, so that their drift is still drift.
    """
    state = opened.session.state()
    before = load(opened.keeping.recording)
    answers = opened.cloud.read_all(_wanted(state))
    documents: dict[str, Body | None] = {id: answer.body if answer.ok else None for id, answer in answers.items()}
    for id in documents:
        if before is not None and id.lower() in untouched and id in before.documents:
            documents[id] = before.documents[id]
    recording = Recording(checkpoint=state.digest, documents=documents)
    save(opened.keeping.recording, recording, opened.keeping.hash_key)
    return recording


def read_estate(opened: OpenStack) -> Audit:
    """What has changed since the last apply. Without a recording of this very state only declared properties are
    compared, and the rest of each document is left out."""
    state = opened.session.state()
    declared = declared_documents(state)
    recording = load(opened.keeping.recording)
    is_bound = recording is not None and recording.checkpoint == state.digest
    documents: Mapping[str, Body | None] = recording.documents if recording and is_bound else declared
    answers = opened.cloud.read_all(_wanted(state))
    recorded = {id: documents.get(id) for id in _ids(state)}
    audit = judge(recorded, answers, declared, declared_only=not is_bound)
    return Audit(audit.drifts, audit.read, audit.total, requests=len(answers), recorded=is_bound)


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
        if drift.kind is DriftKind.UNREAD:
            continue
        kind = "missing" if drift.kind is DriftKind.MISSING else "changed"
        before = found.get(drift.id, OutsideChange(kind, drift.id, drift.type))
        changes = (*before.changes, drift.change) if drift.change else before.changes
        found[drift.id] = OutsideChange(kind, drift.id, drift.type, changes)
    return tuple(found.values())


def declared_documents(state: State) -> dict[str, Body]:
    """ARM id → the document that the recorded inputs give, for every managed resource of a known type."""
    found: dict[str, Body] = {}
    for resource in _arm_resources(state):
        type_ = types.by_token(resource.token)
        if type_ is not None and resource.id:
            found[resource.id] = conversion.to_body(type_, resource.inputs)
    return found


def _arm_resources(state: State) -> list[StateResource]:
    return [resource for resource in state.managed if resource.id and _is_arm_id(resource.id)]


def _ids(state: State) -> list[str]:
    return [resource.id for resource in _arm_resources(state) if resource.id]


def _wanted(state: State) -> list[tuple[str, str]]:
    """(id, API version) of everything to read; a type azkeep does not know is read at the version in its outputs."""
    found: list[tuple[str, str]] = []
    for resource in _arm_resources(state):
        type_ = types.by_token(resource.token)
        version: Any = type_.api_version if type_ else resource.outputs.get("azureApiVersion")
        if resource.id and version:
            found.append((resource.id, str(version)))
    return found


def _is_arm_id(text: str) -> bool:
    try:
        ArmId.parse(text)
    except ValueError:
        return False
    return text.startswith("/")
