"""Putting right a state that does not hold what a dead run made. Pure functions on the deployment document."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.engine.journal import Begun
from azkeep.engine.state import STACK_TYPE, State, StateResource
from azkeep.engine.values import SECRET, SIGNATURE, UNKNOWNS, decode
from azkeep.model.value import texts
from azkeep.types import by_token, conversion
from azkeep.types.resource_type import ResourceType

FAILED = "an operation on it was under way when its run ended, and failed"


@dataclass(frozen=True)
class Doubt:
    """A create that may or may not have happened. `document` is the state's form of the resource, with the `id` that
    its inputs name; `pending` is true if the state itself holds it as an operation begun."""

    urn: str
    id: str
    type: ResourceType
    document: Mapping[str, Any]
    pending: bool


def doubts(state: State, begun: Iterable[Begun], subscription: str) -> tuple[Doubt, ...]:
    """Creates to look up in the cloud: those pending in the state, and those that a journal saw begin and the state
    does not hold. Types that azkeep does not know, and creates that the provider refused to send, are left out."""
    found: dict[tuple[str, str], Doubt] = {}
    for operation in state.pending:
        if operation.kind == "creating":
            _collect(found, _doubt(operation.resource.document, subscription, pending=True))
    for step in begun:
        if step.is_create and not step.refused:
            _collect(found, _doubt(_document_of(step, state, subscription), subscription, pending=False))
    held = {(resource.urn, (resource.id or "").lower()) for resource in state.everything}
    return tuple(doubt for key, doubt in found.items() if key not in held)


def uncertain_urns(state: State, begun: Iterable[Begun]) -> tuple[str, ...]:
    """URNs of recorded resources to be refreshed: those whose update or delete did not come to an end that the state
    saw, and those that an interrupted recovery took up and did not refresh."""
    pending = {found.resource.urn for found in state.pending if found.kind in ("updating", "deleting")}
    journalled = {step.urn for step in begun if not step.is_create and not step.done}
    held = {resource.urn for resource in state.managed}
    return tuple(sorted((pending | journalled) & held | unread_urns(state)))


def unread_urns(state: State) -> frozenset[str]:
    """URNs of recorded resources without any output, which no provider leaves behind."""
    return frozenset(
        found.urn for found in state.managed if not found.document.get("outputs") and by_token(found.token)
    )


def settle(state: State, exists: Mapping[str, bool | None], found: Iterable[Doubt]) -> State:
    """The state with every doubt decided by `exists` (ARM id → it is there, it is not, None for could not look).

    What exists becomes a recorded resource; an older one of the same URN is then the old half of a replacement. What
    does not exist is dropped. What could not be looked up stays as it was. Updates and deletes that were pending are
    no longer so: a refresh decides them.
    """
    document = copy.deepcopy(dict(state.document))
    resources = document.get("resources") or []
    kept = {doubt.urn for doubt in found if exists.get(doubt.id) is None}
    for doubt in found:
        if exists.get(doubt.id):
            _adopt(resources, doubt)
            document["resources"] = resources
    operations = [
        operation
        for operation in document.get("pending_operations") or ()
        if operation["type"] in ("creating", "importing", "reading") and _stays(operation, found, kept)
    ]
    document.pop("pending_operations", None)
    if operations:
        document["pending_operations"] = operations
    return State(document)


def put_back(refreshed: State, settled: State, urns: Iterable[str]) -> State:
    """The refreshed state with what `settled` said of `urns`: a refresh takes inputs from the cloud, and a program that
    did not change must see what it said itself.

    Outputs go with their inputs: a later refresh finds what the cloud has changed by what differs from them. What the
    cloud calls failed is so in the state too: the engine then writes it again.
    """
    before = {(item.urn, item.awaits_delete): item.document for item in settled.everything}
    chosen = frozenset(urns)
    document = copy.deepcopy(dict(refreshed.document))
    for resource in document.get("resources") or ():
        if resource["urn"] not in chosen:
            continue
        if _has_failed(resource) and not resource.get("initErrors"):
            resource["initErrors"] = [FAILED]
        kept = before.get((resource["urn"], bool(resource.get("delete"))), {})
        if kept.get("inputs") is not None:
            resource["inputs"] = copy.deepcopy(kept["inputs"])
        if kept.get("outputs"):
            resource["outputs"] = copy.deepcopy(kept["outputs"])
    return State(document)


def _has_failed(resource: Mapping[str, Any]) -> bool:
    outputs = resource.get("outputs") or {}
    properties = outputs.get("properties")
    state = outputs.get("provisioningState") or (properties.get("provisioningState") if properties else None)
    return str(state or "").lower() in ("failed", "canceled")


def _collect(found: dict[tuple[str, str], Doubt], doubt: Doubt | None) -> None:
    if doubt is not None:
        found.setdefault((doubt.urn, doubt.id.lower()), doubt)


def _doubt(document: Mapping[str, Any] | None, subscription: str, *, pending: bool) -> Doubt | None:
    type_ = by_token(str(document["type"])) if document else None
    if document is None or type_ is None:
        return None
    inputs = decode(document.get("inputs") or {})
    id = document.get("id") or conversion.arm_id(type_, inputs, str(inputs.get("subscriptionId") or subscription))
    if not id:
        return None
    return Doubt(str(document["urn"]), str(id), type_, {**document, "id": str(id)}, pending)


def _document_of(step: Begun, state: State, subscription: str) -> dict[str, Any] | None:
    """The state's form of a resource from the event that began it; None if its provider is not recorded, without
    which the engine takes no resource. Events hold no secrets: an input that is one is left out, and the next apply
    sends it again. They hold no dependencies either: those are read from the ids among the inputs."""
    new = step.metadata.get("new") or {}
    provider = str(new.get("provider") or step.metadata.get("provider") or "")
    recorded = {f"{item.urn}::{item.id}" for item in state.everything}
    if provider not in recorded:
        return None
    inputs = _without_secrets(new.get("inputs") or {})
    type_ = by_token(str(step.metadata.get("type", "")))
    own_id = new.get("id") or (conversion.arm_id(type_, decode(inputs), subscription) if type_ else None)
    document: dict[str, Any] = {
        "urn": step.urn,
        "custom": True,
        "type": str(step.metadata["type"]),
        "inputs": inputs,
        "parent": _parent(str(new.get("parent", "")), state),
        "dependencies": sorted(_dependencies(inputs, str(own_id or ""), state)),
        "provider": provider,
    }
    if new.get("id"):
        document["id"] = new["id"]
    if new.get("protect"):
        document["protect"] = True
    return document


def _parent(urn: str, state: State) -> str:
    if urn in state.by_urn:
        return urn
    return next((found.urn for found in state.everything if found.token == STACK_TYPE), "")


def _dependencies(inputs: Any, own_id: str, state: State) -> Iterator[str]:
    """URNs of recorded resources whose ARM id is mentioned in `inputs` or encloses the resource's own."""
    mentioned = {own_id.lower(), *(text.lower() for text in texts(inputs))}
    for resource in state.managed:
        id = (resource.id or "").lower()
        if id and any(text == id or text.startswith(id + "/") for text in mentioned):
            yield resource.urn


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_secrets(item) for key, item in value.items() if not _is_lost(item)}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value if not _is_lost(item)]
    return value


def _is_lost(value: Any) -> bool:
    if isinstance(value, str):
        return value in UNKNOWNS
    return isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET


def _adopt(resources: list[dict[str, Any]], doubt: Doubt) -> None:
    for resource in resources:
        if resource["urn"] == doubt.urn and not resource.get("delete"):
            resource["delete"] = True
    adopted = {**copy.deepcopy(dict(doubt.document)), "custom": True, "outputs": {}}
    adopted.pop("initErrors", None)
    resources.append(adopted)


def _stays(operation: Mapping[str, Any], found: Iterable[Doubt], kept: set[str]) -> bool:
    resource = StateResource(operation["resource"])
    looked_up = {doubt.urn for doubt in found if doubt.pending}
    return operation["type"] != "creating" or resource.urn in kept or resource.urn not in looked_up
