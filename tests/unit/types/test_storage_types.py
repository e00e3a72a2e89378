"""Storage accounts, their services, containers and shares."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import ACCOUNT, REGION, account, connect

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.conversion import pointer, to_body
from azkeep.types.resource_type import ResourceType
from estate import GROUP, MemoryEstate

BLOB, FILE = f"{ACCOUNT}/blobServices/default", f"{ACCOUNT}/fileServices/default"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity"


def type_of(arm_type: str = "") -> ResourceType:
    found = by_arm_type(f"Microsoft.Storage/storageAccounts{arm_type}")
    assert found is not None
    return found


def made(**properties: Any) -> MemoryEstate:
    estate = MemoryEstate()
    estate.put(ACCOUNT, account(**properties))
    return estate


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> ArmFault:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value


def test_inputs_get_the_names_of_arm() -> None:
    """networkRuleSet, its rules, encryption and two flags are called otherwise in azure-native."""
    inputs = {
        "accountName": "account",
        "resourceGroupName": "rg",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "enableHttpsTrafficOnly": True,
        "enableNfsV3": False,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
        "networkRuleSet": {
            "defaultAction": "Deny",
            "ipRules": [{"iPAddressOrRange": "203.0.113.7"}],
            "virtualNetworkRules": [{"virtualNetworkResourceId": "/subscriptions/s"}],
        },
        "encryption": {
            "encryptionIdentity": {"encryptionUserAssignedIdentity": IDENTITY},
            "keyVaultProperties": {"keyName": "key", "keyVaultUri": "https://vault.vault.azure.net"},
        },
    }
    assert to_body(type_of(), inputs) == {
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
        "properties": {
            "supportsHttpsTrafficOnly": True,
            "isNfsV3Enabled": False,
            "networkAcls": {
                "defaultAction": "Deny",
                "ipRules": [{"value": "203.0.113.7"}],
                "virtualNetworkRules": [{"id": "/subscriptions/s"}],
            },
            "encryption": {
                "identity": {"userAssignedIdentity": IDENTITY},
                "keyvaultproperties": {"keyname": "key", "keyvaulturi": "https://vault.vault.azure.net"},
            },
        },
    }
    found = pointer(type_of(), ("networkRuleSet", "ipRules", 0, "iPAddressOrRange"))
    assert found == "/properties/networkAcls/ipRules/0/value"


def test_a_new_account_shows_its_addresses_and_what_was_not_set() -> None:
    """Endpoints per service, tier, times of the keys, and the values that hold when nothing is said."""
    shown = made().show(ACCOUNT)
    endpoints = get(shown, "/properties/primaryEndpoints")
    assert sorted(endpoints) == ["blob", "dfs", "file", "queue", "table", "web"]
    assert endpoints["blob"] == "https://account.blob.core.windows.net/"
    assert shown["sku"] == {"name": "Standard_LRS", "tier": "Standard"}
    assert sorted(get(shown, "/properties/keyCreationTime")) == ["key1", "key2"]
    assert (get(shown, "/properties/minimumTlsVersion"), get(shown, "/properties/accessTier")) == ("TLS1_0", "Hot")
    assert get(shown, "/properties/allowSharedKeyAccess") is True
    assert get(shown, "/properties/publicNetworkAccess") == "Enabled"
    assert get(shown, "/properties/networkAcls/defaultAction") == "Allow"
    assert get(shown, "/properties/privateEndpointConnections") == []


def test_times_stay_and_fixed_values_are_kept() -> None:
    """An update keeps the creation time, and a hierarchical namespace that it does not mention."""
    estate = made(isHnsEnabled=True)
    before = estate.show(ACCOUNT)
    after = estate.put(ACCOUNT, account(minimumTlsVersion="TLS1_2"))
    assert get(after, "/properties/creationTime") == get(before, "/properties/creationTime")
    assert get(after, "/properties/isHnsEnabled") is True


@pytest.mark.parametrize(
    "change", [{"isHnsEnabled": False}, {"encryption": {"requireInfrastructureEncryption": False}}]
)
def test_what_is_fixed_at_create_cannot_change(change: dict[str, Any]) -> None:
    """AccountPropertyCannotBeUpdated, 409."""
    estate = made(isHnsEnabled=True, encryption={"requireInfrastructureEncryption": True})
    fault = refused(estate, ACCOUNT, account(**change))
    assert (fault.status, fault.code) == (409, "AccountPropertyCannotBeUpdated")


def test_only_old_kinds_can_be_upgraded() -> None:
    """Storage becomes StorageV2; nothing becomes Storage again."""
    estate = MemoryEstate()
    estate.put(ACCOUNT, {**account(), "kind": "Storage"})
    assert estate.put(ACCOUNT, account())["kind"] == "StorageV2"
    assert refused(estate, ACCOUNT, {**account(), "kind": "Storage"}).code == "AccountPropertyCannotBeUpdated"


@pytest.mark.parametrize(
    "body",
    [
        {"location": REGION, "kind": "FileStorage", "sku": {"name": "Standard_LRS"}, "properties": {}},
        {"location": REGION, "kind": "Storage", "sku": {"name": "Standard_LRS"}, "properties": {"isHnsEnabled": True}},
        {"location": REGION, "kind": "Tape", "sku": {"name": "Standard_LRS"}, "properties": {}},
        account(isNfsV3Enabled=True),
        account(isSftpEnabled=True),
    ],
)
def test_kinds_and_features_must_fit(body: dict[str, Any]) -> None:
    """Premium kinds, hierarchical namespaces, NFS and SFTP have conditions."""
    assert refused(MemoryEstate(), ACCOUNT, body).status == 400


def test_keys_are_listed_and_renewed_by_name() -> None:
    """listKeys shows both; regenerateKey refuses a name that is no key."""
    stored, actions, id = made().show(ACCOUNT), type_of().actions, ArmId.parse(ACCOUNT)
    answer = actions["listKeys"].answer(id, stored, {}, {"key1": "one", "key2": "two"}, MemoryEstate())
    assert [(key["keyName"], key["value"]) for key in answer["keys"]] == [("key1", "one"), ("key2", "two")]
    assert isinstance(actions["regenerateKey"].answer(id, stored, {"keyName": "key9"}, {}, MemoryEstate()), ArmFault)
    assert actions["regenerateKey"].renews == ("key1", "key2")


def test_a_connection_is_shown_in_the_account() -> None:
    """With its id and state."""
    estate = made()
    name = connect(estate, ACCOUNT)
    assert [item["id"] for item in get(estate.show(ACCOUNT), "/properties/privateEndpointConnections")] == [name]


def test_services_show_the_tier_of_their_account() -> None:
    """blobServices/default and fileServices/default begin with ARM's first values."""
    estate = made()
    blob = estate.put(BLOB, dict(type_of("/blobServices").singleton or {}))
    assert blob["sku"] == {"name": "Standard_LRS", "tier": "Standard"}
    assert get(blob, "/properties/deleteRetentionPolicy/enabled") is False
    file = estate.put(FILE, dict(type_of("/fileServices").singleton or {}))
    assert get(file, "/properties/shareDeleteRetentionPolicy") == {"enabled": True, "days": 7}


