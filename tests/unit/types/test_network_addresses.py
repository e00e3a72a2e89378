"""Virtual networks, subnets, interfaces and what attaches to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.errors import ArmFault
from azkeep.types._network import contains, overlap, ranges
from estate import NETWORK, MemoryEstate

NET = f"{NETWORK}/virtualNetworks/net"
SUBNET = f"{NET}/subnets/training"
GROUP = f"{NETWORK}/networkSecurityGroups/nsg"
TABLE = f"{NETWORK}/routeTables/table"
GATEWAY = f"{NETWORK}/natGateways/nat"
ADDRESS = f"{NETWORK}/publicIPAddresses/out"


def network(*subnets: dict[str, Any], space: str = "10.0.0.0/16") -> dict[str, Any]:
    properties: dict[str, Any] = {"addressSpace": {"addressPrefixes": [space]}}
    if subnets:
        properties["subnets"] = list(subnets)
    return {"location": "westeurope", "properties": properties}


def subnet(prefix: str, **more: Any) -> dict[str, Any]:
    return {"properties": {"addressPrefix": prefix, **more}}


def interface(subnet_id: str, **more: Any) -> dict[str, Any]:
    configuration = {"name": "main", "properties": {"subnet": {"id": subnet_id}, **more}}
    return {"location": "westeurope", "properties": {"ipConfigurations": [configuration]}}


@pytest.fixture
def estate() -> MemoryEstate:
    found = MemoryEstate()
    found.put(NET, network({"name": "training", **subnet("10.0.0.0/24")}))
    return found


def code(refused: pytest.ExceptionInfo[ArmFault]) -> tuple[int, str]:
    return refused.value.status, refused.value.code


def test_network_is_shown_as_azure_shows_it(estate: MemoryEstate) -> None:
    """The service's values of the published create example are there, the subnets as resources of their own."""
    shown = estate.show(NET)["properties"]
    assert shown["enableDdosProtection"] is False
    assert shown["virtualNetworkPeerings"] == []
    assert len(shown["resourceGuid"]) == 36
    (child,) = shown["subnets"]
    assert child["id"] == SUBNET
    assert child["properties"] == {
        "addressPrefix": "10.0.0.0/24",
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("outside", "10.1.0.0/24", "NetcfgInvalidSubnet"),
        ("overlapping", "10.0.0.128/25", "NetcfgSubnetRangesOverlap"),
        ("larger", "10.0.0.0/15", "NetcfgInvalidSubnet"),
        ("hostbits", "10.0.3.1/24", "InvalidCIDRNotation"),
        ("words", "not a range", "InvalidAddressPrefixFormat"),
        ("AzureBastionSubnet", "10.0.9.0/27", "SubnetTooSmall"),
        ("AzureFirewallSubnet", "10.0.9.0/28", "SubnetTooSmall"),
        ("point", "10.0.9.0/30", "NetcfgSubnetRangeTooSmall"),
    ],
)
def test_wrong_range_is_refused(estate: MemoryEstate, name: str, prefix: str, expected: str) -> None:
    """A range outside the network, over another subnet or too small has Azure's code, by either way in."""
    with pytest.raises(ArmFault) as alone:
        estate.put(f"{NET}/subnets/{name}", subnet(prefix))
    with pytest.raises(ArmFault) as listed:
        estate.put(NET, network({"name": "training", **subnet("10.0.0.0/24")}, {"name": name, **subnet(prefix)}))
    assert code(alone) == code(listed) == (400, expected)
    assert [child["name"] for child in estate.children(NET, "subnets")] == ["training"]


def test_missing_range_is_refused(estate: MemoryEstate) -> None:
    """A subnet needs a prefix."""
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{NET}/subnets/empty", {"properties": {}})
    assert code(refused) == (400, "NoAddressPrefixOrPoolProvided")


def test_bastion_subnet_of_the_right_size_is_taken(estate: MemoryEstate) -> None:
    """/26 is enough for Azure Bastion."""
    assert estate.put(f"{NET}/subnets/AzureBastionSubnet", subnet("10.0.9.0/26"))["name"] == "AzureBastionSubnet"


def test_network_cannot_shrink_below_its_subnets(estate: MemoryEstate) -> None:
    """Taking away the space of a subnet is refused."""
    with pytest.raises(ArmFault) as refused:
        estate.put(NET, network(space="10.9.0.0/16"))
    assert code(refused) == (400, "NetcfgInvalidSubnet")


