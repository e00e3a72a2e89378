"""Azure Policy denies: the ten built-in definitions of Azure Machine Learning, and custom ones.

Definitions: repository Azure/azure-policy. Refusals: answers RequestDisallowedByPolicy of Azure Resource Manager.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from tests.contract.emulator.arm import Arm, client_settings, credential, error
from tests.contract.emulator.cast import ML_VERSION, Cast, cast_of, ml_parts, put
from tests.contract.emulator.policies import AUTHORIZATION, POLICY_VERSION, UNKNOWN, assigned, assignment_id, built_in

ML = "Microsoft.MachineLearningServices/workspaces"
EXEMPTION_VERSION = "2022-07-01-preview"
ENCRYPTED, CLOSED = "ba769a63-b8cc-4b2d-abf6-ac33c7204be8", "438c38d2-3772-465a-a9cc-7a6666a275ce"
IDENTIFIED, LEGACY = "5f0c7d88-c7de-45b8-ac49-db49e72eaa78", "e413671a-dd10-4cc1-a943-45b598596cb7"
ISOLATED, LINKED = "6ddb1705-c8cf-450e-aa4b-19ad6703c440", "40cec1dd-a100-4920-b15b-3024fe8901ab"
NO_LOCAL, IDLE = "e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f", "679ddf89-ab8f-48a5-9029-e76054077449"
APPROVED, RESTRICTED = "12e5dd16-d201-47ff-849b-8454061c293d", "19539b54-c61e-4196-9a38-67598701be90"
DENIED = "Microsoft.Authorization/policies/deny/action"
DENY = {"effect": {"value": "Deny"}}


@pytest.fixture(scope="module")
def group(arm: Arm) -> str:
    return arm.group("policed")


@pytest.fixture(scope="module")
def body(arm: Arm, group: str) -> dict[str, Any]:
    """A workspace that stands in the open, without key or identity of its own."""
    return ml_parts(arm, group, "policed")


@pytest.fixture(scope="module")
def workspace(arm: Arm, group: str, body: dict[str, Any]) -> str:
    """A workspace that was there before any policy."""
    return put(arm, f"{group}/providers/{ML}/before", body, ML_VERSION)


@pytest.fixture(scope="module")
def cast(arm: Arm) -> Iterator[Cast]:
    with cast_of(Path(arm.ready["ca"]).parent, arm) as found:
        yield found


@contextmanager
def custom(arm: Arm, rule: dict[str, Any], **properties: Any) -> Iterator[str]:
    """Id of a custom definition that lasts as long as the context."""
    id = f"{arm.subscription}/{AUTHORIZATION}/policyDefinitions/{uuid.uuid4()}"
    put(arm, id, {"properties": {"mode": "All", "policyRule": rule, **properties}}, POLICY_VERSION)
    try:
        yield id
    finally:
        assert arm.send("DELETE", id, version=POLICY_VERSION).ok


def with_properties(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**body, "properties": {**body["properties"], **more}}


def denied(arm: Arm, path: str, body: dict[str, Any], version: str = ML_VERSION) -> dict[str, Any]:
    """The policy violation in the refusal of a write; nothing is stored."""
    before = arm.send("GET", path, version=version)
    answer = arm.send("PUT", path, body, version=version)
    assert error(answer)[:2] == (403, "RequestDisallowedByPolicy"), answer.text
    assert arm.send("GET", path, version=version).text == before.text
    (info,) = answer.json()["error"]["additionalInfo"]
    assert info["type"] == "PolicyViolation"
    return dict(info["info"])


def test_the_ten_that_deny_are_there(arm: Arm) -> None:
    """Each is read at the tenant by its GUID and in the subscription's list, with an effect that may be Deny."""
    listed = arm.send("GET", f"{arm.subscription}/{AUTHORIZATION}/policyDefinitions", version=POLICY_VERSION).json()
    names = {each["name"] for each in listed["value"]}
    ten = {ENCRYPTED, CLOSED, IDENTIFIED, LEGACY, ISOLATED, LINKED, NO_LOCAL, IDLE, APPROVED, RESTRICTED}
    assert ten <= names
    for guid in ten:
        found = arm.send("GET", built_in(guid), version=POLICY_VERSION).json()
        assert (found["id"], found["properties"]["policyType"]) == (built_in(guid), "BuiltIn")
        assert "Deny" in found["properties"]["parameters"]["effect"]["allowedValues"]
    refused = arm.send("PUT", built_in(CLOSED), found, version=POLICY_VERSION)
    assert refused.status_code in (403, 404, 405)


