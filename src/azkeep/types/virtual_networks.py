"""Microsoft.Network/virtualNetworks. Source: Virtual Networks REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._linked_access import join
from azkeep.types._network import (
    CLASSES,
    FLOW_LOGS,
    IN_RESOURCE_GROUP,
    SHORT_NAME,
    TARGET,
    duplicate_child,
    is_same,
    overlap,
    parse_range,
    ranges,
    referring,
    shown,
    with_value,
)
from azkeep.types._network_usage import (
    address_availability,
    dns_name,
    endpoint_services,
    private_endpoint_types,
    subnet_usages,
    usages,
)
from azkeep.types._subnet_ranges import malformed, range_fault
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.subnets import VOLATILE as SUBNET_VOLATILE
from azkeep.types.subnets import subnet_in_use
from azkeep.types.virtual_network_peerings import TYPE as PEERING
from azkeep.types.virtual_network_peerings import peerings_cut_off
from azkeep.types.write import DeleteEffect, Effect, Estate, Write

SPACE = "/properties/addressSpace/addressPrefixes"
LINKS = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    prefixes = get(write.body, SPACE, None) or []
    if not prefixes:
        text = "A Virtual Network must have at least one address prefix or IP address pool. Virtual Network:"
        return ArmFault(400, "NoAddressPrefixOrPoolProvided", f"{text} {write.id}")
    for index, prefix in enumerate(prefixes):
        if parse_range(prefix) is None:
            return malformed(prefix, write.id.text)
        if overlap(ranges([prefix]), ranges(prefixes[:index])):
            text = (
                f"Address prefix {prefix} of virtual network {write.id} overlaps with another of its address prefixes."
            )
            return ArmFault(400, "AddressSpacePrefixesOverlap", text)
    return _subnets_fault(write, prefixes, estate)


def _subnets_fault(write: Write, prefixes: list[str], estate: Estate) -> ArmFault | None:
    """The fault in the subnets that are sent, else in those that stay."""
    sent = get(write.sent, "/properties/subnets", None)
    subnets = estate.children(write.id.text, "subnets") if sent is None else sent
    twice = duplicate_child(write.id, subnets)
    if twice is not None:
        return twice
    for index, subnet in enumerate(subnets):
        fault = range_fault(write.id, prefixes, subnet, subnets[:index])
        if fault is not None:
            return fault
    names = {str(subnet.get("name", "")).lower() for subnet in subnets}
    for child in estate.children(write.id.text, "subnets"):
        fault = subnet_in_use(ArmId.parse(str(child["id"])), child, estate)
        if str(child["name"]).lower() not in names and fault is not None:
            return fault
    return None


def _complete(write: Write, estate: Estate) -> Body:
    body: Body = write.body
    options = get(body, "/properties/dhcpOptions")
    if options is not None and get(options, "/dnsServers") is None:
        body = with_value(body, "/properties/dhcpOptions/dnsServers", [])
    return with_value(body, "/properties/resourceGuid", write.guid("resourceGuid"))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    return shown(body, "flowLogs", referring(estate, id.text, FLOW_LOGS, TARGET))


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    for child in estate.children(id.text, "subnets"):
        fault = subnet_in_use(ArmId.parse(str(child["id"])), child, estate)
        if fault is not None:
            return fault
    return None


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    """Links of private zones to a deleted network are cleared with it: dns-faq, private zones."""
    links = tuple(
        DeleteEffect(str(link["id"]))
        for link in estate.referrers(id.text)
        if is_same(link["type"], LINKS) and is_same(get(link, "/properties/virtualNetwork/id"), id.text)
    )
    return (*links, *peerings_cut_off(id.text, estate))


TYPE = ResourceType(
    arm_type="Microsoft.Network/virtualNetworks",
    token="azure-native:network:VirtualNetwork",
    path=IN_RESOURCE_GROUP + "/virtualNetworks/{virtualNetworkName}",
    force_new=("location",),
    maintained=("subnets", "virtualNetworkPeerings"),
    name=SHORT_NAME,
    linked=(join("/properties/ddosProtectionPlan/id", "ddosProtectionPlans"),),
    links=(Link("/properties/ddosProtectionPlan/id", ("Microsoft.Network/ddosProtectionPlans",)),),
    read_only=(
        "/properties/resourceGuid",
        "/properties/flowLogs",
        "/properties/defaultPublicNatGateway",
        *(f"/properties/virtualNetworkPeerings/*{pointer}" for pointer in PEERING.read_only),
    ),
    # Values the service fills in on create: Virtual Networks REST API, create example response.
    defaults={
        "/properties/enableDdosProtection": False,
        "/properties/virtualNetworkPeerings": [],
        "/properties/privateEndpointVNetPolicies": "Disabled",
    },
    inline={
        "/properties/subnets": "Microsoft.Network/virtualNetworks/subnets",
        "/properties/virtualNetworkPeerings": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    },
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    on_delete=_on_delete,
    views={"usages": subnet_usages},
    asked={"checkIPAddressAvailability": address_availability},
    regional={
        "usages": usages,
        "virtualNetworkAvailableEndpointServices": endpoint_services,
        "availablePrivateEndpointTypes": private_endpoint_types,
        "checkDnsNameAvailability": dns_name,
    },
    put=Timing(asynchronous=True, seconds=5, creating="Updating"),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    # What stands in a subnet is somebody else's change; the lists in the subnets follow it.
    volatile=(
        "/etag",
        "/properties/flowLogs",
        *(f"/properties/subnets/*{pointer}" for pointer in SUBNET_VOLATILE),
        *(f"/properties/virtualNetworkPeerings/*{pointer}" for pointer in PEERING.volatile),
    ),
    unordered=("/properties/subnets", SPACE, "/properties/virtualNetworkPeerings"),
)
