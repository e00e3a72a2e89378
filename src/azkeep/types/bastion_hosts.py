"""Microsoft.Network/bastionHosts. Source: Bastion Hosts REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._gateways import configurations, first_subnet, place_fault
from azkeep.types._linked_access import join, join_subnet
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, is_same, with_value
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.write import Estate, Write

ARM_TYPE = "Microsoft.Network/bastionHosts"
# bastion-configuration-settings: what only the Standard tier and above may turn on.
STANDARD_ONLY = ("enableFileCopy", "enableIpConnect", "enableShareableLink", "enableTunneling")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    tier = str(get(write.body, "/sku/name", "")).lower()
    wanted = [name for name in STANDARD_ONLY if get(write.body, f"/properties/{name}") is True]
    if wanted and tier in ("basic", "developer"):
        text = f"Bastion host {write.id} of sku {get(write.body, '/sku/name')} does not support {', '.join(wanted)}."
        return ArmFault(400, "BastionHostFeatureNotSupportedForSku", text)
    subnet = first_subnet(write.body)
    for other in estate.of_type(ARM_TYPE):
        if subnet and is_same(first_subnet(other), subnet) and not is_same(other["id"], write.id.text):
            text = f"Subnet {subnet} already has the bastion host {other['id']}; a virtual network has one."
            return ArmFault(400, "BastionHostSubnetInUse", text)
    return place_fault(write, estate, "AzureBastionSubnet", "BastionHost")


def _complete(write: Write, estate: Estate) -> Body:
    body = with_value(write.body, "/properties/dnsName", f"bst-{write.guid('dnsName')}.bastion.azure.com")
    return with_value(body, "/properties/ipConfigurations", configurations(write, ARM_TYPE))


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:network:BastionHost",
    path=IN_RESOURCE_GROUP + "/bastionHosts/{bastionHostName}",
    name=NAME,
    linked=(
        join_subnet("/properties/ipConfigurations/*/properties/subnet/id"),
        join("/properties/ipConfigurations/*/properties/publicIPAddress/id", "publicIPAddresses"),
        join("/properties/virtualNetwork/id", "virtualNetworks"),
    ),
    links=(
        Link("/properties/ipConfigurations/*/properties/subnet/id", ("Microsoft.Network/virtualNetworks/subnets",)),
        Link("/properties/ipConfigurations/*/properties/publicIPAddress/id", ("Microsoft.Network/publicIPAddresses",)),
        Link("/properties/virtualNetwork/id", ("Microsoft.Network/virtualNetworks",)),
    ),
    read_only=("/properties/dnsName", "/properties/ipConfigurations/*/properties/subnet/properties"),
    # Bastion Hosts REST API, create example response; bastion-configuration-settings: two instances at first.
    defaults={"/sku/name": "Standard", "/properties/scaleUnits": 2},
    check=_check,
    complete=_complete,
    put=Timing(asynchronous=True, seconds=20, creating="Updating"),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=20),
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
)
