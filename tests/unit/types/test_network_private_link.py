"""Private endpoints: interface, connection, names and records, from create to delete."""

from __future__ import annotations

import pytest

from azkeep.errors import ArmFault
from azkeep.model.value import get, put
from estate import GROUP, NETWORK, MemoryEstate

STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/Team"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/images"
GUID = "9a3c7f55-0000-4000-8000-000000000001"
NET = f"{NETWORK}/virtualNetworks/net"
SUBNET = f"{NET}/subnets/training"
ENDPOINT = f"{NETWORK}/privateEndpoints/pe"
KNOWN = (
    "Microsoft.Storage/storageAccounts/privateEndpointConnections",
    "Microsoft.MachineLearningServices/workspaces/privateEndpointConnections",
    "Microsoft.ContainerRegistry/registries/privateEndpointConnections",
)


@pytest.fixture
def estate() -> MemoryEstate:
    found = MemoryEstate(also_known=KNOWN)
    found.put(
        NET,
        {
            "location": "westeurope",
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                "subnets": [
                    {"name": "training", "properties": {"addressPrefix": "10.0.0.0/24"}},
                    {"name": "tiny", "properties": {"addressPrefix": "10.0.9.0/29"}},
                ],
            },
        },
    )
    found.store(STORAGE, {"location": "westeurope", "properties": {}})
    found.store(WORKSPACE, {"location": "westeurope", "properties": {"workspaceId": GUID}})
    found.store(REGISTRY, {"location": "westeurope", "sku": {"name": "Premium"}, "properties": {}})
    return found


def endpoint(target: str, group: str, *, manual: bool = False, subnet: str = SUBNET) -> dict[str, object]:
    kind = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
    connection = {"name": "link", "properties": {"privateLinkServiceId": target, "groupIds": [group]}}
    return {"location": "westeurope", "properties": {"subnet": {"id": subnet}, kind: [connection]}}


def zone(estate: MemoryEstate, name: str) -> str:
    id = f"{NETWORK}/privateDnsZones/{name}"
    estate.put(id, {"location": "global"})
    return id


def zone_group(*zones: str) -> dict[str, object]:
    configs = [{"name": f"zone{i}", "properties": {"privateDnsZoneId": id}} for i, id in enumerate(zones)]
    return {"properties": {"privateDnsZoneConfigs": configs}}


def test_endpoint_gets_interface_in_the_subnet(estate: MemoryEstate) -> None:
    """The interface stands in the subnet with its first free address and names the endpoint."""
    shown = estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    interface = estate.get(shown["properties"]["networkInterfaces"][0]["id"])
    assert get(interface, "/properties/ipConfigurations/0/properties/privateIPAddress") == "10.0.0.4"
    assert get(interface, "/properties/ipConfigurations/0/properties/subnet/id") == SUBNET
    assert get(interface, "/properties/privateEndpoint/id") == ENDPOINT
    assert shown["properties"]["customDnsConfigs"] == [
        {"fqdn": "account.blob.core.windows.net", "ipAddresses": ["10.0.0.4"]}
    ]
    subnet = estate.show(SUBNET)["properties"]
    assert subnet["privateEndpoints"] == [{"id": ENDPOINT}]
    assert [item["id"].split("/ipConfigurations/")[0] for item in subnet["ipConfigurations"]] == [interface["id"]]
    assert subnet["purpose"] == "PrivateEndpoints"


def test_endpoint_connects_to_its_target(estate: MemoryEstate) -> None:
    """The target has an approved connection named after the endpoint, and the endpoint shows its state."""
    shown = estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    (connection,) = estate.children(STORAGE, "privateEndpointConnections")
    assert connection["name"].startswith("pe.")
    assert get(connection, "/properties/privateEndpoint/id") == ENDPOINT
    state = {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}
    assert get(connection, "/properties/privateLinkServiceConnectionState") == state
    link = shown["properties"]["privateLinkServiceConnections"][0]
    assert link["properties"]["privateLinkServiceConnectionState"] == state
    assert link["id"] == f"{ENDPOINT}/privateLinkServiceConnections/link"


def test_manual_connection_waits_and_follows_the_target(estate: MemoryEstate) -> None:
    """A manual connection is Pending until the target's owner decides; the endpoint then shows the decision."""
    shown = estate.put(ENDPOINT, endpoint(STORAGE, "blob", manual=True))
    pointer = "/properties/manualPrivateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status"
    assert get(shown, pointer) == "Pending"
    (connection,) = estate.children(STORAGE, "privateEndpointConnections")
    decided = put(connection, "/properties/privateLinkServiceConnectionState/status", "Rejected")
    estate.store(str(connection["id"]), decided)
    assert get(estate.show(ENDPOINT), pointer) == "Rejected"


def test_second_put_keeps_address_and_connection(estate: MemoryEstate) -> None:
    """A repeated PUT moves nothing: same interface, same address, same connection."""
    first = estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    estate.put(f"{NETWORK}/privateEndpoints/other", endpoint(STORAGE, "file"))
    before = {key: dict(document) for key, document in estate.documents.items()}
    assert estate.put(ENDPOINT, endpoint(STORAGE, "blob")) == first
    assert estate.documents == before


