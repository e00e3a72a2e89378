"""Microsoft.Network/privateDnsZones/virtualNetworkLinks. Source: Virtual Network Links REST API 2024-06-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._linked_access import join
from azkeep.types._network import IN_RESOURCE_GROUP, NAME, is_same, only_id, with_value
from azkeep.types._zone_records import EXISTS, MODIFIED
from azkeep.types.resource_type import Etags, Immutable, Link, ResourceType, Timing
from azkeep.types.write import Estate, Write

LINK = "Virtual Network link '{name}' for the Private DNS zone '{parent}'"
NETWORK = "/properties/virtualNetwork/id"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    zone = write.id.parent
    network = str(get(write.body, NETWORK))
    for other in estate.children(zone.text, "virtualNetworkLinks") if zone else ():
        if other["name"] != write.id.name and is_same(get(other, NETWORK), network):
            return ArmFault(
                409,
                "Conflict",
                "A virtual network cannot be linked to a zone with overlapping namespaces. You tried to link virtual"
                f" network with '{zone.name if zone else ''}' but it is already linked to the zone by '{other['id']}'.",
            )
    if get(write.body, "/properties/registrationEnabled") is True:
        return _registers_elsewhere(write, network, estate)
    return None


def _registers_elsewhere(write: Write, network: str, estate: Estate) -> ArmFault | None:
    """A network registers its machines in one zone only: private-dns-autoregistration."""
    for link in estate.referrers(network):
        registers = is_same(get(link, NETWORK), network) and get(link, "/properties/registrationEnabled") is True
        if registers and not is_same(link["id"], write.id.text):
            zone = str(link["id"]).rsplit("/", 2)[0]
            return ArmFault(
                409,
                "Conflict",
                "A virtual network can only be linked to 1 Private DNS zone(s) with auto-registration enabled;"
                f" conflicting Private DNS zone is '{zone}'.",
            )
    return None


def _complete(write: Write, estate: Estate) -> Body:
    body = only_id(write.body, "/properties/virtualNetwork")
    return with_value(body, "/properties/virtualNetworkLinkState", "Completed")


TYPE = ResourceType(
    arm_type="Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    token="azure-native:privatedns:VirtualNetworkLink",
    aliases=("azure-native:network:VirtualNetworkLink",),
    path=IN_RESOURCE_GROUP + "/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    autoname="copy",
    name=NAME,
    location="global",
    required=(NETWORK,),
    required_code="BadRequest",
    linked=(join(NETWORK, "virtualNetworks"),),
    links=(Link(NETWORK, ("Microsoft.Network/virtualNetworks",)),),
    immutable=(
        Immutable(
            NETWORK,
            code="BadRequest",
            message="The virtual network of a virtual network link cannot be changed. Delete the link '{name}' and"
            " create it anew.",
            status=400,
        ),
    ),
    read_only=("/properties/virtualNetworkLinkState",),
    # Virtual Network Links REST API: registration is off, names are resolved in the zone alone.
    defaults={"/properties/registrationEnabled": False, "/properties/resolutionPolicy": "Default"},
    check=_check,
    complete=_complete,
    put=Timing(asynchronous=True, accepted=True, seconds=10),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=10),
    etag=True,
    etags=Etags(form='"{}"', stale=MODIFIED.format(what=LINK), taken=EXISTS.format(what=LINK)),
    in_resource_graph=True,
    volatile=("/etag", "/properties/virtualNetworkLinkState"),
)
