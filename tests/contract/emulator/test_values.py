"""Values that a service cannot read: Microsoft's own clients get ARM's words, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.storage import StorageManagementClient
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, client_settings, credential, error

VAULTS_VERSION = "2024-11-01"
GROUP = "values"


@pytest.fixture(scope="module")
def settings(ready: Mapping[str, Any], arm: Arm) -> Iterator[dict[str, Any]]:
    arm.group(GROUP)
    with credential(ready) as own:
        yield client_settings(ready, own)


@pytest.fixture(scope="module")
def network(settings: dict[str, Any]) -> Iterator[NetworkManagementClient]:
    with NetworkManagementClient(**settings) as client:
        yield client


@pytest.fixture(scope="module")
def storage(settings: dict[str, Any]) -> Iterator[StorageManagementClient]:
    with StorageManagementClient(**settings) as client:
        yield client


def refusal(caught: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str | None, str | None]:
    assert caught.value.error is not None
    return caught.value.status_code, caught.value.error.code, caught.value.error.message


CLASSES = "Microsoft.WindowsAzure.Networking.Nrp.Frontend.Contract.Csm.Public"


def of_the_network(caught: pytest.ExceptionInfo[HttpResponseError]) -> str:
    """What the network's service could not read, from the details of its own refusal."""
    assert refusal(caught) == (400, "InvalidRequestFormat", "Cannot parse the request.")
    assert caught.value.error is not None
    (detail,) = caught.value.error.details
    assert detail.code == "InvalidJson"
    return str(detail.message)


def unreadable(problem: str) -> tuple[int, str, str]:
    text = "The request content was invalid and could not be deserialized:"
    return 400, "InvalidRequestContent", f"{text} '{problem}'."


def rule(**changed: Any) -> dict[str, Any]:
    properties = {
        "priority": 100,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "443",
    }
    return {"name": "web", "properties": {**properties, **changed}}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"direction": "Inwards"},
            f"Error converting value \"Inwards\" to type '{CLASSES}.Direction'. Path"
            " 'properties.securityRules[0].properties.direction', line 1, position 120.",
        ),
        (
            {"protocol": "Http"},
            f"Error converting value \"Http\" to type '{CLASSES}.Protocol'. Path"
            " 'properties.securityRules[0].properties.protocol', line 1, position 155.",
        ),
    ],
)
def test_security_rule_with_an_unknown_value(
    network: NetworkManagementClient, changed: dict[str, Any], problem: str
) -> None:
    """A direction or protocol that does not exist is refused with its path in the group, which is not made."""
    body = {"location": "westeurope", "properties": {"securityRules": [rule(**changed)]}}
    with pytest.raises(HttpResponseError) as caught:
        network.network_security_groups.begin_create_or_update(GROUP, "group", body)
    assert of_the_network(caught) == problem
    with pytest.raises(ResourceNotFoundError):
        network.network_security_groups.get(GROUP, "group")


def test_security_rule_by_itself(network: NetworkManagementClient) -> None:
    """A rule that is a resource of its own is checked too; any case of a value that exists passes."""
    group = {"location": "westeurope", "properties": {"securityRules": [rule(direction="INBOUND", protocol="tcp")]}}
    made = network.network_security_groups.begin_create_or_update(GROUP, "spelled", group).result()
    assert [each.name for each in made.security_rules] == ["web"]
    with pytest.raises(HttpResponseError) as caught:
        network.security_rules.begin_create_or_update(GROUP, "spelled", "other", rule(access="Perhaps", priority=101))
    problem = f"Error converting value \"Perhaps\" to type '{CLASSES}.Access'. Path 'properties.access'"
    assert problem in of_the_network(caught)


