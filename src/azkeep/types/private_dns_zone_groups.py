"""Microsoft.Network/privateEndpoints/privateDnsZoneGroups. Source: Private Dns Zone Groups REST API 2024-05-01."""

from __future__ import annotations

from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._linked_access import join
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, with_value
from azkeep.types._zone_records import record_effects, record_sets, records, removals, zone_ids
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.write import Effect, Estate, PutEffect, Write

# private-endpoint-dns: a group holds up to five zones, and an endpoint one group.
MOST_ZONES = 5


def _endpoint(id: ArmId, estate: Estate) -> Body:
    return (estate.get(id.parent.text) or {}) if id.parent else {}


def _check(write: Write, estate: Estate) -> ArmFault | None:
    configs = get(write.body, "/properties/privateDnsZoneConfigs", None) or []
    endpoint = write.id.parent.text if write.id.parent else ""
    others = [one for one in estate.children(endpoint, "privateDnsZoneGroups") if one["name"] != write.id.name]
    if others:
        text = (
            f"Private endpoint {endpoint} already has the private DNS zone group {others[0]['name']}. Only one private"
        )
        return ArmFault(400, "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed", text + " DNS zone group is"
                        " allowed per private endpoint.")  # fmt: skip
    if len(configs) > MOST_ZONES:
        text = (
            f"Private DNS zone group {write.id} has {len(configs)} private DNS zone configs; at most {MOST_ZONES} are"
        )
        return ArmFault(400, "PrivateDnsZoneConfigsLimitExceeded", f"{text} allowed.")
    names = [str(config.get("name", "")) for config in configs]
    if not all(names):
        return ArmFault(400, "InvalidRequestFormat", "Cannot parse the request.")
    if len({name.lower() for name in names}) < len(names):
        return ArmFault(
            400, "DuplicateResourceName", f"Resource {write.id} has two child resources with the same name."
        )
    return _two_zones_of_a_name(write)


def _two_zones_of_a_name(write: Write) -> ArmFault | None:
    zones = [ArmId.parse(id).name.lower() for id in zone_ids(write.body)]
    for zone in zones:
        if zones.count(zone) > 1:
            text = f"Private DNS zone group {write.id} refers to more than one private DNS zone named {zone}."
            return ArmFault(400, "PrivateDnsZoneGroupHasDuplicateZones", text)
    return None


def _complete(write: Write, estate: Estate) -> Body:
    endpoint = _endpoint(write.id, estate)
    configs = [
        _with_records(write.id, config, endpoint, estate)
        for config in get(write.body, "/properties/privateDnsZoneConfigs", None) or []
    ]
    return with_value(write.body, "/properties/privateDnsZoneConfigs", configs)


def _with_records(id: ArmId, config: Body, endpoint: Body, estate: Estate) -> dict[str, Any]:
    zone = str(get(config, "/properties/privateDnsZoneId"))
    return {
        **config,
        "id": f"{id}/privateDnsZoneConfigs/{config['name']}",
        "type": "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/privateDnsZoneConfigs",
        "properties": {
            "provisioningState": "Succeeded",
            "privateDnsZoneId": zone,
            "recordSets": record_sets(records(endpoint, zone, estate)),
        },
    }


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    parent = write.id.parent
    if parent is None:
        return ()
    endpoint = _endpoint(write.id, estate)
    guid = str(get(endpoint, "/properties/resourceGuid") or write.guid("endpoint"))
    puts: list[Effect] = []
    for zone in zone_ids(write.body):
        puts.extend(record_effects(parent, guid, records(endpoint, zone, estate)))
    kept = {effect.id.lower() for effect in puts if isinstance(effect, PutEffect)}
    gone = [effect for effect in removals(parent, write.before or {}, estate) if effect.id.lower() not in kept]
    return (*gone, *puts)


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    return removals(id.parent, body, estate) if id.parent else ()


TYPE = ResourceType(
    arm_type="Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    token="azure-native:network:PrivateDnsZoneGroup",
    path=IN_RESOURCE_GROUP + "/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    required=("/properties/privateDnsZoneConfigs",),
    linked=(join("/properties/privateDnsZoneConfigs/*/properties/privateDnsZoneId", "privateDnsZones"),),
    links=(
        Link("/properties/privateDnsZoneConfigs/*/properties/privateDnsZoneId", ("Microsoft.Network/privateDnsZones",)),
    ),
    read_only=("/properties/privateDnsZoneConfigs/*/properties/recordSets",),
    check=_check,
    complete=_complete,
    effects=_effects,
    on_delete=_on_delete,
    put=Timing(asynchronous=True, seconds=5, creating="Updating"),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    etag=True,
    classes=CLASSES,
    tracked=False,
    in_resource_graph=False,
    unordered=("/properties/privateDnsZoneConfigs", "/properties/privateDnsZoneConfigs/*/properties/recordSets"),
)