def test_the_refusal_is_azures(arm: Arm, group: str, body: dict[str, Any]) -> None:
    """Code, target, message with the identifiers, and what was compared, as the client of resources sees them."""
    path = f"{group}/providers/{ML}/open"
    with (
        assigned(arm, group, built_in(CLOSED), DENY, displayName="No open workspaces") as id,
        credential(arm.ready) as own,
        ResourceManagementClient(**client_settings(arm.ready, own)) as client,
        pytest.raises(HttpResponseError) as caught,
    ):
        client.resources.begin_create_or_update_by_id(path.lstrip("/"), body, api_version=ML_VERSION)
    fault = caught.value.error
    assert fault is not None
    assert (caught.value.status_code, fault.code, fault.target) == (403, "RequestDisallowedByPolicy", "open")
    start = "Resource 'open' was disallowed by policy. Policy identifiers: '"
    assert fault.message is not None
    assert fault.message.startswith(start)
    (identifiers,) = json.loads(fault.message.removeprefix(start).removesuffix("'."))
    name = "Azure Machine Learning Workspaces should disable public network access"
    assert identifiers["policyAssignment"] == {"name": "No open workspaces", "id": id}
    assert identifiers["policyDefinition"] == {"name": name, "id": built_in(CLOSED), "version": "2.0.1"}
    violation = fault.additional_info[0]
    assert violation.type == "PolicyViolation"
    assert violation.info == {
        "evaluationDetails": {
            "evaluatedExpressions": [
                {
                    "result": "True",
                    "expressionKind": "Field",
                    "expression": "type",
                    "path": "type",
                    "expressionValue": ML,
                    "targetValue": ML,
                    "operator": "Equals",
                },
                {
                    "result": "True",
                    "expressionKind": "Field",
                    "expression": f"{ML}/publicNetworkAccess",
                    "path": "properties.publicNetworkAccess",
                    "targetValue": "false",
                    "operator": "Exists",
                },
            ]
        },
        "policyDefinitionId": built_in(CLOSED),
        "policyDefinitionName": CLOSED,
        "policyDefinitionDisplayName": name,
        "policyDefinitionVersion": "2.0.1",
        "policyDefinitionEffect": "Deny",
        "policyAssignmentId": id,
        "policyAssignmentName": "rule",
        "policyAssignmentDisplayName": "No open workspaces",
        "policyAssignmentScope": group,
        "policyAssignmentParameters": DENY,
        "policyExemptionIds": [],
    }


WORKSPACE_CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (CLOSED, {}, {"publicNetworkAccess": "Enabled"}, {"publicNetworkAccess": "disabled"}),
    (LEGACY, {}, {"v1LegacyMode": False}, {"v1LegacyMode": True}),
    (
        ISOLATED,
        {"isolationMode": {"value": "AllowOnlyApprovedOutbound"}},
        {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}},
        {"managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"}},
    ),
]


@pytest.mark.parametrize(("guid", "more", "wrong", "right"), WORKSPACE_CASES, ids=["closed", "legacy", "isolated"])
def test_workspaces_are_denied_by_a_property(
    arm: Arm,
    group: str,
    body: dict[str, Any],
    guid: str,
    more: dict[str, Any],
    wrong: dict[str, Any],
    right: dict[str, Any],
) -> None:
    """Denied while it is wrong or not said, let through when it is right."""
    path = f"{group}/providers/{ML}/judged"
    with assigned(arm, group, built_in(guid), {**DENY, **more}):
        assert denied(arm, path, body)["policyDefinitionName"] == guid
        assert denied(arm, path, with_properties(body, **wrong))["policyDefinitionName"] == guid
        put(arm, path, with_properties(body, **right), ML_VERSION)
    assert arm.send("DELETE", f"{path}?forceToPurge=true", version=ML_VERSION).ok