def test_how_an_address_is_allocated(arm: Arm, settings: dict[str, Any]) -> None:
    """An enum of the network's service has a name of its own; tags are read before it, by ARM."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}/providers/Microsoft.Network/publicIPAddresses/playground"
    body = {"location": "westeurope", "properties": {"publicIPAllocationMethod": "playground"}}
    answer = arm.send("PUT", path, body)
    (detail,) = answer.json()["error"]["details"]
    assert (error(answer)[1], detail["code"]) == ("InvalidRequestFormat", "InvalidJson")
    assert f"to type '{CLASSES}.IpAllocationMethod'. Path 'properties.publicIPAllocationMethod'" in detail["message"]
    answer = arm.send("PUT", path, {**body, "tags": {"a": 1}})
    assert error(answer)[1] == "InvalidRequestContent"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            {"sku": {"name": "Standard_LSR"}},
            "Error converting value \"Standard_LSR\" to type 'Name'. Path 'sku.name', line 1, position 29.",
        ),
        (
            {"properties": {"minimumTlsVersion": "TLS9"}},
            "Error converting value \"TLS9\" to type 'MinimumTlsVersion'. Path 'properties.minimumTlsVersion', line 1,"
            " position 41.",
        ),
        (
            {"properties": {"supportsHttpsTrafficOnly": "yes"}},
            "Error converting value \"yes\" to type 'System.Boolean'. Path 'properties.supportsHttpsTrafficOnly',"
            " line 1, position 47.",
        ),
        (
            {"properties": {"networkAcls": {"ipRules": {}}}},
            "Unexpected character encountered while parsing value: {. Path 'properties.networkAcls.ipRules', line 1,"
            " position 41.",
        ),
    ],
)
def test_storage_account(storage: StorageManagementClient, body: dict[str, Any], problem: str) -> None:
    """An account with a wrong value is not made, and one that exists is not changed by such a PATCH."""
    good = {"kind": "StorageV2", "location": "westeurope", "sku": {"name": "Standard_LRS"}}
    with pytest.raises(HttpResponseError) as caught:
        storage.storage_accounts.begin_create(GROUP, "absentaccount", {**body, **without(good, body)})
    assert refusal(caught) == unreadable(problem)
    before = storage.storage_accounts.begin_create(GROUP, "kept", good).result()
    with pytest.raises(HttpResponseError) as caught:
        storage.storage_accounts.update(GROUP, "kept", body)
    assert refusal(caught) == unreadable(problem)
    now = storage.storage_accounts.get_properties(GROUP, "kept")
    assert (now.sku.name, now.minimum_tls_version) == (before.sku.name, before.minimum_tls_version)


def test_kind_of_a_storage_account(storage: StorageManagementClient) -> None:
    """A kind that does not exist is refused in the words of the storage service itself."""
    body = {"kind": "StorageV3", "location": "westeurope", "sku": {"name": "Standard_LRS"}}
    with pytest.raises(HttpResponseError) as caught:
        storage.storage_accounts.begin_create(GROUP, "absentaccount", body)
    words = "Values for request parameters are invalid: kind."
    assert refusal(caught) == (400, "InvalidValuesForRequestParameters", words)


def without(body: dict[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        (
            "Microsoft.KeyVault/vaults/vault-of-values",
            {"properties": {"enableRbacAuthorization": "maybe"}},
            "Error converting value \"maybe\" to type 'System.Boolean'. Path 'properties.enableRbacAuthorization',"
            " line 1, position 48.",
        ),
        (
            "Microsoft.KeyVault/vaults/vault-of-values",
            {"tags": {"cost.center": 42}},
            "Error converting value 42 to type 'System.String'. Path 'tags['cost.center']', line 1, position 25.",
        ),
        (
            "Microsoft.KeyVault/vaults/vault-of-values",
            {"properties": {"accessPolicies": True, "tenantId": 1}},
            "Error converting value True to type 'System.Collections.Generic.List'. Path 'properties.accessPolicies',"
            " line 1, position 36.",
        ),
    ],
)
def test_vault(arm: Arm, settings: dict[str, Any], name: str, body: dict[str, Any], problem: str) -> None:
    """The first wrong value of a vault is named, before anything that the vault lacks."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}/providers/{name}"
    answer = arm.send("PUT", path, {**body, "location": "westeurope"}, version=VAULTS_VERSION)
    assert error(answer) == unreadable(problem)
    assert arm.send("GET", path, version=VAULTS_VERSION).status_code == 404