def test_deleted_target_disconnects_the_endpoint(estate: MemoryEstate) -> None:
    """Without its target an endpoint stays, Disconnected."""
    estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    for key in [key for key in estate.documents if key.startswith(STORAGE.lower())]:
        del estate.documents[key]
    pointer = "/properties/privateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status"
    assert get(estate.show(ENDPOINT), pointer) == "Disconnected"


def test_workspace_endpoint_has_three_addresses(estate: MemoryEstate) -> None:
    """A workspace answers under four names at three addresses (how-to-custom-dns)."""
    shown = estate.put(ENDPOINT, endpoint(WORKSPACE, "amlworkspace"))
    assert [(config["fqdn"], config["ipAddresses"]) for config in shown["properties"]["customDnsConfigs"]] == [
        (f"{GUID}.workspace.westeurope.api.azureml.ms", ["10.0.0.4"]),
        (f"{GUID}.workspace.westeurope.cert.api.azureml.ms", ["10.0.0.4"]),
        (f"ml-team-westeurope-{GUID}.westeurope.notebooks.azure.net", ["10.0.0.5"]),
        ("*.westeurope.inference.ml.azure.com", ["10.0.0.6"]),
    ]


def test_zone_group_writes_records_and_takes_them_away(estate: MemoryEstate) -> None:
    """Each zone gets the names that belong to it; deleting the group removes them and the DNS settings come back."""
    api, notebooks = zone(estate, "privatelink.api.azureml.ms"), zone(estate, "privatelink.notebooks.azure.net")
    estate.put(ENDPOINT, endpoint(WORKSPACE, "amlworkspace"))
    group = f"{ENDPOINT}/privateDnsZoneGroups/default"
    shown = estate.put(group, zone_group(api, notebooks))
    assert [record["name"] for record in estate.children(api, "A")] == [
        f"*.{GUID}.inference.westeurope",
        f"{GUID}.workspace.westeurope",
        f"{GUID}.workspace.westeurope.cert",
    ]
    (notebook,) = estate.children(notebooks, "A")
    assert notebook["name"] == f"ml-team-westeurope-{GUID}.westeurope"
    assert notebook["properties"]["aRecords"] == [{"ipv4Address": "10.0.0.5"}]
    assert notebook["properties"]["ttl"] == 10
    assert shown["properties"]["privateDnsZoneConfigs"][1]["properties"]["recordSets"] == [
        {
            "recordType": "A",
            "recordSetName": f"ml-team-westeurope-{GUID}.westeurope",
            "fqdn": f"ml-team-westeurope-{GUID}.westeurope.privatelink.notebooks.azure.net",
            "ttl": 10,
            "provisioningState": "Succeeded",
            "ipAddresses": ["10.0.0.5"],
        }
    ]
    assert estate.show(ENDPOINT)["properties"]["customDnsConfigs"] == []
    assert estate.show(api)["properties"]["numberOfRecordSets"] == 4
    estate.delete(group)
    assert estate.children(api, "A") == () == estate.children(notebooks, "A")
    assert len(estate.show(ENDPOINT)["properties"]["customDnsConfigs"]) == 4


def test_zone_left_out_of_the_group_loses_its_records(estate: MemoryEstate) -> None:
    """A group that no longer names a zone removes what it wrote there."""
    api, notebooks = zone(estate, "privatelink.api.azureml.ms"), zone(estate, "privatelink.notebooks.azure.net")
    estate.put(ENDPOINT, endpoint(WORKSPACE, "amlworkspace"))
    group = f"{ENDPOINT}/privateDnsZoneGroups/default"
    estate.put(group, zone_group(api, notebooks))
    estate.put(group, zone_group(api))
    assert len(estate.children(api, "A")) == 3
    assert estate.children(notebooks, "A") == ()


def test_deleting_an_endpoint_leaves_nothing_behind(estate: MemoryEstate) -> None:
    """Interface, connection, zone group and records go with the endpoint; the subnet can then be deleted."""
    blob = zone(estate, "privatelink.blob.core.windows.net")
    before = set(estate.documents)
    estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    estate.put(f"{ENDPOINT}/privateDnsZoneGroups/default", zone_group(blob))
    assert estate.get(f"{blob}/A/account") is not None
    estate.delete(ENDPOINT)
    assert set(estate.documents) == before
    estate.delete(SUBNET)
    assert estate.get(SUBNET) is None


def test_foreign_record_stays(estate: MemoryEstate) -> None:
    """A record that another endpoint has taken over is not removed with the first one's group."""
    blob = zone(estate, "privatelink.blob.core.windows.net")
    other = f"{NETWORK}/privateEndpoints/other"
    for id in (ENDPOINT, other):
        estate.put(id, endpoint(STORAGE, "blob"))
        estate.put(f"{id}/privateDnsZoneGroups/default", zone_group(blob))
    estate.delete(f"{ENDPOINT}/privateDnsZoneGroups/default")
    assert get(estate.get(f"{blob}/A/account"), "/properties/aRecords") == [{"ipv4Address": "10.0.0.5"}]