def test_workspaces_without_key_or_identity_are_denied(
    arm: Arm, group: str, workspace: str, body: dict[str, Any]
) -> None:
    """A key of one's own counts, and a project needs none; an assigned identity counts when it is the primary one."""
    path = f"{group}/providers/{ML}/keyless"
    with assigned(arm, group, built_in(ENCRYPTED), DENY):
        assert denied(arm, path, body)["policyDefinitionName"] == ENCRYPTED
        off = with_properties(body, encryption={"status": "Disabled"})
        assert denied(arm, path, off)["policyDefinitionName"] == ENCRYPTED
        key = {"keyVaultArmId": body["properties"]["keyVault"], "keyIdentifier": "https://x.vault.azure.net/keys/k/1"}
        on = with_properties(body, encryption={"status": "Enabled", "keyVaultProperties": key})
        assert arm.send("PUT", path, on, version=ML_VERSION).status_code != 403
    with assigned(arm, group, built_in(IDENTIFIED), DENY):
        assert denied(arm, workspace, body)["policyDefinitionName"] == IDENTIFIED
        assert denied(arm, workspace, with_properties(body, primaryUserAssignedIdentity=""))
    with assigned(arm, group, built_in(LINKED), DENY):
        assert denied(arm, workspace, body)["policyDefinitionName"] == LINKED


def test_computes_are_denied(arm: Arm, group: str, workspace: str) -> None:
    """Local authentication and endless instances are; other kinds and what the rule asks for are not."""

    def compute(kind: str, **more: Any) -> dict[str, Any]:
        inner = {"vmSize": "STANDARD_DS3_V2", **more.pop("inner", {})}
        return {"location": "westeurope", "properties": {"computeType": kind, "properties": inner, **more}}

    scale = {"scaleSettings": {"minNodeCount": 0, "maxNodeCount": 1}}
    with assigned(arm, group, built_in(NO_LOCAL), DENY):
        path = f"{workspace}/computes/local-auth"
        cluster = compute("AmlCompute", inner=scale)
        found = denied(arm, path, cluster)["evaluationDetails"]["evaluatedExpressions"][-1]
        assert (found["path"], found["operator"]) == ("properties.disableLocalAuth", "NotEquals")
        assert denied(arm, path, compute("AmlCompute", inner=scale, disableLocalAuth=False))
        put(arm, path, compute("AmlCompute", inner=scale, disableLocalAuth=True), ML_VERSION)
    with assigned(arm, group, built_in(IDLE), DENY):
        path = f"{workspace}/computes/endless"
        assert denied(arm, path, compute("ComputeInstance"))["policyDefinitionName"] == IDLE
        assert denied(arm, path, compute("ComputeInstance", inner={"idleTimeBeforeShutdown": ""}))
        put(arm, f"{workspace}/computes/cluster", compute("AmlCompute", inner=scale), ML_VERSION)
        put(arm, path, compute("ComputeInstance", inner={"idleTimeBeforeShutdown": "PT30M"}), ML_VERSION)


def test_deployments_of_registry_models_are_denied(arm: Arm, group: str, workspace: str) -> None:
    """By registry and by model; models of the workspace are nobody's business here."""
    endpoint = put(
        arm,
        f"{workspace}/onlineEndpoints/policed-models",
        {"location": "westeurope", "properties": {"authMode": "Key"}},
        ML_VERSION,
    )
    path = f"{endpoint}/deployments/blue"

    def deployment(model: str) -> dict[str, Any]:
        properties = {"endpointComputeType": "Managed", "instanceType": "Standard_DS3_v2", "model": model}
        sku = {"name": "Default", "capacity": 1}
        return {"location": "westeurope", "sku": sku, "properties": properties}

    good, bad = (
        "azureml://registries/azureml/models/good/versions/1",
        "azureml://registries/other/models/bad/versions/1",
    )
    with assigned(arm, group, built_in(RESTRICTED), {**DENY, "allowedRegistryName": {"value": "azureml"}}):
        assert denied(arm, path, deployment(bad))["policyDefinitionName"] == RESTRICTED
        assert arm.send("PUT", path, deployment(good), version=ML_VERSION).ok
    with assigned(arm, group, built_in(RESTRICTED), {**DENY, "restrictedModels": {"value": [good]}}):
        assert denied(arm, path, deployment(good))["policyDefinitionName"] == RESTRICTED
    with assigned(
        arm, group, built_in(APPROVED), {**DENY, "allowedAssetIds": {"value": ["registries/azureml/models/"]}}
    ):
        assert denied(arm, path, deployment(bad))["policyDefinitionName"] == APPROVED
        assert arm.send("PUT", path, deployment(good), version=ML_VERSION).ok
        own = f"{workspace}/models/mine/versions/1"
        put(arm, f"{workspace}/models/mine", {"properties": {}}, ML_VERSION)
        put(arm, own, {"properties": {"modelUri": "https://example.com/model"}}, ML_VERSION)
        assert arm.send("PUT", path, deployment(own), version=ML_VERSION).ok


