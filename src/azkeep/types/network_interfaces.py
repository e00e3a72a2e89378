"""Microsoft.Network/networkInterfaces. Source: Network Interfaces REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._interface_addresses import OWNER, completed_configurations, interface_fault
from azkeep.types._linked_access import join, join_subnet
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    listing,
    only_id,
    with_value,
)
from azkeep.types.resource_type import Link, ResourceType
from azkeep.types.write import Estate, Write

CONFIGURATION = "/properties/ipConfigurations/*/properties"


def _complete(write: Write, estate: Estate) -> Body:
    body = with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))
    body = with_value(body, "/properties/ipConfigurations", completed_configurations(write, estate))
    return only_id(body, "/properties/networkSecurityGroup")


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    owner = get(body, OWNER)
    if owner and estate.get(str(owner)) is not None:
        text = f"Network interface {id} is attached to private endpoint {owner} and cannot be deleted."
        return ArmFault(400, "NicInUseWithPrivateEndpoint", f"{text} Delete the private endpoint instead.")
    machine = get(body, "/properties/virtualMachine/id")
    if machine:
        text = f"Nic(s) in request is used by resource {machine}. To learn how to do this, see aka.ms/deletenic."
        return ArmFault(400, "NicInUse", text)
    return None


def _made_by_service(id: ArmId, body: Body) -> bool:
    return bool(get(body, OWNER))


TYPE = ResourceType(
    arm_type="Microsoft.Network/networkInterfaces",
    token="azure-native:network:NetworkInterface",
    path=IN_RESOURCE_GROUP + "/networkInterfaces/{networkInterfaceName}",
    name=NAME,
    required=("/properties/ipConfigurations",),
    linked=(
        join_subnet(f"{CONFIGURATION}/subnet/id"),
        join(f"{CONFIGURATION}/publicIPAddress/id", "publicIPAddresses"),
        join(f"{CONFIGURATION}/applicationSecurityGroups/*/id", "applicationSecurityGroups", "joinIpConfiguration"),
        join("/properties/networkSecurityGroup/id", "networkSecurityGroups"),
    ),
    links=(
        Link(f"{CONFIGURATION}/subnet/id", ("Microsoft.Network/virtualNetworks/subnets",)),
        Link(f"{CONFIGURATION}/publicIPAddress/id", ("Microsoft.Network/publicIPAddresses",)),
        Link("/properties/networkSecurityGroup/id", ("Microsoft.Network/networkSecurityGroups",)),
    ),
    read_only=(
        # azure-native's SubnetArgs brings defaults of its own beside the id of the subnet.
        f"{CONFIGURATION}/subnet/properties",
        f"{CONFIGURATION}/publicIPAddress/properties",
        "/properties/networkSecurityGroup/properties",
        "/properties/macAddress",
        "/properties/privateEndpoint",
        "/properties/primary",
        "/properties/resourceGuid",
        "/properties/virtualMachine",
        "/properties/hostedWorkloads",
        "/properties/tapConfigurations",
        "/properties/ipConfigurations/*/properties/privateLinkConnectionProperties",
    ),
    # Network Interfaces REST API, create example response.
    defaults={
        "/properties/dnsSettings/dnsServers": [],
        "/properties/dnsSettings/appliedDnsServers": [],
        "/properties/enableAcceleratedNetworking": False,
        "/properties/enableIPForwarding": False,
        "/properties/disableTcpStateTracking": False,
        "/properties/vnetEncryptionSupported": False,
        "/properties/hostedWorkloads": [],
        "/properties/tapConfigurations": [],
        "/properties/nicType": "Standard",
        "/properties/auxiliaryMode": "None",
        "/properties/auxiliarySku": "None",
        "/properties/macAddress": "",
    },
    check=interface_fault,
    complete=_complete,
    blocks_delete=_blocks_delete,
    views={"ipConfigurations": listing("ipConfigurations")},
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    volatile=("/etag", "/properties/macAddress", "/properties/dnsSettings/internalDomainNameSuffix"),
    unordered=("/properties/hostedWorkloads", "/properties/tapConfigurations"),
    made_by_service=_made_by_service,
)
