"""Microsoft.Network/virtualNetworks/virtualNetworkPeerings. Source: Virtual Network Peerings REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._linked_access import join
from azkeep.types._network import IN_RESOURCE_GROUP, NAME, SHORT_DELETE, SHORT_PUT, is_same, overlap, ranges, with_value
from azkeep.types.resource_type import Immutable, Link, ResourceType
from azkeep.types.write import Estate, Write

REMOTE = "/properties/remoteVirtualNetwork/id"
SPACE = "/properties/addressSpace/addressPrefixes"


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
        return ArmFault(
            400,
            "VnetAddressSpacesOverlap",
            f"Cannot create or update peering {write.id}. Virtual networks {network} and {remote} cannot be peered"
            f" because their address spaces overlap. Overlapping address prefixes: {', '.join([*here, *there])}",
        )
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    """With the remote network's space, and the state that follows from whether it peers back."""
    remote = str(get(body, REMOTE))
    network = estate.get(remote)
    back = id.parent is not None and any(
        is_same(get(each, REMOTE), id.parent.text) for each in estate.children(remote, "virtualNetworkPeerings")
    )
    state = "Disconnected" if network is None else "Connected" if back else "Initiated"
    body = with_value(body, "/properties/peeringState", state)
    body = with_value(body, "/properties/peeringSyncLevel", "FullyInSync" if back else "RemoteNotInSync")
    space = {"addressPrefixes": _prefixes(network)}
    body = with_value(body, "/properties/remoteAddressSpace", space)
    return with_value(body, "/properties/remoteVirtualNetworkAddressSpace", space)


TYPE = ResourceType(
    arm_type="Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
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
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    tracked=False,
    in_resource_graph=False,
    volatile=("/etag", "/properties/peeringSyncLevel"),
)
