"""What every SDK's client does with every type besides reading it: list, tag, delete and miss it."""

from __future__ import annotations

import functools
import inspect
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from tests.contract.sdks.catalogue import EVERY, Operations, arguments
from tests.contract.sdks.conftest import Open
from tests.contract.sdks.estate import FAR, FREE, HUB, LEFT_OUT, SUBSCRIPTION, Estate
from tests.contract.sdks.models import read

from azkeep.model.ids import ArmId
from azkeep.model.value import put, remove
from azkeep.types import by_arm_type

TAGGED = ("update_tags", "begin_update_tags", "begin_update", "update")
_NET = "Microsoft.Network"
_ML = "Microsoft.MachineLearningServices/workspaces"

OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    "Microsoft.Authorization/roleAssignments": {
        "/properties/roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers"
        "/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    },
    "Microsoft.Authorization/roleDefinitions": {"/properties/roleName": "Another role"},
    "Microsoft.ContainerRegistry/registries/replications": {"/location": "swedencentral"},
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials": {
        "/properties/subject": "repo:another/repository:ref:refs/heads/main"
    },
    f"{_NET}/natGateways": {"/properties/publicIpAddresses": [{"id": FREE}]},
    f"{_NET}/networkInterfaces": {"/properties/ipConfigurations/0/properties/privateIPAddress": "10.0.2.21"},
    f"{_NET}/networkSecurityGroups/securityRules": {"/properties/priority": 4001},
    f"{_NET}/networkWatchers": {"/location": "swedencentral"},
    f"{_NET}/networkWatchers/flowLogs": {"/properties/targetResourceId": HUB},
    f"{_NET}/privateDnsZones/virtualNetworkLinks": {"/properties/virtualNetwork/id": HUB},
    f"{_NET}/privateEndpoints": {
        "/properties/ipConfigurations": [],
        "/properties/customNetworkInterfaceName": "another-nic",
    },
    f"{_NET}/publicIPAddresses": {"/properties/dnsSettings": {}},
    f"{_NET}/routeTables/routes": {"/properties/addressPrefix": "10.99.0.0/16"},
    f"{_NET}/virtualNetworks/subnets": {"/properties/addressPrefix": "10.0.77.0/24"},
    f"{_NET}/virtualNetworks/virtualNetworkPeerings": {"/properties/remoteVirtualNetwork/id": FAR},
}
"""ARM type → what a second resource has otherwise than the example, because both cannot have it."""


NAMED: Mapping[str, str] = {
    "Microsoft.Authorization/roleAssignments": str(uuid.uuid5(uuid.NAMESPACE_URL, "assignment")),
    "Microsoft.Authorization/roleDefinitions": str(uuid.uuid5(uuid.NAMESPACE_URL, "definition")),
    "Microsoft.ContainerRegistry/registries/replications": "swedencentral",
}
"""ARM type → what a second resource is called, where names are not free."""

OF_OLD: Mapping[tuple[str, str], Mapping[str, Any]] = {
    # Their versions of the API do not have the example's kind of credentials.
    ("machinelearning", f"{_ML}/connections"): {"/properties/authType": "None", "/properties/credentials": None},
    ("machinelearning2", f"{_ML}/connections"): {"/properties/authType": "None", "/properties/credentials": None},
}
"""(SDK, ARM type) → what a body has otherwise than the example, None for nothing."""

ALONE = (
    f"{_NET}/azureFirewalls",
    f"{_NET}/bastionHosts",
    f"{_NET}/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.ContainerRegistry/registries/privateEndpointConnections",
    "Microsoft.KeyVault/vaults/keys",
    "Microsoft.KeyVault/vaults/privateEndpointConnections",
    "Microsoft.KeyVault/vaults/secrets",
    f"{_ML}/privateEndpointConnections",
    "Microsoft.Resources/resourceGroups",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/fileServices",
    "Microsoft.Storage/storageAccounts/managementPolicies",
    "Microsoft.Storage/storageAccounts/privateEndpointConnections",
)
"""Types of which there is one only beside the example, or that no SDK deletes; groups have a test of their own."""

OF_OTHERS = ("list_built_in", "list_deleted")
"""Lists of what no example is."""

