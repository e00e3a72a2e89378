"""Microsoft.Network/virtualNetworks/virtualNetworkPeerings. Source: Virtual Network Peerings REST API 2024-05-01."""

from __future__ import annotations

from collections.abc import Iterable

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
    is_same,
    is_type,
    overlap,
    ranges,
    with_value,
)
from azkeep.types.resource_type import Immutable, Link, ResourceType
from azkeep.types.write import Effect, Estate, PutEffect, Write

ARM_TYPE = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
REMOTE = "/properties/remoteVirtualNetwork/id"
SPACE = "/properties/addressSpace/addressPrefixes"
STATE, DISCONNECTED = "/properties/peeringState", "Disconnected"


def _prefixes(network: Body | None) -> list[str]:
    return list(get(network or {}, SPACE, None) or [])


def _check(write: Write, estate: Estate) -> ArmFault | None:
    network, remote = write.id.parent, str(get(write.body, REMOTE))
    if network is None:
        return None
    if is_same(network.text, remote):
        text = f"Cannot create peering {write.id}. A virtual network cannot be peered to itself."
        return ArmFault(400, "CannotPeerVirtualNetworkToItself", text)
    here, there = _prefixes(estate.get(network.text)), _prefixes(estate.get(remote))
    if overlap(ranges(here), ranges(there)):
        both = [one for one in here if overlap(ranges([one]), ranges(there))]
        both += [one for one in there if overlap(ranges([one]), ranges(here))]
        return ArmFault(
            400,
            "VnetAddressSpacesOverlap",
            f"Cannot create or update peering {write.id}. Virtual networks {network} and {remote} cannot be peered"
            f" because their address spaces overlap. Overlapping address prefixes: {', '.join(both)}",
        )
    return _other_peering(write, network, remote, estate)


def _other_peering(write: Write, network: ArmId, remote: str, estate: Estate) -> ArmFault | None:
    """The fault in another peering of the two networks: the same way, or back and cut off."""
    for other in _peerings(estate, network.text, remote):
        if not is_same(other["id"], write.id.text):
            text = f"Peering {other['id']} already references remote virtual network Id: {remote}"
            return ArmFault(400, "AnotherPeeringAlreadyReferencesRemoteVnet", text)
    for back in _peerings(estate, remote, network.text):
        if get(back, STATE) == DISCONNECTED:
            return ArmFault(
                400,
                "RemotePeeringIsDisconnected",
                f"Cannot create or update peering {write.id} because remote peering {back['id']} referencing parent"
                f" virtual network {network} is in Disconnected state. Update or re-create the remote peering to get it"
                " back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and"
                " re-created.",
            )
    return None


def _peerings(estate: Estate, network: str, remote: str) -> list[Body]:
    """The stored peerings of a virtual network with another one."""
    return [each for each in estate.children(network, "virtualNetworkPeerings") if is_same(get(each, REMOTE), remote)]


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    """A peering that loses the one back to it stays Disconnected until it is written again."""
    if id.parent is None:
        return ()
    return _cut_off(_peerings(estate, str(get(body, REMOTE)), id.parent.text))


def peerings_cut_off(network: str, estate: Estate) -> tuple[Effect, ...]:
    """What becomes of the peerings with a virtual network that is deleted."""
    others = [each for each in estate.referrers(network) if is_type(each, ARM_TYPE)]
    return _cut_off(each for each in others if is_same(get(each, REMOTE), network))


def _cut_off(peerings: Iterable[Body]) -> tuple[Effect, ...]:
    cut = (with_value(each, STATE, DISCONNECTED) for each in peerings)
    return tuple(PutEffect(str(each["id"]), {"properties": each["properties"]}, merge=True) for each in cut)


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    """With the remote network's space, and the state that follows from whether it peers back."""
    remote = str(get(body, REMOTE))
    network = estate.get(remote)
    back = id.parent is not None and bool(_peerings(estate, remote, id.parent.text))
    if get(body, STATE) != DISCONNECTED:
        body = with_value(body, STATE, DISCONNECTED if network is None else "Connected" if back else "Initiated")
    body = with_value(body, "/properties/peeringSyncLevel", "FullyInSync" if back else "RemoteNotInSync")
    space = {"addressPrefixes": _prefixes(network)}
    body = with_value(body, "/properties/remoteAddressSpace", space)
    return with_value(body, "/properties/remoteVirtualNetworkAddressSpace", space)


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:network:VirtualNetworkPeering",
    path=IN_RESOURCE_GROUP + "/virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}",
    query_inputs=("syncRemoteAddressSpace",),
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    required=(REMOTE,),
    linked=(join(REMOTE, "virtualNetworks", "peer"),),
    links=(Link(REMOTE, ("Microsoft.Network/virtualNetworks",)),),
    immutable=(
        Immutable(
            REMOTE,
            code="ChangingRemoteVirtualNetworkNotAllowed",
            message="Changing the remote virtual network of peering {id} from {before} to {after} is not allowed.",
            status=400,
        ),
    ),
    read_only=(
        "/properties/peeringState",
        "/properties/peeringSyncLevel",
        "/properties/remoteAddressSpace",
        "/properties/remoteVirtualNetworkAddressSpace",
        "/properties/resourceGuid",
    ),
    # Virtual Network Peerings REST API, create example response.
    defaults={
        "/properties/allowVirtualNetworkAccess": True,
        "/properties/allowForwardedTraffic": False,
        "/properties/allowGatewayTransit": False,
        "/properties/useRemoteGateways": False,
        "/properties/doNotVerifyRemoteGateways": False,
        "/properties/peerCompleteVnets": True,
    },
    check=_check,
    complete=_complete,
    present=_present,
    on_delete=_on_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    tracked=False,
    in_resource_graph=False,
    volatile=("/etag", "/properties/peeringSyncLevel"),
)
