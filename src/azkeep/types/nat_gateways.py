"""Microsoft.Network/natGateways. Source: Nat Gateways REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._linked_access import join
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    NAME,
    ZONES,
    address_in_use,
    in_use,
    not_in_region,
    referring,
    same_place,
    shown,
    with_value,
)
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.write import Estate, Write

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
POINTER = "/properties/natGateway/id"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for item in get(write.body, "/properties/publicIpAddresses", None) or []:
        address = estate.get(str(item.get("id"))) or {}
        if not same_place(address.get("location"), write.body.get("location")):
            return not_in_region(write.id, str(item.get("id")))
        if str(get(address, "/sku/name", "Standard")).lower() == "basic":
            text = (
                f"Nat Gateway {write.id} cannot use the public IP address {item['id']}: it must have the Standard sku."
            )
            return ArmFault(400, "NatGatewayCannotUseBasicSkuPublicIp", text)
        fault = address_in_use(write, str(item.get("id")), estate)
        if fault is not None:
            return fault
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    return shown(body, "subnets", referring(estate, id.text, SUBNETS, POINTER))


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    users = referring(estate, id.text, SUBNETS, POINTER)
    return in_use(id, users, "InUseNatGatewayCannotBeDeleted", "Nat gateway", "aka.ms/deletenatgateway")


TYPE = ResourceType(
    arm_type="Microsoft.Network/natGateways",
    token="azure-native:network:NatGateway",
    path=IN_RESOURCE_GROUP + "/natGateways/{natGatewayName}",
    name=NAME,
    linked=(
        join("/properties/publicIpAddresses/*/id", "publicIPAddresses"),
        join("/properties/publicIpPrefixes/*/id", "publicIPPrefixes"),
    ),
    links=(
        Link("/properties/publicIpAddresses/*/id", ("Microsoft.Network/publicIPAddresses",)),
        Link("/properties/publicIpPrefixes/*/id", ("Microsoft.Network/publicIPPrefixes",)),
    ),
    immutable=(ZONES,),
    read_only=("/properties/resourceGuid", "/properties/subnets"),
    # Nat Gateways REST API, create example response.
    defaults={"/sku/name": "Standard", "/properties/idleTimeoutInMinutes": 4},
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    put=Timing(asynchronous=True, accepted=True, seconds=8, creating="Updating"),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=8),
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    volatile=("/etag", "/properties/subnets"),
    unordered=("/properties/publicIpAddresses", "/properties/publicIpPrefixes", "/properties/subnets", "/zones"),
)