def test_container_registry_needs_two_addresses(estate: MemoryEstate) -> None:
    """A registry has a data name beside its own (container-registry-private-link)."""
    shown = estate.put(ENDPOINT, endpoint(REGISTRY, "registry"))
    assert [config["fqdn"] for config in shown["properties"]["customDnsConfigs"]] == [
        "images.westeurope.data.azurecr.io",
        "images.azurecr.io",
    ]


def test_static_address_is_taken(estate: MemoryEstate) -> None:
    """An address set in ipConfigurations is the interface's."""
    body = endpoint(STORAGE, "blob")
    wanted = {"groupId": "blob", "memberName": "blob", "privateIPAddress": "10.0.0.77"}
    body = put(body, "/properties/ipConfigurations", [{"name": "fixed", "properties": wanted}])
    shown = estate.put(ENDPOINT, body)
    interface = estate.get(shown["properties"]["networkInterfaces"][0]["id"])
    configuration = get(interface, "/properties/ipConfigurations/0/properties")
    assert configuration["privateIPAddress"] == "10.0.0.77"
    assert configuration["privateIPAllocationMethod"] == "Static"


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/properties/privateLinkServiceConnections", [], "MissingPrivateLinkServiceConnectionOnPrivateEndpoint"),
        ("/properties/privateLinkServiceConnections/0/name", None, "InvalidRequestFormat"),
        (
            "/properties/privateLinkServiceConnections/0/properties/groupIds",
            [],
            "MissingParameterOnPrivateLinkServiceConnection",
        ),
        (
            "/properties/privateLinkServiceConnections/0/properties/groupIds",
            ["blob", "file"],
            "OnlyOneGroupIdPermitted",
        ),
        ("/properties/privateLinkServiceConnections/0/properties/groupIds", ["vault"], "BadRequest"),
        ("/location", "northeurope", "InvalidResourceReference"),
        (
            "/properties/ipConfigurations",
            [{"name": "x", "properties": {"memberName": "blob", "privateIPAddress": "10.9.0.4"}}],
            "PrivateIPAddressNotInSubnet",
        ),
    ],
)
def test_wrong_endpoint_is_refused(estate: MemoryEstate, pointer: str, value: object, code: str) -> None:
    """Each mistake has Azure's own code, status 400, and nothing is written."""
    before = set(estate.documents)
    with pytest.raises(ArmFault) as refused:
        estate.put(ENDPOINT, put(endpoint(STORAGE, "blob"), pointer, value))
    assert (refused.value.status, refused.value.code) == (400, code)
    assert set(estate.documents) == before


def test_basic_registry_offers_no_private_link(estate: MemoryEstate) -> None:
    """Private link needs a Premium registry."""
    estate.store(REGISTRY, {"location": "westeurope", "sku": {"name": "Basic"}, "properties": {}})
    with pytest.raises(ArmFault, match="not supported for SKU Basic"):
        estate.put(ENDPOINT, endpoint(REGISTRY, "registry"))


def test_delegated_subnet_is_refused(estate: MemoryEstate) -> None:
    """A subnet that a service has for itself takes no private endpoint."""
    delegation = {"name": "web", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}
    estate.put(SUBNET, {"properties": {"addressPrefix": "10.0.0.0/24", "delegations": [delegation]}})
    with pytest.raises(ArmFault) as refused:
        estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    assert refused.value.code == "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated"


def test_full_subnet_is_refused(estate: MemoryEstate) -> None:
    """A /29 has three addresses to give: the second endpoint of a workspace finds none."""
    tiny = f"{NET}/subnets/tiny"
    estate.put(ENDPOINT, endpoint(WORKSPACE, "amlworkspace", subnet=tiny))
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{NETWORK}/privateEndpoints/second", endpoint(STORAGE, "blob", subnet=tiny))
    assert refused.value.code == "SubnetIsFull"


def test_second_zone_group_is_refused(estate: MemoryEstate) -> None:
    """An endpoint has one zone group."""
    blob = zone(estate, "privatelink.blob.core.windows.net")
    estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    estate.put(f"{ENDPOINT}/privateDnsZoneGroups/default", zone_group(blob))
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{ENDPOINT}/privateDnsZoneGroups/other", zone_group(blob))
    assert refused.value.code == "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed"


def test_six_zones_are_refused(estate: MemoryEstate) -> None:
    """A zone group holds five zones at most."""
    zones = [zone(estate, f"zone{number}.example.com") for number in range(6)]
    estate.put(ENDPOINT, endpoint(STORAGE, "blob"))
    with pytest.raises(ArmFault, match="at most 5"):
        estate.put(f"{ENDPOINT}/privateDnsZoneGroups/default", zone_group(*zones))
