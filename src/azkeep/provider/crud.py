"""Create, read, update and delete of one resource through ARM, step by step as the official plugin does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.errors import AuthFailed, AzureError, Throttled
from azkeep.model.transport import Answer, ArmTransport
from azkeep.provider import faults, maintained, refresh
from azkeep.provider.faults import InitFailedError, RefusedError
from azkeep.provider.values import has_unknown
from azkeep.types import conversion
from azkeep.types.resource_type import ResourceType

SELF = "$self/"


@dataclass(frozen=True)
class Cloud:
    """Where requests go, for one configured provider."""

    transport: ArmTransport
    subscription: str


@dataclass(frozen=True)
class Found:
    """A resource as the cloud has it: its ARM id, and azure-native's inputs and outputs."""

    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


def create(cloud: Cloud, type_: ResourceType, inputs: Mapping[str, Any]) -> Found:
    """The new resource. Raises RefusedError while nothing was made, InitFailedError once it may have been."""
    id = _id(cloud, type_, inputs)
    _must_be_absent(cloud, type_, id)
    body = maintained.emptied(type_, _body(type_, inputs, id))
    answer = _put(cloud, type_, id, body, inputs)
    answered = answer.body.get("id") if isinstance(answer.body, Mapping) else None
    id = answered if isinstance(answered, str) and answered else id
    return Found(id, inputs, _written(cloud, type_, id, answer))


def update(
    cloud: Cloud, type_: ResourceType, id: str, old_outputs: Mapping[str, Any], inputs: Mapping[str, Any]
) -> Found:
    """The changed resource; collections that other resources maintain are read first and sent back as they are.

    Raises RefusedError while nothing was changed, InitFailedError once it may have been.
    """
    reset = {
        name: value
        for name, value in type_.reset_to.items()
        if name not in inputs and old_outputs.get(name) is not None
    }
    body = _body(type_, {**inputs, **reset}, id)
    missing = maintained.unset(type_, body)
    if missing:
        body = maintained.kept(body, missing, _live(cloud, type_, id))
    answer = _put(cloud, type_, id, body, inputs)
    return Found(id, inputs, _written(cloud, type_, id, answer))


def read(
    cloud: Cloud,
    type_: ResourceType,
    id: str,
    old_inputs: Mapping[str, Any] | None,
    old_outputs: Mapping[str, Any],
) -> Found | None:
    """The resource as it is now; None if it is gone. Without `old_inputs` (import) they are made from the document."""
    answer = _get(cloud, type_, id)
    if not answer.ok and answer.status != 404:
        raise RefusedError(faults.of_answer(answer))
    if answer.status == 404 or not isinstance(answer.body, Mapping):
        return None
    outputs = conversion.to_outputs(type_, answer.body)
    if old_inputs is None:
        return Found(id, _imported(type_, id, answer.body), outputs)
    return Found(id, refresh.inputs_after(type_, old_inputs, old_outputs, outputs), outputs)


def delete(cloud: Cloud, type_: ResourceType, id: str) -> None:
    """Removes the resource, absent is fine; a singleton is put back to its first state. Raises RefusedError."""
    try:
        answer = _remove(cloud, type_, id)
    except AzureError as error:
        raise RefusedError(faults.of_error(error)) from error
    if not answer.ok and answer.status != 404:
        raise RefusedError(faults.of_answer(answer))


def _remove(cloud: Cloud, type_: ResourceType, id: str) -> Answer:
    if type_.singleton is not None:
        return cloud.transport.run("PUT", id, api_version=type_.api_version, body=dict(type_.singleton))
    return cloud.transport.run("DELETE", id, api_version=type_.api_version, query=dict(type_.delete_query) or None)


def _id(cloud: Cloud, type_: ResourceType, inputs: Mapping[str, Any]) -> str:
    id = conversion.arm_id(type_, inputs, cloud.subscription)
    if id is None:
        missing = next((name for name in type_.path_inputs if not isinstance(inputs.get(name), str)), "")
        raise RefusedError(f"expected string value for path parameter '{missing}'")
    return id