@pytest.mark.parametrize(
    ("properties", "allowed"),
    [
        ({"deleteRetentionPolicy": {"enabled": True, "days": 30}}, True),
        ({"deleteRetentionPolicy": {"enabled": True}}, False),
        ({"deleteRetentionPolicy": {"enabled": True, "days": 366}}, False),
        ({"restorePolicy": {"enabled": True, "days": 6}}, False),
    ],
)
def test_retention_needs_days_and_restore_needs_its_parts(properties: dict[str, Any], allowed: bool) -> None:
    """1 to 365 days; restore to a point in time needs versions, the feed and soft delete."""
    if allowed:
        assert made().put(BLOB, {"properties": properties})
        return
    assert refused(made(), BLOB, {"properties": properties}).status == 400


@pytest.mark.parametrize(("days", "kept", "allowed"), [(1, 2, True), (29, 30, True), (30, 30, False), (0, 7, False)])
def test_soft_delete_outlasts_restore(days: int, kept: int, allowed: bool) -> None:
    """Restore reaches back less far than deleted blobs are kept; the refusal is the service's."""
    properties = {
        "isVersioningEnabled": True,
        "changeFeed": {"enabled": True},
        "deleteRetentionPolicy": {"enabled": True, "days": kept},
        "restorePolicy": {"enabled": True, "days": days},
    }
    if allowed:
        assert made().put(BLOB, {"properties": properties})
        return
    fault = refused(made(), BLOB, {"properties": properties})
    assert (fault.status, fault.code, fault.message) == (
        400,
        "InvalidValuesForRequestParameters",
        f"Values for properties.restorePolicy.days is invalid: {days}. It should be greater than zero and less than"
        " properties.deleteRetentionPolicy.days.",
    )


def test_a_public_container_needs_an_account_that_allows_it() -> None:
    """allowBlobPublicAccess decides."""
    body = {"properties": {"publicAccess": "Blob"}}
    assert refused(made(), f"{BLOB}/containers/data", body).code == "PublicAccessNotPermitted"
    assert made(allowBlobPublicAccess=True).put(f"{BLOB}/containers/data", body)


def test_a_share_with_nfs_needs_a_premium_account() -> None:
    """And root squash needs NFS."""
    share = f"{FILE}/shares/files"
    assert refused(made(), share, {"properties": {"enabledProtocols": "NFS"}}).status == 400
    assert refused(made(), share, {"properties": {"rootSquash": "RootSquash"}}).status == 400
    assert get(made().put(share, {"properties": {}}), "/properties/shareQuota") == 5120


def test_places_of_a_workspace_are_made_by_the_service() -> None:
    """A container that somebody else made is not."""
    container = type_of("/blobServices/containers").made_by_service
    assert container(ArmId.parse(f"{BLOB}/containers/azureml-blobstore-1"), {})
    assert not container(ArmId.parse(f"{BLOB}/containers/data"), {})
