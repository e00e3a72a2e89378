"""Private DNS zones and their links."""

from __future__ import annotations

from azkeep.policy import FALSE, TRUE, Document, Needs, Node, Severity, Truth, deferred, every, fact, rule, when
from azkeep.policy.document import folded, parsed

from ._names import own_name
from ._private_link import ENDPOINT
from ._zone_groups import ZONE, groups_of, zone_ids

LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"


@rule(
    "NET-DNS-001",
    "Private DNS zones are linked to the networks that need them",
    severity=Severity.HIGH,
    on=ENDPOINT,
    needs=Needs.GRAPH,
    paths=(
        "properties.subnet.id",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks: properties.virtualNetwork.id",
    ),
    fix="Add the virtual network link.",
)
def private_dns_zones_are_linked_to_the_networks_that_need_them(endpoint: Document, *, dns_hub: str = "") -> Truth:
    """Private DNS zones are linked to the networks that need them.

    Checks: Each zone that the zone groups of the endpoint name has a link to the virtual network of the endpoint,
        or to the one whose id or name is dns_hub. Endpoints without zone groups are not judged; a zone outside the
        estate leaves the answer open.
    Why: An unlinked zone answers nobody.
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network#/subnets/endpoints"}}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.vaultcore.azure.net"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network#/subnets/endpoints"}}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {}
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.vaultcore.azure.net"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
        - type: Microsoft.Network/privateDnsZones/virtualNetworkLinks
          name: privatelink.vaultcore.azure.net/main
          properties: {virtualNetwork: {id: "@hub"}}
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network#/subnets/endpoints"}}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.vaultcore.azure.net"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
        - type: Microsoft.Network/privateDnsZones/virtualNetworkLinks
          name: privatelink.vaultcore.azure.net/main
          properties: {virtualNetwork: {id: "@network"}}
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network#/subnets/endpoints"}}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {}
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.vaultcore.azure.net"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
        - type: Microsoft.Network/privateDnsZones/virtualNetworkLinks
          name: privatelink.vaultcore.azure.net/main
          properties: {virtualNetwork: {id: "@hub"}}
        - parameters: {dns_hub: hub}
    Source: docs page "Azure Private Endpoint DNS configuration" (MicrosoftDocs/azure-docs)
    """
    groups = groups_of(endpoint)
    linked = groups.every(lambda group: every(zone_ids(group), lambda id: _is_linked(endpoint, id, dns_hub)))
    return when(groups.any(), linked)


def _is_linked(endpoint: Document, id: Node, hub: str) -> Truth:
    zone = id.resolve()
    if zone is None:
        return id.has_text() & deferred("the DNS zone is not part of the estate")
    if not zone.is_a(ZONE):
        return id.shown(FALSE).because("not a private DNS zone")
    place = endpoint["properties.subnet.id"]
    links = zone.children("virtualNetworkLinks")
    linked = links.some(lambda each: _is_network_of(each["properties.virtualNetwork.id"], place, hub))
    return id.shown(linked).otherwise("no link joins the zone to the network of the endpoint")


def _is_network_of(network: Node, place: Node, hub: str) -> Truth:
    """`network` holds the id of the network around the subnet at `place`, or of the hub."""
    if hub and isinstance(network.value, str) and hub.casefold() in _names_of(network.value):
        return TRUE
    subnet = place.resolve()
    around = subnet.parent() if subnet is not None else None
    if around is not None:
        return network.points_to(around)
    id = parsed(place.text)
    if id is None or id.parent is None:
        return place.wrong()
    declared = network.resolve()
    other = network.text if declared is None else declared.id
    if other is None:
        return network.shown(deferred("the id of the network is not known yet"))
    return network.shown(fact(folded(other) == id.parent.key))


def _names_of(id: str) -> frozenset[str]:
    return frozenset({id.casefold(), id.rstrip("/").rsplit("/", 1)[-1].casefold()})


@rule(
    "NET-DNS-002",
    "Privatelink zones do not register machines",
    severity=Severity.LOW,
    on=LINK,
    paths=("properties.registrationEnabled",),
    fix="Set registrationEnabled false.",
    sets={"properties.registrationEnabled": False},
)
def privatelink_zones_do_not_register_machines(link: Document) -> Truth:
    """Privatelink zones do not register machines.

    Checks: For zones whose name starts with privatelink: registrationEnabled is missing or false.
    Why: Auto-registration fills service zones with machine names.
    Bad:
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
        - type: Microsoft.Network/privateDnsZones/virtualNetworkLinks
          name: privatelink.vaultcore.azure.net/main
          properties: {virtualNetwork: {id: "@network"}, registrationEnabled: true}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
    Good:
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
        - type: Microsoft.Network/privateDnsZones/virtualNetworkLinks
          name: privatelink.vaultcore.azure.net/main
          properties: {virtualNetwork: {id: "@network"}, registrationEnabled: false}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
    Good:
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
        - type: Microsoft.Network/privateDnsZones/virtualNetworkLinks
          name: privatelink.vaultcore.azure.net/main
          properties: {virtualNetwork: {id: "@network"}}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties: {}
    Source: own rule (platform-team practice); no outside rule found
    """
    return when(_is_of_service(link), link["properties.registrationEnabled"].is_false(missing=True))


def _is_of_service(link: Document) -> Truth:
    """The zone of `link` is one of private endpoints."""
    if link.arm_id is not None:
        return fact(link.arm_id.names[0].casefold().startswith("privatelink"))
    zone = link.parent()
    if zone is None:
        return deferred("the zone of the link is not part of the estate")
    return own_name(zone).satisfies(lambda name: name.casefold().startswith("privatelink"))