def test_where_an_assignment_holds(arm: Arm, group: str, body: dict[str, Any], workspace: str) -> None:
    """Below its scope, the subscription's too; not in excluded scopes, when not enforced, disabled, or exempted."""
    other = arm.group("policed-not")
    far = {**body, "properties": dict(body["properties"])}
    with assigned(arm, arm.subscription, built_in(CLOSED), DENY, notScopes=[other]):
        assert denied(arm, workspace, body)["policyAssignmentScope"] == arm.subscription
        put(arm, f"{other}/providers/{ML}/free", far, ML_VERSION)
        patch = arm.send("PATCH", workspace, {"tags": {"team": "data"}}, version=ML_VERSION)
        assert error(patch)[1] == "RequestDisallowedByPolicy"
    with assigned(arm, workspace, built_in(CLOSED), DENY):
        assert denied(arm, workspace, body)["policyAssignmentScope"] == workspace
        put(arm, f"{group}/providers/{ML}/beside", body, ML_VERSION)
    for more in ({"enforcementMode": "DoNotEnforce"}, {"parameters": {"effect": {"value": "Disabled"}}}):
        properties = {"policyDefinitionId": built_in(CLOSED), "parameters": DENY, **more}
        put(arm, assignment_id(group), {"properties": properties}, POLICY_VERSION)
        put(arm, workspace, body, ML_VERSION)
    assert arm.send("DELETE", assignment_id(group), version=POLICY_VERSION).ok
    selectors = [{"name": "north", "selectors": [{"kind": "resourceLocation", "in": ["northeurope"]}]}]
    with assigned(arm, group, built_in(CLOSED), DENY, resourceSelectors=selectors):
        put(arm, workspace, body, ML_VERSION)
    override = [{"kind": "policyEffect", "value": "Deny", "selectors": [{"kind": "resourceType", "in": [ML]}]}]
    with assigned(arm, group, built_in(CLOSED), {"effect": {"value": "Audit"}}, overrides=override):
        assert denied(arm, workspace, body)["policyDefinitionEffect"] == "Deny"


def test_exemptions_end(arm: Arm, group: str, body: dict[str, Any], workspace: str) -> None:
    """A waiver lets its resource through until it expires, and no other resource."""
    with assigned(arm, group, built_in(CLOSED), DENY) as id:
        exemption = f"{workspace}/{AUTHORIZATION}/policyExemptions/waiver"
        properties = {"policyAssignmentId": id, "exemptionCategory": "Waiver", "expiresOn": "2100-01-01T00:00:00Z"}
        put(arm, exemption, {"properties": properties}, EXEMPTION_VERSION)
        put(arm, workspace, body, ML_VERSION)
        assert denied(arm, f"{group}/providers/{ML}/unexempted", body)
        put(arm, exemption, {"properties": {**properties, "expiresOn": "2020-01-01T00:00:00Z"}}, EXEMPTION_VERSION)
        assert denied(arm, workspace, body)
        assert arm.send("DELETE", exemption, version=EXEMPTION_VERSION).ok


def test_reasons_stand_in_the_message(arm: Arm, group: str, body: dict[str, Any], workspace: str) -> None:
    """Where the assignment gives one, the message says it instead of the identifiers."""
    why = [{"message": "Workspaces are closed here."}]
    with assigned(arm, group, built_in(CLOSED), DENY, nonComplianceMessages=why):
        answer = arm.send("PUT", workspace, body, version=ML_VERSION)
    assert error(answer)[2] == (
        "Resource 'before' was disallowed by policy. Reasons: 'Workspaces are closed here.'. See error details for"
        " policy resource IDs."
    )


