"""Functions of azure-native: `get{Class}` is a GET, `list{Class}{What}` a POST on the resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.errors import AzureError
from azkeep.provider import faults
from azkeep.provider.crud import Cloud
from azkeep.provider.faults import RefusedError
from azkeep.types import by_token, conversion
from azkeep.types.resource_type import ResourceType

CLIENT_CONFIG = "azure-native:authorization:getClientConfig"
CLIENT_TOKEN = "azure-native:authorization:getClientToken"
SUBSCRIPTIONS = "azure-native:authorization:listSubscriptions"
SUBSCRIPTIONS_VERSION = "2022-12-01"

OTHER_NAMES = {
    "azure-native:operationalinsights:getSharedKeys": ("azure-native:operationalinsights:Workspace", "sharedKeys"),
}
"""Functions whose name does not begin with their class."""


@dataclass(frozen=True)
class ProviderIdentity:
    """Who the provider is to the cloud; `token` gives a bearer token for ARM."""

    client_id: str
    object_id: str
    tenant: str
    token: Callable[[], str]


def invoke(cloud: Cloud, identity: ProviderIdentity, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The function's result. Raises RefusedError, also for a function that the local cloud does not have."""
    if token == CLIENT_CONFIG:
        return {
            "clientId": identity.client_id,
            "objectId": identity.object_id,
            "subscriptionId": cloud.subscription,
            "tenantId": identity.tenant,
        }
    try:
        if token == CLIENT_TOKEN:
            return {"token": identity.token()}
        if token == SUBSCRIPTIONS:
            return _document(cloud, "/subscriptions", SUBSCRIPTIONS_VERSION)
        type_, action = _resolve(token)
        return _get(cloud, type_, arguments) if action is None else _post(cloud, type_, action, arguments)
    except AzureError as error:
        raise RefusedError(faults.of_error(error)) from error


def _resolve(token: str) -> tuple[ResourceType, str | None]:
    """The type, and the action that is posted; None for a plain GET."""
    if token in OTHER_NAMES:
        class_token, posted = OTHER_NAMES[token]
        named = by_token(class_token)
        if named is not None:
            return named, posted
    for type_, rest in _candidates(token):
        if not rest and _verb(token) == "get":
            return type_, None
        action = _action(type_, _verb(token), rest)
        if action is not None:
            return type_, action
    raise RefusedError(f"the local cloud has no function {token}: it can only be called on azure")


def _verb(token: str) -> str:
    name = token.rsplit(":", 1)[-1]
    return "list" if name.startswith("list") else "get"


def _candidates(token: str) -> Iterator[tuple[ResourceType, str]]:
    """Types whose class begins what follows the verb, longest class first, and what then remains."""
    module, name = token.rsplit(":", 1)
    name = name.removeprefix(_verb(token))
    for end in range(len(name), 0, -1):
        type_ = by_token(f"{module}:{name[:end]}")
        if type_ is not None and (end == len(name) or name[end].isupper()):
            yield type_, name[end:]


def _action(type_: ResourceType, verb: str, rest: str) -> str | None:
    """The action's name as the type spells it, None if it has none such.

    azure-native's names differ from ARM's only in case, or in a verb put first. Another class may begin with the
    name of this one (`VirtualNetworkGateway`), so only an action that the type has counts.
    """
    wanted = (f"{verb}{rest}".lower(), rest.lower(), f"list{rest}".lower())
    for candidate in wanted:
        for name in type_.actions:
            if name.lower() == candidate:
                return name
    return None


def _address(cloud: Cloud, type_: ResourceType, arguments: Mapping[str, Any]) -> str:
    id = conversion.arm_id(type_, arguments, cloud.subscription)
    if id is None:
        missing = next((name for name in type_.path_inputs if not isinstance(arguments.get(name), str)), "")
        raise RefusedError(f"missing required property '{missing}'")
    return id


def _get(cloud: Cloud, type_: ResourceType, arguments: Mapping[str, Any]) -> dict[str, Any]:
    id = _address(cloud, type_, arguments)
    body = _document(cloud, id, type_.api_version)
    return {**conversion.to_outputs(type_, body), "id": body.get("id", id)}


def _document(cloud: Cloud, path: str, api_version: str) -> dict[str, Any]:
    answer = cloud.transport.send("GET", path, api_version=api_version)
    if not answer.ok or not isinstance(answer.body, Mapping):
        raise RefusedError(f"request failed {path}: {faults.of_answer(answer)}")
    return dict(answer.body)


def _post(cloud: Cloud, type_: ResourceType, action: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    id = _address(cloud, type_, arguments)
    sent = {name: value for name, value in arguments.items() if name not in type_.path_inputs}
    answer = cloud.transport.run("POST", f"{id}/{action}", api_version=type_.api_version, body=sent)
    if not answer.ok:
        raise RefusedError(f"request failed {id}/{action}: {faults.of_answer(answer)}")
    return dict(answer.body) if isinstance(answer.body, Mapping) else {"value": answer.body}
