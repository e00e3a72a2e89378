"""The DNS zone groups of private endpoints."""

from __future__ import annotations

from azkeep.policy import Candidates, Document, Node

ZONE = "Microsoft.Network/privateDnsZones"


def groups_of(endpoint: Document) -> Candidates:
    """The zone groups of a private endpoint."""
    return endpoint.children("privateDnsZoneGroups")


def zone_ids(group: Document) -> tuple[Node, ...]:
    """Where a zone group names its zones. Raises NotDecided for a list that is not known."""
    return tuple(each["properties.privateDnsZoneId"] for each in group["properties.privateDnsZoneConfigs"].items())