def test_audit_lets_through_and_records(arm: Arm, group: str, body: dict[str, Any], workspace: str) -> None:
    """What breaks an audited rule is stored, and the activity log says so as a warning of the policy."""
    with assigned(arm, group, built_in(CLOSED)) as id:
        put(arm, workspace, body, ML_VERSION)
    asked = f"eventTimestamp ge '2020-01-01T00:00:00Z' and resourceUri eq '{workspace}'"
    address = f"{arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    events = arm.send("GET", address, version="2015-04-01", query={"$filter": asked}).json()["value"]
    audits = [each for each in events if each["operationName"]["value"].endswith("/policies/audit/action")]
    (policy,) = json.loads(audits[0]["properties"]["policies"])
    assert (audits[0]["category"]["value"], audits[0]["level"]) == ("Policy", "Warning")
    assert (policy["policyAssignmentId"], policy["policyDefinitionEffect"]) == (id, "Audit")


def test_a_denial_is_recorded(arm: Arm, group: str, body: dict[str, Any], workspace: str) -> None:
    """The refused write stands in the activity log, and beside it an event of the policy that refused it."""
    with assigned(arm, group, built_in(LEGACY), DENY) as id:
        assert denied(arm, workspace, body)
    asked = f"eventTimestamp ge '2020-01-01T00:00:00Z' and resourceUri eq '{workspace}'"
    address = f"{arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    events = arm.send("GET", address, version="2015-04-01", query={"$filter": asked}).json()["value"]
    denials = [each for each in events if each["operationName"]["value"] == DENIED]
    (policy,) = json.loads(denials[0]["properties"]["policies"])
    assert (policy["policyAssignmentId"], policy["policyDefinitionName"]) == (id, LEGACY)
    assert (denials[0]["category"]["value"], denials[0]["status"]["value"]) == ("Policy", "Failed")
    same = [each for each in events if each["correlationId"] == denials[0]["correlationId"]]
    writes = [each["status"]["value"] for each in same if each["operationName"]["value"] == f"{ML}/write"]
    assert sorted(writes) == ["Failed", "Started"]


def test_rights_come_before_policies(arm: Arm, cast: Cast, group: str, body: dict[str, Any], workspace: str) -> None:
    """Who may not write hears of no policy; who may not read policies hears which, and not what was compared."""
    who, hand = cast.newcomer()
    with assigned(arm, group, built_in(CLOSED), DENY):
        assert error(hand.send("PUT", workspace, body, version=ML_VERSION))[1] == "AuthorizationFailed"
        cast.grant(who, cast.custom(f"{ML}/*"), group)
        answer = hand.send("PUT", workspace, body, version=ML_VERSION)
    assert error(answer)[1] == "RequestDisallowedByPolicy"
    info = answer.json()["error"]["additionalInfo"][0]["info"]
    assert "evaluationDetails" not in info
    assert info["policyDefinitionId"] == built_in(CLOSED)


RULES = "Microsoft.Network/networkSecurityGroups/securityRules[*]"
OPEN = {
    "count": {
        "field": RULES,
        "where": {
            "allOf": [
                {"field": f"{RULES}.access", "equals": "Allow"},
                {"field": f"{RULES}.direction", "equals": "Inbound"},
                {"field": f"{RULES}.destinationPortRange", "in": "[parameters('ports')]"},
            ]
        },
    },
    "greater": 0,
}


def test_a_custom_definition_counts(arm: Arm) -> None:
    """Items of a list are counted by a condition of their own, with a parameter, as the network client writes them."""
    group = arm.group("policed-network")
    rule = {
        "if": {"allOf": [{"field": "type", "equals": "Microsoft.Network/networkSecurityGroups"}, OPEN]},
        "then": {"effect": "deny"},
    }
    shape = {"ports": {"type": "Array", "defaultValue": ["22"]}}

    def security(port: str) -> dict[str, Any]:
        properties = {
            "access": "Allow",
            "direction": "Inbound",
            "priority": 100,
            "protocol": "Tcp",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": port,
        }
        return {"location": "westeurope", "properties": {"securityRules": [{"name": "in", "properties": properties}]}}

    with (
        custom(arm, rule, parameters=shape) as definition,
        assigned(arm, group, definition, {"ports": {"value": ["22", "3389"]}}),
        credential(arm.ready) as own,
        NetworkManagementClient(**client_settings(arm.ready, own)) as client,
    ):
        groups = client.network_security_groups
        assert groups.begin_create_or_update("policed-network", "fine", security("443")).result().name == "fine"
        with pytest.raises(HttpResponseError, match="RequestDisallowedByPolicy"):
            groups.begin_create_or_update("policed-network", "open", security("3389"))


