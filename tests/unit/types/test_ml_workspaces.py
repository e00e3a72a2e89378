"""Machine learning workspaces: dependents, defaults, managed network, identities, soft delete, actions."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import (
    ACCOUNT,
    REGION,
    SYSTEM,
    VAULT,
    WORKSPACE,
    account,
    connect,
    dependents,
    insights,
    vault,
    with_workspace,
    workspace,
)

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from estate import GROUP, NOW, TENANT, MemoryEstate

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity"
RULES = f"{WORKSPACE}/outboundRules"


def type_of(arm_type: str) -> Any:
    found = by_arm_type(arm_type)
    assert found is not None
    return found


def test_a_workspace_without_a_dependent_is_refused() -> None:
    """Without a vault the service says which document lacks what, in its own words."""
    estate = MemoryEstate()
    body = workspace()
    del body["properties"]["keyVault"]
    with pytest.raises(ArmFault) as refused:
        estate.put(WORKSPACE, body)
    assert (refused.value.status, refused.value.message) == (400, "Missing dependent resources in workspace json")


def test_a_hub_needs_no_application_insights_and_a_project_needs_its_hub() -> None:
    """Kinds differ in what they depend on."""
    estate = MemoryEstate()
    dependents(estate)
    hub = {**workspace(), "kind": "Hub"}
    del hub["properties"]["applicationInsights"]
    assert estate.put(f"{WORKSPACE}-hub", hub)["kind"] == "Hub"
    project = {"location": REGION, "identity": SYSTEM, "kind": "Project", "properties": {}}
    with pytest.raises(ArmFault):
        estate.put(f"{WORKSPACE}-project", project)
    project["properties"] = {"hubResourceId": f"{WORKSPACE}-hub"}
    assert estate.put(f"{WORKSPACE}-project", project)["kind"] == "Project"


def test_a_new_workspace_says_where_it_can_be_reached() -> None:
    """Discovery, tracking and notebook addresses follow from region, id and the workspace's own GUID."""
    shown = with_workspace().show(WORKSPACE)
    guid = get(shown, "/properties/workspaceId")
    assert get(shown, "/properties/discoveryUrl") == "https://westeurope.api.azureml.ms/discovery"
    tracking = "azureml://westeurope.api.azureml.ms/mlflow/v1.0" + WORKSPACE
    assert get(shown, "/properties/mlFlowTrackingUri") == tracking
    label = str(get(shown, "/properties/notebookInfo/fqdn")).split(".")[0]
    assert label.startswith("ml-workspa")
    assert label.endswith(f"-westeurope-{guid}")
    assert len(label) <= 63
    assert get(shown, "/sku") == {"name": "Basic", "tier": "Basic"}
    assert get(shown, "/identity/tenantId") == TENANT


def test_a_new_workspace_makes_its_datastores_and_their_places() -> None:
    """Four default datastores, a container and two shares, all of them made by the service."""
    estate = with_workspace()
    names = [str(item["name"]) for item in estate.children(WORKSPACE, "datastores")]
    assert names == ["workspaceblobstore", "workspacefilestore", "workspaceartifactstore", "workspaceworkingdirectory"]
    containers = estate.children(f"{ACCOUNT}/blobServices/default", "containers")
    shares = estate.children(f"{ACCOUNT}/fileServices/default", "shares")
    assert (len(containers), len(shares)) == (1, 2)
    for item in (*estate.children(WORKSPACE, "datastores"), *containers, *shares):
        assert type_of(str(item["type"])).made_by_service(ArmId.parse(str(item["id"])), item)


def test_an_update_makes_nothing_again() -> None:
    """A second PUT leaves a deleted default datastore deleted."""
    estate = with_workspace()
    estate.delete(f"{WORKSPACE}/datastores/workspacefilestore")
    estate.put(WORKSPACE, workspace(description="changed"))
    assert estate.get(f"{WORKSPACE}/datastores/workspacefilestore") is None