UNLISTED = (
    f"{_ML}/privateEndpointConnections",
    f"{_NET}/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/fileServices",
    "Microsoft.Storage/storageAccounts/managementPolicies",
)
"""Types around which an SDK has no list, or one that wants its names in another order."""

ONCE = (("machinelearning", f"{_ML}/computes"),)
"""(SDK, ARM type) whose client does not take 204, with which ARM itself answers for what is not there."""

UNTAGGED = (f"{_ML}/computes",)
"""Types whose update is for other things."""


def parameters(method: Callable[..., Any]) -> tuple[str, ...]:
    """Names of what must be given."""
    every = inspect.signature(method).parameters.values()
    return tuple(each.name for each in every if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD)


def finished(done: Any) -> Any:
    return done.result() if hasattr(done, "result") else done


def deleting(group: Any) -> Callable[..., Any]:
    """The group's way to delete, with what it must be told besides the names."""
    names = ("begin_delete", "delete", "delete_by_scope")
    method = next(getattr(group, name) for name in names if hasattr(group, name))
    needs_word = "underlying_resource_action" in parameters(method)
    return functools.partial(method, underlying_resource_action="Delete") if needs_word else method


@pytest.mark.parametrize("operations", [each for each in EVERY if each.arm_type not in LEFT_OUT], ids=str)
def test_is_listed(operations: Operations, estate: Estate, clients: Open) -> None:
    """Each list that the SDK has around a resource shows it, through all its pages."""
    group = getattr(clients(operations.sdk), operations.group)
    id, own = estate.ids[operations.arm_type], parameters(getattr(group, operations.get))
    given = dict(zip(own, arguments(id), strict=True))
    lists = {name: getattr(group, name) for name in dir(group) if name.startswith("list") and name not in OF_OTHERS}
    around = {name: parameters(each) for name, each in lists.items()}
    around = {
        name: wanted for name, wanted in around.items() if wanted == own[: len(wanted)] and len(wanted) < len(own)
    }
    assert around or operations.arm_type in UNLISTED
    for name, wanted in around.items():
        assert id.lower() in [each.id.lower() for each in lists[name](*(given[each] for each in wanted))], name


@pytest.mark.parametrize("operations", [each for each in EVERY if each.arm_type not in ALONE], ids=str)
def test_second_one_is_tagged_and_deleted(operations: Operations, estate: Estate, clients: Open) -> None:
    """Made by the client, it takes other tags where the SDK has a way, is deleted, and is missed by its name.

    A second deletion finds nothing and ends well.
    """
    otherwise = {
        **OTHERWISE.get(operations.arm_type, {}),
        **OF_OLD.get((operations.sdk, operations.arm_type), {}),
    }
    group = getattr(clients(operations.sdk), operations.group)
    id = second(operations, estate)
    body = estate.examples[operations.arm_type]
    for pointer, value in otherwise.items():
        body = put(body, pointer, value) if value is not None else remove(body, pointer)
    names = arguments(id)
    finished(getattr(group, operations.put)(*names, read(operations.model_class(group), body)))
    update = next((getattr(group, name) for name in TAGGED if hasattr(group, name)), None)
    if update is not None and "tags" in body and operations.arm_type not in UNTAGGED:
        finished(update(*names, {"tags": {"team": "vision"}}))
        assert getattr(group, operations.get)(*names).tags == {"team": "vision"}
    finished(deleting(group)(*names))
    with pytest.raises(ResourceNotFoundError) as caught:
        getattr(group, operations.get)(*names)
    type_ = by_arm_type(operations.arm_type)
    missing = type_.missing if type_ is not None else None
    assert (missing(ArmId.parse(id)).message if missing else names[-1]) in str(caught.value)
    if (operations.sdk, operations.arm_type) not in ONCE:
        finished(deleting(group)(*names))


def second(operations: Operations, estate: Estate) -> str:
    parent, name = estate.ids[operations.arm_type].rsplit("/", 1)
    if operations.arm_type in NAMED:
        return f"{parent}/{NAMED[operations.arm_type]}"
    return f"{parent}/{name[:12]}{operations.sdk[-1]}2"