def test_tags_of_a_group(arm: Arm, settings: dict[str, Any]) -> None:
    """Tags are text in a group's own body and in a request for its tags alone."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}"
    answer = arm.send("PUT", path, {"tags": {"a": 1}, "location": "westeurope"}, version=GROUPS_VERSION)
    problem = "Error converting value 1 to type 'System.String'. Path '{}tags.a', line 1, position {}."
    assert error(answer) == unreadable(problem.format("", 14))
    tags = f"{path}/providers/Microsoft.Resources/tags/default"
    for method in ("PUT", "PATCH"):
        answer = arm.send(method, tags, {"properties": {"tags": {"a": 1}}}, version=GROUPS_VERSION)
        assert error(answer) == unreadable(problem.format("properties.", 28))
    assert "tags" not in arm.send("GET", path, version=GROUPS_VERSION).json()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_members_beside_the_properties(arm: Arm, settings: dict[str, Any], method: str) -> None:
    """Beside its properties a resource has what ARM knows alone, in any case; a member of the service's is refused."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}/providers/Microsoft.Network/routeTables/beside"
    sent = {"etag": "any", "Location": "westeurope", "TAGS": {"a": "b"}, "properties": {}}
    made = arm.send("PUT", path, sent)
    assert made.status_code in (200, 201), made.text
    assert (made.json()["location"], made.json()["tags"]) == ("westeurope", {"a": "b"})
    text = "Could not find member '{0}' on object of type 'ResourceDefinition'. Path '{0}', line 1, position {1}."
    for member, value, position in (("cloudConnectors", {}, 20), ("public_network_access", "Disabled", 35)):
        answer = arm.send(method, path, {member: value, "location": "westeurope"})
        assert error(answer) == unreadable(text.format(member, position))


def test_members_in_any_case(arm: Arm, settings: dict[str, Any]) -> None:
    """A service knows its members in any case and answers with them as it spells them; the keys of a map stay."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}/providers/Microsoft.Network/virtualNetworks/cases"
    subnet = {"Name": "s", "Properties": {"AddressPrefix": "10.0.1.0/24"}}
    space = {"ADDRESSPREFIXES": ["10.0.0.0/16"]}
    sent = {"location": "westeurope", "tags": {"Cost": "a"}, "properties": {"AddressSpace": space, "Subnets": [subnet]}}
    answer = arm.send("PUT", path, sent)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["properties"]["addressSpace"] == {"addressPrefixes": ["10.0.0.0/16"]}
    assert [each["properties"]["addressPrefix"] for each in made["properties"]["subnets"]] == ["10.0.1.0/24"]
    assert not {"AddressSpace", "Subnets"} & set(made["properties"])
    assert made["tags"] == {"Cost": "a"}
    providers = f"{arm.subscription}/resourceGroups/{GROUP}/providers"
    identity = f"{providers}/Microsoft.ManagedIdentity/userAssignedIdentities/Mine"
    arm.send("PUT", identity, {"location": "westeurope"}, version="2023-01-31")
    firewall = {"Type": "UserAssigned", "UserAssignedIdentities": {identity: {}}}
    policy = f"{providers}/Microsoft.Network/firewallPolicies/cases"
    answer = arm.send("PUT", policy, {"location": "westeurope", "identity": firewall, "properties": {}})
    assert list(answer.json()["identity"]["userAssignedIdentities"]) == [identity]


def test_a_member_that_is_there_twice(arm: Arm, settings: dict[str, Any]) -> None:
    """What is there as the service spells it is not taken from another spelling."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}/providers/Microsoft.Network/routeTables/twice"
    properties = {"DisableBgpRoutePropagation": True, "disableBgpRoutePropagation": False}
    answer = arm.send("PUT", path, {"location": "westeurope", "properties": properties})
    assert answer.json()["properties"]["disableBgpRoutePropagation"] is False


def test_unknown_members_are_kept(arm: Arm, settings: dict[str, Any]) -> None:
    """What the type does not know is accepted and answered as it was sent."""
    path = f"{arm.subscription}/resourceGroups/{GROUP}/providers/Microsoft.Network/routeTables/kept"
    sent = {"location": "westeurope", "properties": {"disableBgpRoutePropagation": True, "newer": {"x": [1, "y"]}}}
    answer = arm.send("PUT", path, sent)
    assert answer.status_code == 201, answer.text
    assert answer.json()["properties"]["newer"] == {"x": [1, "y"]}