WAY = {"addressPrefix": "1.0.0.0/8"}
CUSTOM_CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"field": "location", "notIn": ["westeurope"]}, {"location": "northeurope"}, {"location": "West Europe"}),
    ({"field": "tags['team']", "exists": "false"}, {}, {"tags": {"Team": "data"}}),
    (
        {"field": "[concat('tags[', 'team', ']')]", "notLike": "d*a"},
        {"tags": {"team": "ops"}},
        {"tags": {"team": "data"}},
    ),
    ({"field": "name", "notMatch": "rt-##"}, {"name": "rt-1"}, {"name": "rt-12"}),
    ({"value": "[length(field('tags'))]", "greaterOrEquals": 2}, {"tags": {"a": "1", "b": "2"}}, {"tags": {"a": "1"}}),
    ({"field": "tags", "containsKey": "Secret"}, {"tags": {"secret": "x"}}, {"tags": {"open": "x"}}),
    (
        {"value": "[resourceGroup().location]", "notEquals": "[field('location')]"},
        {"location": "northeurope"},
        {"location": "westeurope"},
    ),
    (
        {"anyOf": [{"field": "tags.a", "contains": "b"}, {"not": {"field": "tags.c", "exists": True}}]},
        {"tags": {"a": "abc", "c": "1"}},
        {"tags": {"a": "x", "c": "1"}},
    ),
    (
        {"field": "Microsoft.Network/routeTables/routes[*].nextHopType", "equals": "Internet"},
        {
            "properties": {
                "routes": [{"name": "r", "properties": {"addressPrefix": "1.0.0.0/8", "nextHopType": "Internet"}}]
            }
        },
        {
            "properties": {
                "routes": [{"name": "r", "properties": {"addressPrefix": "1.0.0.0/8", "nextHopType": "None"}}]
            }
        },
    ),
]


@pytest.mark.parametrize(("condition", "wrong", "right"), CUSTOM_CASES)
def test_custom_conditions(arm: Arm, condition: dict[str, Any], wrong: dict[str, Any], right: dict[str, Any]) -> None:
    """Fields, tags, values, functions and operators decide on a route table."""
    group = arm.group("policed-tables")
    rule = {
        "if": {"allOf": [{"field": "type", "equals": "Microsoft.Network/routeTables"}, condition]},
        "then": {"effect": "deny"},
    }

    def send(body: dict[str, Any]) -> int:
        sent = {"location": "westeurope", **{name: value for name, value in body.items() if name != "name"}}
        path = f"{group}/providers/Microsoft.Network/routeTables/{body.get('name', 'table')}"
        status = arm.send("PUT", path, sent).status_code
        assert arm.send("DELETE", path).ok
        return status

    with custom(arm, rule) as definition, assigned(arm, group, definition):
        assert (send(wrong), send(right)) == (403, 201)


def test_groups_are_governed_where_a_rule_is_about_all(arm: Arm) -> None:
    """A rule of mode All sees resource groups, one of mode Indexed does not."""
    rule = {"if": {"field": "tags['cost']", "exists": False}, "then": {"effect": "deny"}}
    path = f"{arm.subscription}/resourceGroups/policed-untagged"
    for mode, status in (("All", 403), ("Indexed", 201)):
        with custom(arm, rule, mode=mode) as definition, assigned(arm, arm.subscription, definition):
            assert arm.send("PUT", path, {"location": "westeurope"}, version="2024-03-01").status_code == status


DEFINITION_FAULTS: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({"field": "type", "equal": "x"}, {}, "InvalidPolicyRule", "Could not find member 'equal'"),
    ({"field": "flavour", "equals": "x"}, {}, "InvalidPolicyRule", "neither a known field nor an alias"),
    ({"allOf": []}, {}, "InvalidPolicyRule", "must be a list of conditions"),
    (
        {"field": "Microsoft.KeyVault/vaults/flavour", "equals": "x"},
        {},
        "InvalidPolicyAlias",
        "doesn't exist as an alias under provider 'Microsoft.KeyVault' and resource type 'vaults'",
    ),
    ({"value": "[cook('x')]", "equals": "x"}, {}, "PolicyNotSupported", "the function 'cook'"),
    ({"field": "type", "equals": "x"}, {"effect": "modify"}, "PolicyNotSupported", "The effect 'modify'"),
    ({"field": "type", "equals": "x"}, {"parameters": {"a": "b"}}, "InvalidRequestContent", "parameters"),
    ({"field": "type", "equals": "x"}, {"effect": "[parameters('e')]"}, "InvalidPolicyParameters", "the parameter 'e'"),
    ({"field": "type", "equals": "x"}, {"mode": "Microsoft.Kubernetes.Data"}, "PolicyNotSupported", "The mode"),
]