def test_delegation_and_service_endpoint_are_completed(estate: MemoryEstate) -> None:
    """Azure adds ids, actions and regions to what a subnet asks for."""
    asked = {
        "delegations": [{"name": "web", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
    }
    shown = estate.put(f"{NET}/subnets/web", subnet("10.0.5.0/24", **asked))["properties"]
    assert shown["delegations"][0]["id"] == f"{NET}/subnets/web/delegations/web"
    assert shown["delegations"][0]["properties"] == {
        "serviceName": "Microsoft.Web/serverFarms",
        "actions": ["Microsoft.Network/virtualNetworks/subnets/action"],
        "provisioningState": "Succeeded",
    }
    assert shown["serviceEndpoints"] == [
        {"service": "Microsoft.Storage", "locations": ["westeurope"], "provisioningState": "Succeeded"}
    ]


def test_interface_takes_the_first_free_address(estate: MemoryEstate) -> None:
    """Azure keeps four addresses of a subnet; interfaces get the next ones, and keep them on the next PUT."""
    first = estate.put(f"{NETWORK}/networkInterfaces/a", interface(SUBNET))
    second = estate.put(f"{NETWORK}/networkInterfaces/b", interface(SUBNET))
    again = estate.put(f"{NETWORK}/networkInterfaces/a", interface(SUBNET))
    found = [each["properties"]["ipConfigurations"][0]["properties"] for each in (first, second, again)]
    assert [each["privateIPAddress"] for each in found] == ["10.0.0.4", "10.0.0.5", "10.0.0.4"]
    assert found[0]["privateIPAllocationMethod"] == "Dynamic"
    assert found[0]["primary"] is True


@pytest.mark.parametrize(
    ("address", "expected"),
    [("10.0.0.4", "PrivateIPAddressIsAllocated"), ("10.3.0.4", "PrivateIPAddressNotInSubnet")],
)
def test_wrong_address_is_refused(estate: MemoryEstate, address: str, expected: str) -> None:
    """An address that another interface has, or from outside the subnet, is refused."""
    estate.put(f"{NETWORK}/networkInterfaces/a", interface(SUBNET))
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{NETWORK}/networkInterfaces/b", interface(SUBNET, privateIPAddress=address))
    assert code(refused) == (400, expected)


def test_used_subnet_cannot_be_deleted(estate: MemoryEstate) -> None:
    """Neither alone, nor by leaving it out of the network's list, nor with the network."""
    estate.put(f"{NETWORK}/networkInterfaces/a", interface(SUBNET))
    user = f"{NETWORK}/networkInterfaces/a/ipConfigurations/main"
    wanted = f"Subnet training is in use by {user} and cannot be deleted."
    for attempt in (
        lambda: estate.delete(SUBNET),
        lambda: estate.delete(NET),
        lambda: estate.put(NET, network({"name": "other", **subnet("10.0.7.0/24")})),
    ):
        with pytest.raises(ArmFault, match=wanted) as refused:
            attempt()
        assert code(refused) == (400, "InUseSubnetCannotBeDeleted")
    assert estate.get(SUBNET) is not None
    assert estate.show(SUBNET)["properties"]["ipConfigurations"] == [{"id": user}]


def test_compute_in_the_subnet_blocks_it_and_a_firewall_rule_does_not(estate: MemoryEstate) -> None:
    """A compute stands in its subnet; a storage account's network rule only mentions it."""
    other = f"{NETWORK.rsplit('/', 1)[0]}"
    rules = {"networkAcls": {"virtualNetworkRules": [{"id": SUBNET}]}}
    estate.store(f"{other}/Microsoft.Storage/storageAccounts/account", {"properties": rules})
    compute = f"{other}/Microsoft.MachineLearningServices/workspaces/team/computes/cluster"
    estate.store(compute, {"properties": {"computeType": "AmlCompute", "properties": {"subnet": {"id": SUBNET}}}})
    with pytest.raises(ArmFault, match=f"in use by {compute}"):
        estate.delete(SUBNET)
    estate.documents.pop(compute.lower())
    estate.delete(SUBNET)
    assert estate.get(SUBNET) is None


def attached(estate: MemoryEstate) -> None:
    """Group, table and gateway with a public address, all on the training subnet."""
    estate.put(GROUP, {"location": "westeurope"})
    estate.put(TABLE, {"location": "westeurope"})
    estate.put(ADDRESS, {"location": "westeurope", "properties": {"publicIPAllocationMethod": "Static"}})
    estate.put(GATEWAY, {"location": "westeurope", "properties": {"publicIpAddresses": [{"id": ADDRESS}]}})
    references = {
        "networkSecurityGroup": {"id": GROUP},
        "routeTable": {"id": TABLE},
        "natGateway": {"id": GATEWAY},
    }
    estate.put(SUBNET, subnet("10.0.0.0/24", **references))


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        (GROUP, "InUseNetworkSecurityGroupCannotBeDeleted"),
        (TABLE, "InUseRouteTableCannotBeDeleted"),
        (GATEWAY, "InUseNatGatewayCannotBeDeleted"),
        (ADDRESS, "PublicIPAddressCannotBeDeleted"),
    ],
)
def test_what_is_in_use_cannot_be_deleted(estate: MemoryEstate, id: str, expected: str) -> None:
    """Each shows who uses it and refuses to go; once the subnet lets go, it goes."""
    attached(estate)
    with pytest.raises(ArmFault) as refused:
        estate.delete(id)
    assert code(refused) == (400, expected)
    user = GATEWAY if id == ADDRESS else SUBNET
    assert (TABLE.rsplit("/", 1)[1] if id == TABLE else user) in refused.value.message
    shown = estate.show(id)["properties"]
    assert (shown["natGateway"] if id == ADDRESS else shown["subnets"][0]) == {"id": user}
    estate.put(SUBNET, subnet("10.0.0.0/24"))
    if id == ADDRESS:
        estate.delete(GATEWAY)
    estate.delete(id)
    assert estate.get(id) is None


