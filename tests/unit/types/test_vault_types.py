"""Vaults, container registries and private endpoint connections."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import ACCOUNT, REGION, VAULT, WORKSPACE, account, connect, vault, with_workspace

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.conversion import pointer
from azkeep.types.resource_type import ResourceType
from estate import GROUP, MemoryEstate

REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/registry"


def type_of(arm_type: str) -> ResourceType:
    found = by_arm_type(arm_type)
    assert found is not None
    return found


def registry(sku: str = "Premium", **properties: Any) -> dict[str, Any]:
    return {"location": REGION, "sku": {"name": sku}, "properties": properties}


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> ArmFault:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value


def test_a_new_vault_has_its_address_and_defaults() -> None:
    """vaultUri in lower case; soft delete on for 90 days; connections only where there are any."""
    estate = MemoryEstate()
    shown = estate.put(f"{GROUP}/providers/Microsoft.KeyVault/vaults/MyVault", vault())
    assert get(shown, "/properties/vaultUri") == "https://myvault.vault.azure.net/"
    assert get(shown, "/properties/softDeleteRetentionInDays") == 90
    assert "privateEndpointConnections" not in shown["properties"]
    estate.put(VAULT, vault())
    name = connect(estate, VAULT)
    assert [item["id"] for item in get(estate.show(VAULT), "/properties/privateEndpointConnections")] == [name]


@pytest.mark.parametrize(
    "change",
    [
        {"enablePurgeProtection": False},
        {"enableSoftDelete": False},
        {"softDeleteRetentionInDays": 6},
        {"softDeleteRetentionInDays": 91},
        {"accessPolicies": None},
    ],
)
def test_what_a_vault_never_allows(change: dict[str, Any]) -> None:
    """Protection set to false, too short or long retention, no policies without role-based access."""
    assert refused(MemoryEstate(), VAULT, vault(**change)).code == "BadRequest"


def test_purge_protection_stays() -> None:
    """Left out of a later PUT it is still there; roles make policies unnecessary."""
    estate = MemoryEstate()
    estate.put(VAULT, vault(enablePurgeProtection=True))
    after = estate.put(VAULT, vault(enableRbacAuthorization=True, accessPolicies=None))
    assert get(after, "/properties/enablePurgeProtection") is True
    assert get(after, "/properties/accessPolicies") in ([], None)


def test_retention_is_set_once() -> None:
    """Another number of days is refused, the same is not."""
    estate = MemoryEstate()
    estate.put(VAULT, vault(softDeleteRetentionInDays=30))
    estate.put(VAULT, vault(softDeleteRetentionInDays=30, publicNetworkAccess="Disabled"))
    assert "softDeleteRetentionInDays" in refused(estate, VAULT, vault(softDeleteRetentionInDays=31)).message


def test_a_deleted_vault_is_met_again() -> None:
    """The name stays taken; createMode recover brings it back; purge protection forbids the purge."""
    rule = type_of("Microsoft.KeyVault/vaults").soft_delete
    assert rule is not None
    assert (rule.status, rule.code) == (409, "ConflictError")
    assert rule.recovers({"properties": {"createMode": "recover"}})
    assert not rule.recovers(vault())
    fault = rule.blocks_purge({"properties": {"enablePurgeProtection": True}})
    assert fault is not None
    assert fault.code == "MethodNotAllowed"
    assert rule.blocks_purge(vault()) is None


def test_access_policies_are_maintained_inside_properties() -> None:
    """The maintained name leads to the document's list."""
    type_ = type_of("Microsoft.KeyVault/vaults")
    found = [pointer(type_, tuple(name.split("."))) for name in type_.maintained]
    assert found == ["/properties/accessPolicies"]


def test_a_new_registry_shows_what_was_not_set() -> None:
    """Login server, policies; the rule set only where the tier has one."""
    estate = MemoryEstate()
    premium, basic = estate.put(REGISTRY, registry()), estate.put(f"{REGISTRY}two", registry("Basic"))
    assert get(premium, "/properties/loginServer") == "registry.azurecr.io"
    assert get(premium, "/properties/networkRuleSet") == {"defaultAction": "Allow", "ipRules": []}
    assert "networkRuleSet" not in basic["properties"]
    assert get(basic, "/properties/policies/exportPolicy/status") == "enabled"
    assert basic["sku"] == {"name": "Basic", "tier": "Basic"}


@pytest.mark.parametrize(
    "properties",
    [
        {"publicNetworkAccess": "Disabled"},
        {"networkRuleSet": {"defaultAction": "Deny"}},
        {"zoneRedundancy": "Enabled"},
        {"dataEndpointEnabled": True},
        {"policies": {"retentionPolicy": {"status": "enabled"}}},
    ],
)
def test_private_features_need_the_premium_tier(properties: dict[str, Any]) -> None:
    """Standard refuses what Premium allows."""
    assert refused(MemoryEstate(), REGISTRY, registry("Standard", **properties)).status == 400
    assert MemoryEstate().put(REGISTRY, registry(**properties))


def test_images_may_be_kept_in_only_behind_a_closed_registry() -> None:
    """Export can be switched off where public access is."""
    off = {"exportPolicy": {"status": "disabled"}}
    assert refused(MemoryEstate(), REGISTRY, registry(policies=off)).code == "ExportPolicyNotAllowed"
    assert MemoryEstate().put(REGISTRY, registry(policies=off, publicNetworkAccess="Disabled"))


def test_credentials_need_the_admin_user() -> None:
    """listCredentials answers with a fault, or with both passwords."""
    type_, id = type_of("Microsoft.ContainerRegistry/registries"), ArmId.parse(REGISTRY)
    action = type_.actions["listCredentials"]
    fault = action.answer(id, registry(adminUserEnabled=False), {}, {}, MemoryEstate())
    assert isinstance(fault, ArmFault)
    assert fault.code == "UnAuthorizedForCredentialOperations"
    answer = action.answer(id, registry(adminUserEnabled=True), {}, {"password": "a", "password2": "b"}, MemoryEstate())
    assert answer["username"] == "registry"
    assert [item["value"] for item in answer["passwords"]] == ["a", "b"]


@pytest.mark.parametrize("target", [ACCOUNT, VAULT, WORKSPACE])
def test_an_owner_approves_and_rejects(target: str) -> None:
    """The endpoint stays the connection's own; a rejected connection is not approved again."""
    estate = with_workspace()
    name = connect(estate, target, "Pending")
    endpoint = get(estate.get(name), "/properties/privateEndpoint/id")
    shown = estate.put(name, {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}})
    assert get(shown, "/properties/privateEndpoint/id") == endpoint
    assert get(shown, "/properties/privateLinkServiceConnectionState/status") == "Approved"
    estate.put(name, {"properties": {"privateLinkServiceConnectionState": {"status": "Rejected"}}})
    again = refused(estate, name, {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}})
    assert again.status == 409


def test_nobody_makes_a_connection_by_hand() -> None:
    """A private endpoint makes it; storage alone says actionRequired."""
    estate = MemoryEstate()
    estate.put(ACCOUNT, account())
    state = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
    assert refused(estate, f"{ACCOUNT}/privateEndpointConnections/mine", state).status == 404
    shown = estate.show(connect(estate, ACCOUNT))
    assert "actionRequired" in get(shown, "/properties/privateLinkServiceConnectionState")
