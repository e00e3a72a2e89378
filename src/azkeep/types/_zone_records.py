"""Records that a private DNS zone group writes into its zones. Pure.

Source: Private Dns Zone Groups REST API 2024-05-01, get example response (record sets with a time to live of 10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._endpoint_interface import hosts_with_addresses
from azkeep.types._network import is_same
from azkeep.types.write import DeleteEffect, Effect, Estate, PutEffect

SECONDS_TO_LIVE = 10
# What the service says of a write whose condition does not hold, the etags of zones and records being bare.
EXISTS = "The {what} exists already and hence cannot be created again."
MODIFIED = "The {what} has been modified (etag mismatch)."
CREATOR = "created by private endpoint {name}"


@dataclass(frozen=True)
class ZoneRecord:
    """One address record: `zone` is the zone's id, `name` relative to it."""

    zone: str
    name: str
    addresses: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.zone}/A/{self.name}"

    @property
    def fqdn(self) -> str:
        return f"{self.name}.{ArmId.parse(self.zone).name}"


def records(endpoint: Body, zone: str, estate: Estate) -> tuple[ZoneRecord, ...]:
    """The records of a stored private endpoint that belong into the zone with id `zone`, sorted by name."""
    zone_name = ArmId.parse(zone).name.lower()
    found: dict[str, list[str]] = {}
    for host, address in hosts_with_addresses(endpoint, estate):
        if host.zone == zone_name:
            found.setdefault(host.record, []).append(address)
    return tuple(ZoneRecord(zone, name, tuple(addresses)) for name, addresses in sorted(found.items()))


def zone_ids(group: Body) -> tuple[str, ...]:
    """Ids of the zones that a zone group document names."""
    configs = get(group, "/properties/privateDnsZoneConfigs", None) or []
    return tuple(str(get(config, "/properties/privateDnsZoneId")) for config in configs)


def record_sets(found: tuple[ZoneRecord, ...]) -> list[dict[str, Any]]:
    """The read-only `recordSets` of one zone config."""
    return [
        {
            "recordType": "A",
            "recordSetName": record.name,
            "fqdn": record.fqdn,
            "ttl": SECONDS_TO_LIVE,
            "provisioningState": "Succeeded",
            "ipAddresses": list(record.addresses),
        }
        for record in found
    ]


def record_effects(endpoint: ArmId, guid: str, found: tuple[ZoneRecord, ...]) -> Iterator[Effect]:
    """Writes of the record documents, marked with the endpoint that made them."""
    for record in found:
        yield PutEffect(
            record.id,
            {
                "properties": {
                    "metadata": {"creator": f"{CREATOR.format(name=endpoint.name)} with resource guid {guid}"},
                    "fqdn": f"{record.fqdn}.",
                    "ttl": SECONDS_TO_LIVE,
                    "aRecords": [{"ipv4Address": address} for address in record.addresses],
                    "isAutoRegistered": False,
                }
            },
        )


def removals(endpoint: ArmId, group: Body, estate: Estate) -> tuple[Effect, ...]:
    """Deletes of the records of `group`, those that another endpoint has taken over left alone."""
    effects: list[Effect] = []
    for config in get(group, "/properties/privateDnsZoneConfigs", None) or []:
        zone = str(get(config, "/properties/privateDnsZoneId"))
        for item in get(config, "/properties/recordSets", None) or []:
            id = f"{zone}/A/{item['recordSetName']}"
            if _made_by(estate.get(id), endpoint):
                effects.append(DeleteEffect(id))
    return tuple(effects)


def _made_by(record: Body | None, endpoint: ArmId) -> bool:
    creator = str(get(record or {}, "/properties/metadata/creator", ""))
    return is_same(creator.partition(" with resource guid ")[0], CREATOR.format(name=endpoint.name))


def is_made_by_service(id: ArmId, body: Body) -> bool:
    """True for a record that a zone group or auto-registration wrote."""
    creator = str(get(body, "/properties/metadata/creator", ""))
    return creator.startswith("created by private endpoint") or get(body, "/properties/isAutoRegistered") is True
