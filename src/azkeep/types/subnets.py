"""Microsoft.Network/virtualNetworks/subnets. Source: Subnets REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._linked_access import join
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    home_of_subnet,
    ip_configurations,
    listing,
    not_in_region,
    occupants,
    only_id,
    ranges,
    referring,
    same_place,
    shown,
    subnet_prefixes,
    with_value,
)
from azkeep.types._subnet_ranges import range_fault
from azkeep.types.resource_type import Link, ResourceType
from azkeep.types.write import Estate, Write

VIRTUAL_NETWORKS = "Microsoft.Network/virtualNetworks"
PRIVATE_ENDPOINTS = "Microsoft.Network/privateEndpoints"
VOLATILE = (
    "/etag",
    "/properties/ipConfigurations",
    "/properties/privateEndpoints",
    "/properties/purpose",
    "/properties/serviceAssociationLinks",
)
ATTACHED = ("networkSecurityGroup", "routeTable", "natGateway")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    network = write.id.parent
    if network is None:
        return None
    fault = None if write.listed else _range_fault(write, network, estate)
    return fault or _attached_elsewhere(write, estate) or _shrunk(write, estate)


def _range_fault(write: Write, network: ArmId, estate: Estate) -> ArmFault | None:
    siblings = [child for child in estate.children(network.text, "subnets") if child.get("name") != write.id.name]
    space = get(estate.get(network.text) or {}, "/properties/addressSpace/addressPrefixes", [])
    return range_fault(network, space, {**write.body, "name": write.id.name}, siblings)


def _attached_elsewhere(write: Write, estate: Estate) -> ArmFault | None:
    home = home_of_subnet(estate, write.id.text)
    for member in ATTACHED:
        target = get(write.body, f"/properties/{member}/id")
        if target and not same_place(get(estate.get(target) or {}, "/location"), home):
            return not_in_region(write.id, target)
    return None


def _shrunk(write: Write, estate: Estate) -> ArmFault | None:
    if write.before is None or ranges(subnet_prefixes(write.before)) == ranges(subnet_prefixes(write.body)):
        return None
    users = occupants(estate, write.id.text)
    if not users:
        return None
    return ArmFault(
        400,
        "InUsePrefixCannotBeDeleted",
        f"IpPrefix {', '.join(subnet_prefixes(write.before))} on Subnet {write.id.name} has active allocations and"
        " cannot be deleted.",
    )


def _complete(write: Write, estate: Estate) -> Body:
    body: Body = write.body
    for member in ATTACHED:
        body = only_id(body, f"/properties/{member}")
    endpoints = [_with_locations(item, write, estate) for item in get(body, "/properties/serviceEndpoints", None) or []]
    if endpoints:
        body = with_value(body, "/properties/serviceEndpoints", endpoints)
    delegations = [_delegation(item, write.id) for item in get(body, "/properties/delegations", None) or []]
    return with_value(body, "/properties/delegations", delegations)


def _with_locations(endpoint: Body, write: Write, estate: Estate) -> Body:
    """Azure adds the regions that an endpoint serves; the network's own one where the pair is not recorded here."""
    home = home_of_subnet(estate, write.id.text)
    locations = endpoint.get("locations") or ([home] if home else ["*"])
    return {**endpoint, "locations": locations, "provisioningState": "Succeeded"}


def _delegation(item: Body, subnet: ArmId) -> Body:
    name = item.get("name")
    return {
        **item,
        "id": f"{subnet}/delegations/{name}",
        "type": "Microsoft.Network/virtualNetworks/subnets/delegations",
        "properties": {
            **item.get("properties", {}),
            "actions": get(item, "/properties/actions", ["Microsoft.Network/virtualNetworks/subnets/action"]),
            "provisioningState": "Succeeded",
        },
    }


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    endpoints = referring(estate, id.text, PRIVATE_ENDPOINTS, "/properties/subnet/id")
    body = shown(body, "ipConfigurations", ip_configurations(estate, id.text, "subnet"))
    body = shown(body, "privateEndpoints", endpoints)
    return with_value(body, "/properties/purpose", "PrivateEndpoints") if endpoints else body


def subnet_in_use(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    """The fault that keeps a subnet from being deleted; None if nothing stands in it."""
    users = occupants(estate, id.text)
    if not users:
        return None
    return ArmFault(
        400,
        "InUseSubnetCannotBeDeleted",
        f"Subnet {id.name} is in use by {users[0]} and cannot be deleted. In order to delete the subnet, delete all the"
        " resources within the subnet. See aka.ms/deletesubnet.",
    )


TYPE = ResourceType(
    arm_type="Microsoft.Network/virtualNetworks/subnets",
    token="azure-native:network:Subnet",
    path=IN_RESOURCE_GROUP + "/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    linked=(
        join("/properties/networkSecurityGroup/id", "networkSecurityGroups"),
        join("/properties/routeTable/id", "routeTables"),
        join("/properties/natGateway/id", "natGateways"),
        join("/properties/serviceEndpointPolicies/*/id", "serviceEndpointPolicies"),
    ),
    links=(
        Link("/properties/networkSecurityGroup/id", ("Microsoft.Network/networkSecurityGroups",)),
        Link("/properties/routeTable/id", ("Microsoft.Network/routeTables",)),
        Link("/properties/natGateway/id", ("Microsoft.Network/natGateways",)),
        Link("/properties/serviceEndpointPolicies/*/id", ("Microsoft.Network/serviceEndpointPolicies",)),
    ),
    read_only=(
        # Attached resources are named by id; what else is sent of them is not theirs to change.
        *(f"/properties/{member}/properties" for member in ATTACHED),
        "/properties/ipConfigurations",
        "/properties/ipConfigurationProfiles",
        "/properties/privateEndpoints",
        "/properties/purpose",
        "/properties/resourceNavigationLinks",
        "/properties/serviceAssociationLinks",
        "/properties/serviceEndpoints/*/provisioningState",
        "/properties/delegations/*/properties/provisioningState",
    ),
    # Both values: Subnets REST API, create example response of 2024-05-01.
    defaults={
        "/properties/privateEndpointNetworkPolicies": "Disabled",
        "/properties/privateLinkServiceNetworkPolicies": "Enabled",
    },
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=subnet_in_use,
    views={name: listing(name) for name in ("resourceNavigationLinks", "serviceAssociationLinks")},
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    regional_write_lock=True,
    tracked=False,
    in_resource_graph=False,
    # What stands in a subnet is somebody else's change; the lists follow it.
    volatile=VOLATILE,
    unordered=(
        "/properties/delegations",
        "/properties/serviceEndpoints",
        "/properties/serviceEndpoints/*/locations",
        "/properties/addressPrefixes",
        "/properties/ipConfigurations",
        "/properties/privateEndpoints",
    ),
)
