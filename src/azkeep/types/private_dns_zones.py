"""Microsoft.Network/privateDnsZones. Source: Private Zones REST API 2024-06-01."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import IN_RESOURCE_GROUP
from azkeep.types._zone_records import EXISTS, MODIFIED
from azkeep.types.private_dns_records import KINDS
from azkeep.types.resource_type import Etags, Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

# Azure DNS limits; the same numbers stand in the create example response.
LIMITS = {
    "maxNumberOfRecordSets": 25000,
    "maxNumberOfVirtualNetworkLinks": 1000,
    "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
}
LINKS = "virtualNetworkLinks"


def _complete(write: Write, estate: Estate) -> Body:
    identity = b64encode(f"ImmutableZoneIdentity;{write.guid('zone')};0".encode()).decode()
    return {**write.body, "properties": {**LIMITS, "internalId": identity}}


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    links = estate.children(id.text, LINKS)
    registering = [link for link in links if get(link, "/properties/registrationEnabled") is True]
    counters = {
        # The start-of-authority record is a record set too, which every zone has.
        "numberOfRecordSets": 1 + sum(len(estate.children(id.text, kind)) for kind in KINDS),
        "numberOfVirtualNetworkLinks": len(links),
        "numberOfVirtualNetworkLinksWithRegistration": len(registering),
    }
    return {**body, "properties": {**body.get("properties", {}), **counters}}


def _authority(id: ArmId) -> dict[str, Any]:
    """The start-of-authority record, which every zone has. Source: Record Sets - List, example response."""
    return {
        "id": f"{id}/SOA/@",
        "name": "@",
        "type": "Microsoft.Network/privateDnsZones/SOA",
        "properties": {
            "fqdn": f"{id.name}.",
            "ttl": 3600,
            "isAutoRegistered": False,
            "soaRecord": {
                "host": "azureprivatedns.net",
                "email": "azureprivatedns-host.microsoft.com",
                "serialNumber": 1,
                "refreshTime": 3600,
                "retryTime": 300,
                "expireTime": 2419200,
                "minimumTtl": 10,
            },
        },
    }


def _authorities(id: ArmId, body: Body, estate: Estate) -> Body:
    return {"value": [_authority(id)]}


def _every_record(id: ArmId, body: Body, estate: Estate) -> Body:
    written = [record for kind in KINDS for record in estate.children(id.text, kind)]
    return {"value": [_authority(id), *written]}


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    if not estate.children(id.text, LINKS):
        return None
    return ArmFault(409, "CannotDeleteResource", "Can not delete resource before nested resources are deleted.")


TYPE = ResourceType(
    arm_type="Microsoft.Network/privateDnsZones",
    token="azure-native:privatedns:PrivateZone",
    aliases=("azure-native:network:PrivateZone",),
    path=IN_RESOURCE_GROUP + "/privateDnsZones/{privateZoneName}",
    name=NameRule(
        # private-dns-overview: 2 to 34 labels of up to 63 characters.
        pattern=r"^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?){1,33}$",
        maximum=253,
        code="BadRequest",
        message="The domain name '{name}' is invalid. The provided zone name is not a valid private DNS zone name.",
    ),
    location="global",
    immutable=(
        Immutable(
            "/location",
            code="InvalidResourceLocation",
            message="The resource '{name}' already exists in location '{before}' and cannot be created in location"
            " '{after}'. Please select a new resource name.",
        ),
    ),
    read_only=("/properties",),
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    views={"ALL": _every_record, "SOA": _authorities},
    put=Timing(asynchronous=True, accepted=True, seconds=10),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=10),
    etag=True,
    etags=Etags(form="{}", stale=MODIFIED.format(what="Zone {name}"), taken=EXISTS.format(what="Zone {name}")),
    in_resource_graph=True,
    volatile=(
        "/etag",
        "/properties/numberOfRecordSets",
        "/properties/numberOfVirtualNetworkLinks",
        "/properties/numberOfVirtualNetworkLinksWithRegistration",
    ),
)