def _body(type_: ResourceType, inputs: Mapping[str, Any], id: str) -> dict[str, Any]:
    body = conversion.to_body(type_, inputs)
    if has_unknown(body):
        raise RefusedError(f"the inputs of {id} hold values that are not known yet")
    return _with_self(body, id)  # type: ignore[no-any-return]


def _with_self(value: Any, id: str, key: str = "") -> Any:
    """`$self/…` in the `id` of a nested object stands for the resource's own id."""
    if isinstance(value, Mapping):
        return {name: _with_self(item, id, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_self(item, id) for item in value]
    if key == "id" and isinstance(value, str) and value.startswith(SELF):
        return f"{id}/{value.removeprefix(SELF)}"
    return value


def _must_be_absent(cloud: Cloud, type_: ResourceType, id: str) -> None:
    if type_.singleton is not None:
        return
    answer = _get(cloud, type_, id)
    if answer.status in (404, 204) or (answer.ok and not answer.body):
        return
    if not answer.ok:
        raise RefusedError(faults.of_answer(answer))
    raise RefusedError(f"cannot create already existing resource '{id}'")


def _get(cloud: Cloud, type_: ResourceType, id: str) -> Answer:
    try:
        return cloud.transport.send("GET", id, api_version=type_.api_version)
    except AzureError as error:
        raise RefusedError(faults.of_error(error)) from error


def _live(cloud: Cloud, type_: ResourceType, id: str) -> Mapping[str, Any]:
    answer = _get(cloud, type_, id)
    if not answer.ok or not isinstance(answer.body, Mapping):
        reason = faults.of_answer(answer)
        raise RefusedError(f"failed maintaining unset sub-resource properties: reading cloud state: {reason}")
    return answer.body


def _put(cloud: Cloud, type_: ResourceType, id: str, body: Mapping[str, Any], inputs: Mapping[str, Any]) -> Answer:
    """The good end of a PUT.

    A refusal of the request itself leaves nothing behind and is RefusedError. A failed operation, a server's own
    failure and a lost connection may have left something: they are InitFailedError.
    """
    query = {name: _query_text(inputs[name]) for name in type_.query_inputs if name in inputs}
    try:
        answer = cloud.transport.run("PUT", id, api_version=type_.api_version, body=dict(body), query=query or None)
    except (Throttled, AuthFailed) as error:
        raise RefusedError(faults.of_error(error)) from error
    except AzureError as error:
        raise _half_made(cloud, type_, id, inputs, faults.of_error(error)) from error
    if answer.ok:
        return answer
    if answer.status < 500 and not answer.followed:
        raise RefusedError(faults.of_answer(answer))
    raise _half_made(cloud, type_, id, inputs, faults.of_answer(answer))


def _query_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _half_made(cloud: Cloud, type_: ResourceType, id: str, inputs: Mapping[str, Any], reason: str) -> InitFailedError:
    """What the cloud holds after a PUT that went wrong, as far as it can be read."""
    try:
        answer = _get(cloud, type_, id)
    except RefusedError as error:
        return InitFailedError(id, {}, inputs, f"{reason}; and reading the resource failed: {error}")
    if not answer.ok or not isinstance(answer.body, Mapping):
        return InitFailedError(id, {}, inputs, f"{reason}; and reading the resource failed: {faults.of_answer(answer)}")
    return InitFailedError(id, conversion.to_outputs(type_, answer.body), inputs, reason)


def _written(cloud: Cloud, type_: ResourceType, id: str, answer: Answer) -> Mapping[str, Any]:
    """Outputs as a GET shows them after a write; those of the write itself where the GET fails."""
    try:
        again = _get(cloud, type_, id)
    except RefusedError:
        again = answer
    body = again.body if again.ok and isinstance(again.body, Mapping) else answer.body
    return conversion.to_outputs(type_, body if isinstance(body, Mapping) else {})


def _imported(type_: ResourceType, id: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return {**conversion.to_inputs(type_, id, body), "azureApiVersion": type_.api_version}
    except ValueError as error:
        raise RefusedError(str(error)) from error