@pytest.mark.parametrize(
    ("storage", "word"),
    [
        ({"location": REGION, "kind": "BlockBlobStorage", "sku": {"name": "Premium_LRS"}, "properties": {}}, "premium"),
        (account(isHnsEnabled=True), "hierarchical"),
    ],
)
def test_a_default_account_must_be_an_ordinary_one(storage: dict[str, Any], word: str) -> None:
    """Premium accounts and accounts with a hierarchical namespace are refused."""
    estate = MemoryEstate()
    estate.put(ACCOUNT, storage)
    with pytest.raises(ArmFault) as refused:
        estate.put(WORKSPACE, workspace())
    assert word in refused.value.message


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("Disabled", "AllowInternetOutbound", True),
        ("AllowInternetOutbound", "AllowOnlyApprovedOutbound", True),
        ("AllowInternetOutbound", "Disabled", False),
        ("AllowOnlyApprovedOutbound", "AllowInternetOutbound", False),
    ],
)
def test_isolation_only_grows(before: str, after: str, allowed: bool) -> None:
    """A managed network becomes stricter, never looser, and never goes away."""
    estate = with_workspace(managedNetwork={"isolationMode": before})
    changed = workspace(managedNetwork={"isolationMode": after})
    if not allowed:
        with pytest.raises(ArmFault):
            estate.put(WORKSPACE, changed)
        return
    assert get(estate.put(WORKSPACE, changed), "/properties/managedNetwork/isolationMode") == after


def test_rules_of_the_document_become_resources() -> None:
    """A rule in the workspace's body is a child resource, shown in the workspace with its status."""
    rule = {"type": "FQDN", "destination": "packages.example.com"}
    network = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": {"pypi": rule}}
    estate = with_workspace(managedNetwork=network)
    stored = estate.show(f"{RULES}/pypi")
    assert stored["properties"] == {**rule, "category": "UserDefined", "status": "Inactive"}
    shown = get(estate.show(WORKSPACE), "/properties/managedNetwork/outboundRules")
    assert shown["pypi"] == stored["properties"]
    required = [name for name, each in shown.items() if each["category"] == "Required"]
    assert len(required) == 3  # blob and file of the account, and the vault


def test_internet_isolation_requires_endpoints_only_to_closed_dependents() -> None:
    """AllowInternetOutbound: the service adds endpoint rules for dependents without public access only."""
    estate = MemoryEstate()
    dependents(estate)
    estate.put(VAULT, vault(publicNetworkAccess="Disabled"))
    estate.put(WORKSPACE, workspace(managedNetwork={"isolationMode": "AllowInternetOutbound"}))
    targets = [
        get(rule, "/properties/destination/serviceResourceId") for rule in estate.children(WORKSPACE, "outboundRules")
    ]
    assert targets == [VAULT]


def test_an_fqdn_rule_needs_the_strictest_isolation() -> None:
    """In the document and as a resource of its own."""
    rule = {"type": "FQDN", "destination": "packages.example.com"}
    estate = with_workspace(managedNetwork={"isolationMode": "AllowInternetOutbound"})
    with pytest.raises(ArmFault):
        estate.put(f"{RULES}/pypi", {"properties": rule})
    loose = {"isolationMode": "AllowInternetOutbound", "outboundRules": {"pypi": rule}}
    with pytest.raises(ArmFault):
        estate.put(WORKSPACE, workspace(managedNetwork=loose))


def test_a_required_rule_cannot_be_deleted_and_a_users_can() -> None:
    """Required rules stay as long as the workspace."""
    network = {"isolationMode": "AllowOnlyApprovedOutbound"}
    estate = with_workspace(managedNetwork=network)
    required = str(estate.children(WORKSPACE, "outboundRules")[0]["id"])
    with pytest.raises(ArmFault):
        estate.delete(required)
    tag = {"type": "ServiceTag", "destination": {"serviceTag": "AzureMonitor", "protocol": "TCP", "portRanges": "443"}}
    estate.put(f"{RULES}/monitor", {"properties": tag})
    estate.delete(f"{RULES}/monitor")
    assert estate.get(f"{RULES}/monitor") is None


def test_an_endpoint_rule_names_a_group_that_its_target_offers() -> None:
    """A storage account has no `vault` group."""
    estate = with_workspace(managedNetwork={"isolationMode": "AllowInternetOutbound"})
    destination = {"serviceResourceId": ACCOUNT, "subresourceTarget": "vault"}
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{RULES}/data", {"properties": {"type": "PrivateEndpoint", "destination": destination}})
    assert "vault" in refused.value.message
    destination = {**destination, "subresourceTarget": "queue"}
    estate.put(f"{RULES}/data", {"properties": {"type": "PrivateEndpoint", "destination": destination}})
    assert get(estate.show(f"{RULES}/data"), "/properties/category") == "UserDefined"