@pytest.mark.parametrize(("condition", "more", "code", "text"), DEFINITION_FAULTS)
def test_what_cannot_be_enforced_is_refused(
    arm: Arm, condition: dict[str, Any], more: dict[str, Any], code: str, text: str
) -> None:
    """A rule, alias, function, effect or mode that would silently let everything through is not taken."""
    path = f"{arm.subscription}/{AUTHORIZATION}/policyDefinitions/refused"
    rule = {"if": condition, "then": {"effect": more.pop("effect", "deny")}}
    answer = arm.send("PUT", path, {"properties": {"policyRule": rule, **more}}, version=POLICY_VERSION)
    assert error(answer)[:2] == (400, code)
    assert text in error(answer)[2]
    assert arm.send("GET", path, version=POLICY_VERSION).status_code == 404


ASSIGNMENT_FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        CLOSED,
        {"effect": {"value": "deny"}},
        "PolicyParameterValueNotAllowed",
        f"The value 'deny' is not allowed for policy parameter 'effect' in policy definition '{CLOSED} version 2.0.1'."
        " The allowed values are 'Audit, Deny, Disabled'.",
    ),
    (CLOSED, {"colour": {"value": "red"}}, "UndefinedPolicyParameter", "has defined parameters 'colour' which are not"),
    (RESTRICTED, {}, "MissingPolicyParameter", "is missing the parameter(s) 'effect' as defined in"),
    (UNKNOWN, DENY, "PolicyNotSupported", "is not held by the local cloud, which cannot carry out the effect 'Deny'"),
    (UNKNOWN, {"effect": {"value": "Modify"}}, "PolicyNotSupported", "cannot carry out the effect 'Modify'"),
    (UNKNOWN, {"listOfRegions": {"value": []}}, "PolicyNotSupported", "an effect that the assignment does not say"),
]


@pytest.mark.parametrize(("guid", "parameters", "code", "text"), ASSIGNMENT_FAULTS)
def test_parameters_fit_the_definition(
    arm: Arm, group: str, guid: str, parameters: dict[str, Any], code: str, text: str
) -> None:
    """Values that are not allowed, unknown and missing parameters are refused, as is a denial nobody would enforce."""
    body = {"properties": {"policyDefinitionId": built_in(guid), "parameters": parameters}}
    answer = arm.send("PUT", assignment_id(group, "unfit"), body, version=POLICY_VERSION)
    assert error(answer)[:2] == (400, code)
    assert text in error(answer)[2]


def test_excluded_scopes_are_ids(arm: Arm, group: str) -> None:
    """What is no scope cannot be excluded."""
    properties = {"policyDefinitionId": built_in(CLOSED), "notScopes": ["nowhere"]}
    answer = arm.send("PUT", assignment_id(group, "unfit"), {"properties": properties}, version=POLICY_VERSION)
    assert error(answer) == (
        400,
        "InvalidCreatePolicyAssignmentRequest",
        "The excluded scope 'nowhere' of the policy assignment 'unfit' is no resource id.",
    )


def test_a_rule_that_fails_denies(arm: Arm) -> None:
    """What cannot be evaluated on a resource is a denial, as in Azure."""
    group = arm.group("policed-failing")
    rule = {"if": {"value": "[substring(field('name'), 0, 5)]", "equals": "never"}, "then": {"effect": "audit"}}
    with custom(arm, rule) as definition, assigned(arm, group, definition):
        info = denied(
            arm, f"{group}/providers/Microsoft.Network/routeTables/rt", {"location": "westeurope"}, "2024-05-01"
        )
        assert "outside 'rt'" in info["evaluationDetails"]["reason"]
        put(arm, f"{group}/providers/Microsoft.Network/routeTables/table", {"location": "westeurope"})
