"""Azure Policy deploys what is missing: diagnostic settings of workspaces, and zone groups of their endpoints.

Definitions: repository Azure/azure-policy, Machine Learning, deployIfNotExists.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.network import NetworkManagementClient
from tests.contract.emulator.arm import Arm, client_settings, credential, error
from tests.contract.emulator.cast import ML_VERSION, Cast, cast_of, ml_parts, put

from azkeep.emulator import control

AUTHORIZATION = "providers/Microsoft.Authorization"
ML = "Microsoft.MachineLearningServices/workspaces"
POLICY_VERSION = "2025-01-01"
SETTINGS_VERSION = "2021-05-01-preview"
PROFILE = "MachineLearningServicesDiagnosticsLogsToWorkspace"
MONITORING, LOGS = "749f88d5-cbae-40b8-bcfc-e573ddc772fa", "92aaf0da-9dab-42b6-94a3-d43ce8d16293"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
ZONES = ("privatelink.api.azureml.ms", "privatelink.notebooks.azure.net")


@pytest.fixture(scope="module")
def cast(arm: Arm) -> Iterator[Cast]:
    with cast_of(Path(arm.ready["ca"]).parent, arm) as found:
        yield found


def log_workspace(arm: Arm, group: str) -> str:
    path = f"{group}/providers/Microsoft.OperationalInsights/workspaces/{group.rsplit('/', 1)[1]}-log"
    return put(arm, path, {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}}, "2023-09-01")


def assign(arm: Arm, cast: Cast, scope: str, definition: str, roles: tuple[str, ...], **parameters: Any) -> str:
    """Id of an assignment whose identity has `roles`, GUIDs, at its scope."""
    id = f"{scope}/{AUTHORIZATION}/policyAssignments/deploy"
    body = {
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "policyDefinitionId": definition,
            "parameters": {name: {"value": value} for name, value in parameters.items()},
        },
    }
    put(arm, id, body, POLICY_VERSION)
    principal = arm.send("GET", id, version=POLICY_VERSION).json()["identity"]["principalId"]
    for role in roles:
        properties = {
            "roleDefinitionId": f"/{AUTHORIZATION}/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": "ServicePrincipal",
        }
        cast.roles.role_assignments.create(scope.lstrip("/"), str(uuid.uuid4()), {"properties": properties})
    return id


def events_of(arm: Arm, id: str) -> list[dict[str, Any]]:
    asked = f"eventTimestamp ge '2020-01-01T00:00:00Z' and resourceUri eq '{id}'"
    address = f"{arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    return list(arm.send("GET", address, version="2015-04-01", query={"$filter": asked}).json()["value"])


def test_settings_follow_a_workspace(arm: Arm, cast: Cast) -> None:
    """A workspace gets its settings from the assignment's identity, told in the log, and gets them back when they are
    gone or changed; no deployment follows one that is as the policy wants it."""
    group = arm.group("followed")
    log = log_workspace(arm, group)
    id = assign(arm, cast, group, control.DIAGNOSTIC_SETTINGS, (MONITORING, LOGS), logAnalytics=log)
    body = ml_parts(arm, group, "followed")
    workspace = put(arm, f"{group}/providers/{ML}/workspace", body, ML_VERSION)
    setting = f"{workspace}/providers/Microsoft.Insights/diagnosticSettings/{PROFILE}"
    found = arm.send("GET", setting, version=SETTINGS_VERSION).json()["properties"]
    assert found["workspaceId"] == log
    assert {each["categoryGroup"]: each["enabled"] for each in found["logs"]} == {"allLogs": True, "audit": True}
    deployments = arm.send("GET", f"{group}/providers/Microsoft.Resources/deployments", version="2021-04-01").json()
    (deployment,) = deployments["value"]
    assert deployment["name"].startswith("PolicyDeployment_")
    assert deployment["properties"]["provisioningState"] == "Succeeded"
    policy, done, _ = events_of(arm, setting)
    assert done["claims"]["xms_mirid"] == id
    assert json.loads(policy["properties"]["policies"])[0]["policyAssignmentId"] == id
    put(arm, workspace, body, ML_VERSION)
    assert len(events_of(arm, setting)) == 3
    assert arm.send("DELETE", setting, version=SETTINGS_VERSION).ok
    put(arm, workspace, {**body, "tags": {"a": "b"}}, ML_VERSION)
    assert arm.send("GET", setting, version=SETTINGS_VERSION).json()["properties"]["workspaceId"] == log


def test_zone_groups_follow_an_endpoint(arm: Arm, cast: Cast) -> None:
    """An endpoint of a workspace gets a zone group with both zones, one of anything else gets none."""
    group = arm.group("zoned")
    zones = [
        put(arm, f"{group}/providers/Microsoft.Network/privateDnsZones/{zone}", {"location": "global"}, "2024-06-01")
        for zone in ZONES
    ]
    assign(
        arm,
        cast,
        group,
        control.PRIVATE_DNS_ZONES,
        (NETWORK_CONTRIBUTOR,),
        privateDnsZoneId=zones[0],
        secondPrivateDnsZoneId=zones[1],
    )
    body = ml_parts(arm, group, "zoned")
    workspace = put(arm, f"{group}/providers/{ML}/workspace", body, ML_VERSION)
    network = arm.network(group, "net")
    inner = put(arm, f"{network}/subnets/inner", {"properties": {"addressPrefix": "10.0.1.0/24"}})

    def endpoint(name: str, target: str, kind: str) -> None:
        connection = {"name": "link", "properties": {"privateLinkServiceId": target, "groupIds": [kind]}}
        properties = {"subnet": {"id": inner}, "privateLinkServiceConnections": [connection]}
        path = f"{group}/providers/Microsoft.Network/privateEndpoints/{name}"
        put(arm, path, {"location": "westeurope", "properties": properties})

    endpoint("workspace", workspace, "amlworkspace")
    endpoint("vault", body["properties"]["keyVault"], "vault")
    with credential(arm.ready) as own, NetworkManagementClient(**client_settings(arm.ready, own)) as network_client:
        groups = network_client.private_dns_zone_groups
        found = groups.get("zoned", "workspace", "deployedByPolicy")
        assert list(groups.list("vault", "zoned")) == []
    configurations = {each.name: each.private_dns_zone_id for each in found.private_dns_zone_configs or ()}
    assert configurations == {
        "amlworkspace-privateDnsZone": zones[0],
        "amlworkspace-secondPrivateDnsZone": zones[1],
    }
    records = arm.send("GET", f"{zones[0]}/A", version="2024-06-01")
    assert records.status_code == 200


def test_an_identity_without_rights_deploys_nothing(arm: Arm, cast: Cast) -> None:
    """The write itself succeeds; the refusal of the deployment stands in the log."""
    group = arm.group("powerless")
    far = arm.group("powerless-far")
    log = log_workspace(arm, far)
    assign(arm, cast, group, control.DIAGNOSTIC_SETTINGS, (MONITORING, LOGS), logAnalytics=log)
    workspace = put(arm, f"{group}/providers/{ML}/workspace", ml_parts(arm, group, "powerless"), ML_VERSION)
    setting = f"{workspace}/providers/Microsoft.Insights/diagnosticSettings/{PROFILE}"
    assert arm.send("GET", setting, version=SETTINGS_VERSION).status_code == 404
    assert "LinkedAuthorizationFailed" in json.dumps(events_of(arm, setting))


def test_a_hand_of_the_tests_deploys_too(arm: Arm, cast: Cast) -> None:
    """An assignment made beside the front door deploys with the parameters that it was given."""
    group = arm.group("handed")
    log = log_workspace(arm, group)
    store = Path(arm.ready["ca"]).parent
    control.policy_hand(store, "handed", scope=group, parameters={"logAnalytics": log, "profileName": "by-policy"})
    workspace = put(arm, f"{group}/providers/{ML}/workspace", ml_parts(arm, group, "handed"), ML_VERSION)
    setting = f"{workspace}/providers/Microsoft.Insights/diagnosticSettings/by-policy"
    assert arm.send("GET", setting, version=SETTINGS_VERSION).json()["properties"]["workspaceId"] == log


def test_a_custom_definition_deploys(arm: Arm, cast: Cast) -> None:
    """One with a template of its own: a lock on every route table."""
    group = arm.group("locked-by-policy")
    rule = {
        "if": {"field": "type", "equals": "Microsoft.Network/routeTables"},
        "then": {
            "effect": "deployIfNotExists",
            "details": {
                "type": "Microsoft.Authorization/locks",
                "roleDefinitionIds": [],
                "deployment": {
                    "properties": {
                        "mode": "incremental",
                        "parameters": {"table": {"value": "[field('name')]"}},
                        "template": {
                            "contentVersion": "1.0.0.0",
                            "parameters": {"table": {"type": "string"}},
                            "resources": [
                                {
                                    "type": "Microsoft.Network/routeTables/providers/locks",
                                    "apiVersion": "2020-05-01",
                                    "name": "[concat(parameters('table'), '/Microsoft.Authorization/by-policy')]",
                                    "properties": {"level": "CanNotDelete"},
                                }
                            ],
                        },
                    }
                },
            },
        },
    }
    definition = f"{arm.subscription}/{AUTHORIZATION}/policyDefinitions/locks"
    put(arm, definition, {"properties": {"mode": "All", "policyRule": rule}}, POLICY_VERSION)
    assign(arm, cast, group, definition, ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635",))
    table = put(arm, f"{group}/providers/Microsoft.Network/routeTables/table", {"location": "westeurope"})
    assert error(arm.send("DELETE", table))[1] == "ScopeLocked"
    assert arm.send("DELETE", f"{table}/{AUTHORIZATION}/locks/by-policy", version="2020-05-01").ok
    rule["then"]["details"]["deployment"]["properties"]["template"]["resources"][0]["name"] = "[cook('x')]"
    refused = arm.send("PUT", definition, {"properties": {"mode": "All", "policyRule": rule}}, version=POLICY_VERSION)
    assert error(refused)[:2] == (400, "PolicyNotSupported")
    assert "the function 'cook'" in error(refused)[2]