def test_attached_resource_must_be_in_the_region(estate: MemoryEstate) -> None:
    """A group of another region counts as not found."""
    estate.put(GROUP, {"location": "northeurope"})
    with pytest.raises(ArmFault) as refused:
        estate.put(SUBNET, subnet("10.0.0.0/24", networkSecurityGroup={"id": GROUP}))
    assert code(refused) == (400, "InvalidResourceReference")


def test_used_subnet_cannot_change_its_range(estate: MemoryEstate) -> None:
    """The range of a subnet with something in it is fixed; without, it moves."""
    estate.put(f"{NETWORK}/networkInterfaces/a", interface(SUBNET))
    with pytest.raises(ArmFault) as refused:
        estate.put(SUBNET, subnet("10.0.4.0/24"))
    assert code(refused) == (400, "InUsePrefixCannotBeDeleted")
    estate.delete(f"{NETWORK}/networkInterfaces/a")
    assert estate.put(SUBNET, subnet("10.0.4.0/24"))["properties"]["addressPrefix"] == "10.0.4.0/24"


def test_interface_of_an_endpoint_is_the_services(estate: MemoryEstate) -> None:
    """A client can neither change nor delete the interface of a private endpoint."""
    owner = estate.store(f"{NETWORK}/privateEndpoints/pe", {"properties": {}})
    nic = estate.store(f"{NETWORK}/networkInterfaces/pe.nic", {"properties": {"privateEndpoint": {"id": owner}}})
    with pytest.raises(ArmFault) as changed:
        estate.put(nic, interface(SUBNET))
    with pytest.raises(ArmFault) as deleted:
        estate.delete(nic)
    assert changed.value.code == "CannotModifyNicAttachedToPrivateEndpoint"
    assert deleted.value.code == "NicInUseWithPrivateEndpoint"


def test_standard_address_must_be_static(estate: MemoryEstate) -> None:
    """Standard is the default, and it takes no dynamic address."""
    with pytest.raises(ArmFault) as refused:
        estate.put(ADDRESS, {"location": "westeurope"})
    assert code(refused) == (400, "StandardAndStandardV2SkuPublicIPAddressesMustBeStatic")


def test_network_needs_a_range(estate: MemoryEstate) -> None:
    """No prefix or an empty list is refused; options without servers come back with an empty list of them."""
    for properties in ({}, {"addressSpace": {}}, {"addressSpace": {"addressPrefixes": []}}):
        with pytest.raises(ArmFault) as refused:
            estate.put(NET, {"location": "westeurope", "properties": properties})
        assert code(refused) == (400, "NoAddressPrefixOrPoolProvided")
        text = "A Virtual Network must have at least one address prefix or IP address pool. Virtual Network: "
        assert refused.value.message == text + NET
    body = network()
    shown = estate.put(NET, {**body, "properties": {**body["properties"], "dhcpOptions": {}}})
    assert shown["properties"]["dhcpOptions"] == {"dnsServers": []}


