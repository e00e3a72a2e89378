"""What Microsoft.Network tells beside its resources: use and limits, free addresses and names, services. Pure.

Sources: Network REST API 2024-05-01, Usages, Virtual Networks, Check DNS Name Availability, Available Endpoint
Services, Available Private Endpoint Types; azure-subscription-service-limits, networking.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import region, same_text
from azkeep.types._network import (
    free_addresses,
    is_address,
    is_reserved,
    ranges,
    subnet_prefixes,
    taken_addresses,
)
from azkeep.types.write import Estate

PLACE = "/subscriptions/{}/providers/Microsoft.Network"
KEPT_BY_AZURE = 5
OFFERED = 5

COUNTED: tuple[tuple[str, str, int], ...] = (
    ("VirtualNetworks", "Virtual Networks", 1000),
    ("NetworkSecurityGroups", "Network Security Groups", 5000),
    ("PublicIPAddresses", "Public IP Addresses", 1000),
    ("NetworkInterfaces", "Network Interfaces", 65536),
    ("PrivateEndpoints", "Private Endpoints", 65536),
    ("RouteTables", "Route Tables", 200),
    ("ApplicationSecurityGroups", "Application Security Groups.", 3000),
    ("NetworkWatchers", "Network Watchers", 1),
    ("NatGateways", "Nat Gateways", 1000),
    ("AzureFirewalls", "Azure Firewalls", 1000),
    ("BastionHosts", "Bastion Hosts", 1000),
)
"""Names of usages that count the resources of a type: value, what people read, and the documented limit."""

EACH: tuple[tuple[str, str, int], ...] = (
    ("DnsServersPerVirtualNetwork", "DNS servers per Virtual Network", 20),
    ("SubnetsPerVirtualNetwork", "Subnets per Virtual Network", 3000),
    ("IPConfigurationsPerVirtualNetwork", "IP Configurations per Virtual Network", 65536),
    ("PeeringsPerVirtualNetwork", "Peerings per Virtual Network", 500),
    ("SecurityRulesPerNetworkSecurityGroup", "Security rules per Network Security Group", 1000),
    (
        "SecurityRuleAddressesOrPortsPerNetworkSecurityGroup",
        "Security rules addresses or ports per Network Security Group",
        4000,
    ),
    ("RoutesPerRouteTable", "Routes per Route Table", 400),
    ("SecondaryIPConfigurationsPerNetworkInterface", "Secondary IP Configurations per Network Interface", 256),
)
"""Names of usages that bound a single resource: of these nothing is counted."""

ENDPOINT_SERVICES = (
    "Microsoft.Storage", "Microsoft.Sql", "Microsoft.AzureActiveDirectory", "Microsoft.AzureCosmosDB", "Microsoft.Web",
    "Microsoft.KeyVault", "Microsoft.EventHub", "Microsoft.ServiceBus", "Microsoft.ContainerRegistry",
    "Microsoft.CognitiveServices", "Microsoft.Storage.Global",
)  # fmt: skip


LINKED_TYPES = (
    "Microsoft.ContainerRegistry/registries", "Microsoft.EventGrid/domains", "Microsoft.EventGrid/topics",
    "Microsoft.Insights/privateLinkScopes", "Microsoft.KeyVault/vaults",
    "Microsoft.MachineLearningServices/registries", "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.Sql/servers", "Microsoft.Storage/storageAccounts", "Microsoft.Web/sites",
)  # fmt: skip
"""The types whose groups `_private_link` has."""


def usages(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """How many resources of each type a region has, and may have, in whole numbers.

    Source of the form: an answer that the Azure CLI's own tests have recorded (test_network_usage_list).
    """
    counted = [
        (name, shown, limit, _number(f"Microsoft.Network/{name}", subscription, location, estate))
        for name, shown, limit in COUNTED
    ]
    counted += [(name, shown, limit, 0) for name, shown, limit in EACH]
    place = f"{PLACE.format(subscription)}/locations/{location}/usages"
    return {
        "value": [
            {
                "id": f"{place}/{name}",
                "name": {"value": name, "localizedValue": shown},
                "currentValue": number,
                "limit": limit,
                "unit": "Count",
            }
            for name, shown, limit, number in counted
        ]
    }


def _number(arm_type: str, subscription: str, location: str, estate: Estate) -> int:
    return sum(
        same_text(ArmId.parse(str(each["id"])).subscription, subscription) and region(each) == location
        for each in estate.of_type(arm_type)
    )


def endpoint_services(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """The services that a subnet of the region may have service endpoints of."""
    kind = "virtualNetworkEndpointServices"
    place = f"{PLACE.format(subscription)}/{kind}"
    return {
        "value": [
            {"name": name, "id": f"{place}/{name}", "type": f"Microsoft.Network/{kind}"} for name in ENDPOINT_SERVICES
        ]
    }


def private_endpoint_types(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """The types that a private endpoint of the region may lead to."""
    kind = "availablePrivateEndpointTypes"
    return {
        "value": [
            {
                "name": name.replace("/", "."),
                "id": f"{PLACE.format(subscription)}/{kind}/{name.replace('/', '.')}",
                "type": f"Microsoft.Network/{kind}",
                "resourceName": name,
            }
            for name in LINKED_TYPES
        ]
    }


def dns_name(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body | ArmFault:
    """Whether a public address of the region may have a label, which must be nobody's in it."""
    label = sent.get("domainnamelabel", "")
    if not label:
        return ArmFault(400, "InvalidRequestFormat", "Cannot parse the request: domainNameLabel is missing.")
    return {
        "available": not any(
            same_text(get(each, "/properties/dnsSettings/domainNameLabel"), label) and region(each) == location
            for each in estate.of_type("Microsoft.Network/publicIPAddresses")
        )
    }


