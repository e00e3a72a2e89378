"""Microsoft.Network/publicIPAddresses. Source: Public IP Addresses REST API 2024-05-01."""

from __future__ import annotations

import hashlib
from ipaddress import IPv4Address, IPv6Address

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
    ZONES,
    ip_configurations,
    referring,
    with_value,
)
from azkeep.types.resource_type import Immutable, ResourceType
from azkeep.types.write import Estate, Write

GATEWAYS = "Microsoft.Network/natGateways"
# Addresses that nobody routes: the benchmarking range of RFC 2544 and the documentation range of RFC 3849.
FIRST_V4, SIZE_V4 = int(IPv4Address("198.18.0.0")), 1 << 17
FIRST_V6 = int(IPv6Address("2001:db8::"))


def _is(body: Body, pointer: str, value: str) -> bool:
    return str(get(body, pointer, "")).lower() == value


def _check(write: Write, estate: Estate) -> ArmFault | None:
    dynamic = _is(write.body, "/properties/publicIPAllocationMethod", "dynamic")
    if dynamic and not _is(write.body, "/sku/name", "basic"):
        text = f"Standard sku publicIp {write.id} must have AllocationMethod set to Static."
        return ArmFault(400, "StandardAndStandardV2SkuPublicIPAddressesMustBeStatic", text)
    if (
        write.before is not None
        and _is(write.before, "/sku/name", "standard")
        and _is(write.body, "/sku/name", "basic")
    ):
        text = "Sku property is set at creation time and cannot be changed from Standard to Basic on resource update"
        text += f" for resource {write.id}."
        return ArmFault(400, "PublicIPAddressSkuCannotBeDowngraded", text)
    label = get(write.body, "/properties/dnsSettings/domainNameLabel")
    for other in estate.of_type("Microsoft.Network/publicIPAddresses") if label else ():
        same_region = other.get("location") == write.body.get("location")
        if (
            same_region
            and get(other, "/properties/dnsSettings/domainNameLabel") == label
            and other["id"] != str(write.id)
        ):
            text = (
                f"DNS record {label}.{write.body.get('location')}.cloudapp.azure.com is already used by another public"
            )
            return ArmFault(400, "DnsRecordInUse", f"{text} IP.")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    body = with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))
    if _is(body, "/properties/publicIPAllocationMethod", "static"):
        body = with_value(body, "/properties/ipAddress", _address(write))
    label = get(body, "/properties/dnsSettings/domainNameLabel")
    if label:
        name = f"{label}.{write.body.get('location')}.cloudapp.azure.com"
        body = with_value(body, "/properties/dnsSettings/fqdn", name)
    return body


def _address(write: Write) -> str:
    """An address of the resource's own, the same on every write."""
    stored = get(write.before or {}, "/properties/ipAddress")
    if stored:
        return str(stored)
    number = int.from_bytes(hashlib.sha256(write.guid("ipAddress").encode()).digest()[:8])
    if _is(write.body, "/properties/publicIPAddressVersion", "ipv6"):
        return str(IPv6Address(FIRST_V6 + number))
    return str(IPv4Address(FIRST_V4 + number % SIZE_V4))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    for user in ip_configurations(estate, id.text, "publicIPAddress")[:1]:
        body = with_value(body, "/properties/ipConfiguration", {"id": user})
    for gateway in referring(estate, id.text, GATEWAYS, "/properties/publicIpAddresses")[:1]:
        body = with_value(body, "/properties/natGateway", {"id": gateway})
    return body


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    users = (
        *ip_configurations(estate, id.text, "publicIPAddress"),
        *referring(estate, id.text, GATEWAYS, "/properties/publicIpAddresses"),
    )
    if not users:
        return None
    return ArmFault(
        400,
        "PublicIPAddressCannotBeDeleted",
        f"Public IP address {id} can not be deleted since it is still allocated to resource {users[0]}. In order to"
        " delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this,"
        " see aka.ms/deletepublicip.",
    )


TYPE = ResourceType(
    arm_type="Microsoft.Network/publicIPAddresses",
    token="azure-native:network:PublicIPAddress",
    path=IN_RESOURCE_GROUP + "/publicIPAddresses/{publicIpAddressName}",
    force_new=("location", "publicIPAddressVersion", "publicIPPrefix", "sku"),
    name=NAME,
    linked=(join("/properties/publicIPPrefix/id", "publicIPPrefixes"),),
    immutable=(
        ZONES,
        Immutable(
            "/properties/publicIPAddressVersion",
            code="PublicIPAddressVersionCannotBeChanged",
            message="The IP version of public IP address {id} cannot be changed from {before} to {after}.",
            status=400,
        ),
    ),
    read_only=(
        "/properties/ipAddress",
        "/properties/ipConfiguration",
        "/properties/natGateway",
        "/properties/resourceGuid",
        "/properties/dnsSettings/fqdn",
    ),
    # Public IP Addresses REST API, create example response; Standard is what is left since Basic was retired.
    defaults={
        "/sku/name": "Standard",
        "/sku/tier": "Regional",
        "/properties/publicIPAddressVersion": "IPv4",
        "/properties/publicIPAllocationMethod": "Dynamic",
        "/properties/idleTimeoutInMinutes": 4,
        "/properties/ipTags": [],
    },
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    volatile=("/etag", "/properties/ipConfiguration", "/properties/natGateway"),
    unordered=("/zones", "/properties/ipTags"),
)