def test_public_address_keeps_its_number(estate: MemoryEstate) -> None:
    """An address is given once, from a range that nobody routes."""
    body = {"location": "westeurope", "properties": {"publicIPAllocationMethod": "Static"}}
    first, second = estate.put(ADDRESS, body), estate.put(ADDRESS, body)
    assert first["properties"]["ipAddress"] == second["properties"]["ipAddress"]
    assert contains(ranges(["198.18.0.0/15"]), ranges([first["properties"]["ipAddress"]])[0])


HUB = f"{NETWORK}/virtualNetworks/hub"
FIREWALL = f"{NETWORK}/azureFirewalls/firewall"
BASTION = f"{NETWORK}/bastionHosts/bastion"


@pytest.fixture
def hub(estate: MemoryEstate) -> MemoryEstate:
    estate.put(
        HUB,
        network(
            {"name": "AzureFirewallSubnet", **subnet("10.8.0.0/26")},
            {"name": "AzureBastionSubnet", **subnet("10.8.1.0/26")},
            space="10.8.0.0/16",
        ),
    )
    estate.put(ADDRESS, {"location": "westeurope", "properties": {"publicIPAllocationMethod": "Static"}})
    return estate


def gateway(subnet_id: str, address: str = ADDRESS, **more: Any) -> dict[str, Any]:
    properties = {"subnet": {"id": subnet_id}, "publicIPAddress": {"id": address}}
    return {
        "location": "westeurope",
        "properties": {"ipConfigurations": [{"name": "main", "properties": properties}], **more},
    }


def test_firewall_has_a_private_address(hub: MemoryEstate) -> None:
    """The address for routes is the first of the firewall's subnet, and stays; subnet and public address are taken."""
    first = hub.put(FIREWALL, gateway(f"{HUB}/subnets/AzureFirewallSubnet"))
    again = hub.put(FIREWALL, gateway(f"{HUB}/subnets/AzureFirewallSubnet"))
    (found,) = first["properties"]["ipConfigurations"]
    assert found["properties"]["privateIPAddress"] == "10.8.0.4"
    assert again["properties"]["ipConfigurations"] == [found]
    assert hub.show(ADDRESS)["properties"]["ipConfiguration"] == {
        "id": f"{FIREWALL}/azureFirewallIpConfigurations/main"
    }
    for id in (f"{HUB}/subnets/AzureFirewallSubnet", ADDRESS):
        with pytest.raises(ArmFault, match=f"{FIREWALL}/azureFirewallIpConfigurations/main"):
            hub.delete(id)


@pytest.mark.parametrize(
    ("id", "subnet_id", "expected"),
    [
        (FIREWALL, SUBNET, "AzureFirewallSubnetNameInvalid"),
        (BASTION, f"{HUB}/subnets/AzureFirewallSubnet", "BastionHostSubnetNameInvalid"),
    ],
)
def test_gateway_has_a_subnet_of_its_own(hub: MemoryEstate, id: str, subnet_id: str, expected: str) -> None:
    """A firewall and a bastion each stand in the subnet that is named for them."""
    with pytest.raises(ArmFault) as refused:
        hub.put(id, gateway(subnet_id))
    assert code(refused) == (400, expected)


def test_public_address_serves_one(hub: MemoryEstate) -> None:
    """The address of the firewall cannot be the bastion's as well."""
    hub.put(FIREWALL, gateway(f"{HUB}/subnets/AzureFirewallSubnet"))
    with pytest.raises(ArmFault) as refused:
        hub.put(BASTION, gateway(f"{HUB}/subnets/AzureBastionSubnet"))
    assert code(refused) == (400, "PublicIPAddressInUse")


def test_bastion_of_a_lower_sku_has_fewer_features(hub: MemoryEstate) -> None:
    """Tunnels need the Standard tier; with it the bastion gets a name and two instances."""
    body = gateway(f"{HUB}/subnets/AzureBastionSubnet", enableTunneling=True)
    with pytest.raises(ArmFault, match="does not support enableTunneling"):
        hub.put(BASTION, {**body, "sku": {"name": "Basic"}})
    shown = hub.put(BASTION, body)["properties"]
    assert shown["scaleUnits"] == 2
    assert shown["dnsName"].endswith(".bastion.azure.com")


def peering(remote: str) -> dict[str, Any]:
    return {"properties": {"remoteVirtualNetwork": {"id": remote}}}