def test_provisioning_the_network_makes_its_rules_active() -> None:
    """The action changes the workspace; the rules follow."""
    estate = with_workspace(managedNetwork={"isolationMode": "AllowOnlyApprovedOutbound"})
    action = type_of("Microsoft.MachineLearningServices/workspaces").actions["provisionManagedNetwork"]
    id, stored = ArmId.parse(WORKSPACE), estate.get(WORKSPACE)
    assert stored is not None
    estate.store(WORKSPACE, action.changes(id, stored, {"includeSpark": True}, estate, NOW))
    assert get(estate.show(WORKSPACE), "/properties/managedNetwork/status") == {"status": "Active", "sparkReady": True}
    rule = str(estate.children(WORKSPACE, "outboundRules")[0]["id"])
    assert get(estate.show(rule), "/properties/status") == "Active"
    estate.put(WORKSPACE, workspace(managedNetwork={"isolationMode": "AllowOnlyApprovedOutbound"}))
    assert get(estate.show(WORKSPACE), "/properties/managedNetwork/status/status") == "Active"


def test_a_network_that_does_not_exist_cannot_be_provisioned() -> None:
    """Isolation Disabled: the action answers with a fault."""
    estate = with_workspace()
    action = type_of("Microsoft.MachineLearningServices/workspaces").actions["provisionManagedNetwork"]
    answer = action.answer(ArmId.parse(WORKSPACE), estate.get(WORKSPACE), {}, {}, estate)
    assert isinstance(answer, ArmFault)


def test_an_identity_of_the_user_is_shown_with_its_ids_and_stays() -> None:
    """principalId and clientId come from the identity; taking it away again is refused."""
    estate = MemoryEstate()
    dependents(estate)
    estate.store(IDENTITY, {"properties": {"principalId": "p", "clientId": "c"}})
    both = {
        **workspace(),
        "identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
    }
    shown = estate.put(WORKSPACE, both)
    assert get(shown, "/identity")["userAssignedIdentities"] == {IDENTITY: {"principalId": "p", "clientId": "c"}}
    assert estate.principal(get(shown, "/identity/principalId")) == "ServicePrincipal"
    with pytest.raises(ArmFault) as refused:
        estate.put(WORKSPACE, workspace())
    assert "user-assigned" in refused.value.message


def test_an_identity_that_does_not_exist_is_refused() -> None:
    """ARM's identity operation fails before the service sees the body."""
    estate = MemoryEstate()
    dependents(estate)
    body = {
        **workspace(),
        "identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
    }
    with pytest.raises(ArmFault) as refused:
        estate.put(WORKSPACE, body)
    assert refused.value.code == "FailedIdentityOperation"


def test_connections_are_counted_and_shown() -> None:
    """A private endpoint appears in the list, in the count, and in notebookInfo."""
    estate = with_workspace()
    assert get(estate.show(WORKSPACE), "/properties/privateLinkCount") == 0
    name = connect(estate, WORKSPACE)
    shown = estate.show(WORKSPACE)
    assert [item["id"] for item in get(shown, "/properties/privateEndpointConnections")] == [name]
    assert get(shown, "/properties/privateLinkCount") == 1
    assert get(shown, "/properties/notebookInfo/isPrivateLinkEnabled") is True


def test_encryption_is_chosen_at_create() -> None:
    """A customer-managed key cannot be added later."""
    estate = with_workspace()
    key = {"keyVaultArmId": VAULT, "keyIdentifier": "https://vault.vault.azure.net/keys/key/1"}
    with pytest.raises(ArmFault):
        estate.put(WORKSPACE, workspace(encryption={"status": "Enabled", "keyVaultProperties": key}))


def test_a_deleted_workspace_keeps_its_name_for_two_weeks() -> None:
    """The facts of the soft delete, and how a delete leaves nothing behind."""
    rule = type_of("Microsoft.MachineLearningServices/workspaces").soft_delete
    assert (rule.days, rule.status, rule.code, rule.purge_query) == (14, 400, "BadRequest", "forceToPurge")


def test_keys_are_answered_with_the_names_of_the_dependents() -> None:
    """listKeys names the account and the component's instrumentation key."""
    estate = with_workspace()
    action = type_of("Microsoft.MachineLearningServices/workspaces").actions["listKeys"]
    answer = action.answer(
        ArmId.parse(WORKSPACE), estate.get(WORKSPACE), {}, {"/notebook/primaryAccessKey": "one"}, estate
    )
    assert answer["userStorageResourceId"] == ACCOUNT
    assert answer["notebookAccessKeys"]["primaryAccessKey"] == "one"
    component = estate.show(f"{GROUP}/providers/Microsoft.Insights/components/insights")
    assert answer["appInsightsInstrumentationKey"] == get(component, "/properties/InstrumentationKey")
    assert insights()["kind"] == "web"