def subnet_usages(id: ArmId, body: Body, estate: Estate) -> Body:
    """How many addresses of each subnet are taken, and how many there are to take."""
    return {"value": [_subnet_usage(subnet, estate) for subnet in estate.children(id.text, "subnets")]}


def _subnet_usage(subnet: Body, estate: Estate) -> dict[str, Any]:
    size = sum(max(0, block.num_addresses - KEPT_BY_AZURE) for block in _blocks(subnet))
    return {
        "id": str(subnet["id"]),
        "name": {"value": "SubnetSpace", "localizedValue": "Subnet size and usage"},
        "currentValue": float(len(taken_addresses(estate, str(subnet["id"])))),
        "limit": float(size),
        "unit": "Count",
    }


def _blocks(subnet: Body) -> tuple[Any, ...]:
    return tuple(block for block in ranges(subnet_prefixes(subnet)) if block.version == 4)


def address_availability(id: ArmId, body: Body, sent: Mapping[str, str], estate: Estate) -> Body | ArmFault:
    """Whether a private address of the network is free; if it is not, the first ones of its subnet that are."""
    address = sent.get("ipaddress", "")
    if not is_address(address):
        return ArmFault(400, "InvalidIPAddress", f"IP address {address} is not a valid IP address.")
    for subnet in estate.children(id.text, "subnets"):
        block = next((each for each in _blocks(subnet) if ip_address(address) in each), None)
        if block is not None:
            place = str(subnet["id"])
            platform = is_reserved(address, block)
            if not platform and address not in taken_addresses(estate, place):
                return {"available": True, "availableIPAddresses": [], "isPlatformReserved": False}
            free = free_addresses(estate, place, OFFERED)
            return {"available": False, "availableIPAddresses": list(free), "isPlatformReserved": platform}
    return ArmFault(
        400,
        "PrivateIPAddressNotInAnySubnet",
        f"Private static IP address {address} does not belong to the range of any subnet in the virtual network {id}.",
    )