def test_peering_is_connected_from_both_sides(hub: MemoryEstate) -> None:
    """One side alone is Initiated; both are Connected; without the remote network it is Disconnected, also later."""
    here, there = f"{NET}/virtualNetworkPeerings/hub", f"{HUB}/virtualNetworkPeerings/net"
    space = hub.documents[HUB.lower()]["properties"]["addressSpace"]
    assert hub.put(here, peering(HUB))["properties"]["peeringState"] == "Initiated"
    hub.put(there, peering(NET))
    shown = hub.show(here)["properties"]
    assert shown["peeringState"] == "Connected"
    assert shown["remoteAddressSpace"] == {"addressPrefixes": ["10.8.0.0/16"]}
    assert hub.show(NET)["properties"]["virtualNetworkPeerings"][0]["name"] == "hub"
    hub.delete(HUB)
    assert hub.show(here)["properties"]["peeringState"] == "Disconnected"
    hub.put(HUB, {"location": "westeurope", "properties": {"addressSpace": space}})
    assert hub.show(here)["properties"]["peeringState"] == "Disconnected"


def test_peering_that_lost_the_other_side(hub: MemoryEstate) -> None:
    """It is Disconnected, and keeps the other side from being made anew until it is written again."""
    here, there = f"{NET}/virtualNetworkPeerings/hub", f"{HUB}/virtualNetworkPeerings/net"
    hub.put(here, peering(HUB))
    hub.put(there, peering(NET))
    hub.delete(there)
    assert hub.show(here)["properties"]["peeringState"] == "Disconnected"
    with pytest.raises(ArmFault) as refused:
        hub.put(there, peering(NET))
    assert code(refused) == (400, "RemotePeeringIsDisconnected")
    assert refused.value.message.startswith(
        f"Cannot create or update peering {there} because remote peering {here} referencing parent virtual network"
        f" {HUB} is in Disconnected state."
    )
    assert hub.put(here, peering(HUB))["properties"]["peeringState"] == "Initiated"
    hub.put(there, peering(NET))
    assert [hub.show(each)["properties"]["peeringState"] for each in (here, there)] == ["Connected", "Connected"]


def test_one_peering_for_two_networks(hub: MemoryEstate) -> None:
    """A second peering to the same network is refused with the name of the first, which may be written again."""
    first = f"{NET}/virtualNetworkPeerings/hub"
    hub.put(first, peering(HUB))
    with pytest.raises(ArmFault) as refused:
        hub.put(f"{NET}/virtualNetworkPeerings/again", peering(HUB))
    assert code(refused) == (400, "AnotherPeeringAlreadyReferencesRemoteVnet")
    assert refused.value.message == f"Peering {first} already references remote virtual network Id: {HUB}"
    hub.put(first, peering(HUB))


def test_peered_spaces_must_be_apart(estate: MemoryEstate) -> None:
    """Networks with overlapping spaces, or one network with itself, cannot be peered."""
    twin = f"{NETWORK}/virtualNetworks/twin"
    estate.put(twin, network(space="10.0.128.0/17"))
    with pytest.raises(ArmFault) as overlapping:
        estate.put(f"{NET}/virtualNetworkPeerings/twin", peering(twin))
    with pytest.raises(ArmFault) as itself:
        estate.put(f"{NET}/virtualNetworkPeerings/self", peering(NET))
    assert code(overlapping) == (400, "VnetAddressSpacesOverlap")
    assert code(itself) == (400, "CannotPeerVirtualNetworkToItself")


@given(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_ranges_overlap_where_one_holds_the_other(one: int, one_length: int, other: int, other_length: int) -> None:
    """Two ranges of addresses are apart, or one lies in the other."""
    first = ranges([f"{_cut(one, one_length)}/{one_length}"])
    second = ranges([f"{_cut(other, other_length)}/{other_length}"])
    assert overlap(first, second) == (contains(first, second[0]) or contains(second, first[0]))


def _cut(number: int, length: int) -> str:
    kept = number >> (32 - length) << (32 - length)
    return ".".join(str(kept >> shift & 255) for shift in (24, 16, 8, 0))


def test_defaults_of_a_reference_are_dropped(estate: MemoryEstate) -> None:
    """azure-native sends policies beside a subnet's id; what is kept, and what counts as sent, is the id."""
    id = f"{NETWORK}/networkInterfaces/a"
    body = interface(SUBNET)
    reference = body["properties"]["ipConfigurations"][0]["properties"]["subnet"]
    reference["properties"] = {"privateEndpointNetworkPolicies": "Disabled"}
    assert estate.write(id, body).body == estate.write(id, interface(SUBNET)).body
    shown = estate.put(id, body)["properties"]["ipConfigurations"][0]["properties"]
    assert shown["subnet"] == {"id": SUBNET}
