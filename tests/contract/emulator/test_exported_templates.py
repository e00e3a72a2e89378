"""The template of a group as it is: exported by Microsoft's own client, and good for making the group anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resource.resources import ResourceManagementClient
from tests.contract.emulator.arm import Arm, client_settings, credential, error

NET = "Microsoft.Network"
ACCOUNT = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


@pytest.fixture(scope="module")
def resources(ready: Mapping[str, Any]) -> Iterator[ResourceManagementClient]:
    with credential(ready) as own, ResourceManagementClient(**client_settings(ready, own)) as client:
        yield client


def exported(client: ResourceManagementClient, group: str, *ids: str, options: str = "") -> dict[str, Any]:
    body = {"resources": list(ids or ("*",)), "options": options}
    template: dict[str, Any] = client.resource_groups.begin_export_template(group, body).result().template
    return template


def estate(arm: Arm, name: str) -> str:
    """A group with a network whose subnet has a security group, and a storage account."""
    group = arm.group(name)
    guard = f"{group}/providers/{NET}/networkSecurityGroups/guard"
    assert arm.send("PUT", guard, {"location": "westeurope"}).ok
    subnet = {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": {"id": guard}}
    arm.network(group, "net", subnets=[{"name": "inner", "properties": subnet}])
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/{name}store"
    assert arm.send("PUT", account, ACCOUNT, version="2024-01-01").ok
    return group


def test_a_template_makes_the_group_anew(arm: Arm, resources: ResourceManagementClient) -> None:
    """What was exported makes every resource again, children and what they refer to among them, with its settings."""
    group = estate(arm, "exportall")
    subnet = f"{group}/providers/{NET}/virtualNetworks/net/subnets/inner"
    before = arm.send("GET", subnet).json()["properties"]
    template = exported(resources, "exportall", options="IncludeParameterDefaultValue")
    resources.resource_groups.begin_delete("exportall").result()
    arm.group("exportall")
    body = {"properties": {"mode": "Incremental", "template": template}}
    path = f"{group}/providers/Microsoft.Resources/deployments/again"
    assert arm.send("PUT", path, body, version="2024-03-01").status_code == 201
    assert arm.send("GET", path, version="2024-03-01").json()["properties"]["provisioningState"] == "Succeeded"
    assert arm.send("GET", subnet).json()["properties"] == before
    assert arm.send(
        "GET", f"{group}/providers/Microsoft.Storage/storageAccounts/exportallstore", version="2024-01-01"
    ).ok


def test_names_are_parameters_and_ids_references(arm: Arm, resources: ResourceManagementClient) -> None:
    """A subnet is named after its network's parameter, refers to its security group and waits for both."""
    estate(arm, "exportrefs")
    template = exported(resources, "exportrefs")
    found = {each["type"]: each for each in template["resources"]}
    subnet = found[f"{NET}/virtualNetworks/subnets"]
    guard = f"[resourceId('{NET}/networkSecurityGroups', parameters('networkSecurityGroups_guard_name'))]"
    network = f"[resourceId('{NET}/virtualNetworks', parameters('virtualNetworks_net_name'))]"
    assert template["parameters"]["virtualNetworks_net_name"] == {"type": "String"}
    assert subnet["name"] == "[concat(parameters('virtualNetworks_net_name'), '/inner')]"
    assert subnet["properties"]["networkSecurityGroup"] == {"id": guard}
    assert set(subnet["dependsOn"]) == {guard, network}
    assert "provisioningState" not in subnet["properties"]
    assert "primaryEndpoints" not in found["Microsoft.Storage/storageAccounts"]["properties"]


def test_one_resource_with_its_own_name(arm: Arm, resources: ResourceManagementClient) -> None:
    """Of a group one resource alone, with what is nested in it, and names as they are where that is asked for."""
    group = estate(arm, "exportone")
    network = f"{group}/providers/{NET}/virtualNetworks/net"
    template = exported(resources, "exportone", network, options="SkipAllParameterization")
    assert template["parameters"] == {}
    assert [each["name"] for each in template["resources"]] == ["net", "net/inner"]


def test_what_cannot_be_exported(arm: Arm, resources: ResourceManagementClient) -> None:
    """A group that is not there, a request that names no resources, and Bicep."""
    with pytest.raises(HttpResponseError, match="Resource group 'nowhere' could not be found"):
        exported(resources, "nowhere")
    group = arm.group("exportnone")
    for body in ({}, {"resources": ["*"], "outputFormat": "Bicep"}):
        answer = arm.send("POST", f"{group}/exportTemplate", body, version="2025-04-01")
        assert error(answer)[:2] == (400, "InvalidRequestContent")
