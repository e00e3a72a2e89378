"""Private endpoints."""

from __future__ import annotations

import re
from collections.abc import Mapping

from azkeep.policy import (
    FALSE,
    NOT_APPLICABLE,
    TRUE,
    Document,
    Estate,
    Maps,
    Needs,
    Node,
    Severity,
    Truth,
    all_of,
    deferred,
    every,
    fact,
    rule,
    some,
)
from azkeep.policy.document import folded, parsed

from ._computes import COMPUTE
from ._computes import SUBNET as COMPUTE_SUBNET
from ._names import own_name
from ._private_link import CONNECTIONS, ENDPOINT
from ._subnets import is_listed, is_used_by_computes
from ._zone_groups import groups_of, zone_ids

MANUAL = "properties.manualPrivateLinkServiceConnections"
ZONES: Mapping[str, tuple[str, ...]] = {
    "amlworkspace": ("privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"),
    "amlregistry": ("privatelink.api.azureml.ms",),
    "vault": ("privatelink.vaultcore.azure.net",),
    "registry": ("privatelink.azurecr.io",),
    "blob": ("privatelink.blob.core.windows.net",),
    "file": ("privatelink.file.core.windows.net",),
    "queue": ("privatelink.queue.core.windows.net",),
    "table": ("privatelink.table.core.windows.net",),
    "dfs": ("privatelink.dfs.core.windows.net",),
    "sqlServer": ("privatelink.database.windows.net",),
    "Sql": ("privatelink.sql.azuresynapse.net",),
    "SqlOnDemand": ("privatelink.sql.azuresynapse.net",),
    "Dev": ("privatelink.dev.azuresynapse.net",),
    "topic": ("privatelink.eventgrid.azure.net",),
    "domain": ("privatelink.eventgrid.azure.net",),
    "sites": ("privatelink.azurewebsites.net",),
    "management": ("privatelink.{region}.azmk8s.io",),
    "azuremonitor": (
        "privatelink.monitor.azure.com",
        "privatelink.oms.opinsights.azure.com",
        "privatelink.ods.opinsights.azure.com",
        "privatelink.agentsvc.azure-automation.net",
        "privatelink.blob.core.windows.net",
    ),
}
"""Group id → the zones in which its names stand."""


@rule(
    "NET-PE-001",
    "Private endpoints have a DNS zone group with the right zones",
    severity=Severity.HIGH,
    on=ENDPOINT,
    needs=Needs.GRAPH,
    paths=("Microsoft.Network/privateEndpoints/privateDnsZoneGroups: properties.privateDnsZoneConfigs",),
    fix="Add the zone group with all zones of the group id.",
    maps=Maps(
        azure_policy={
            "ee40564d-486e-4f68-a5ca-7a621edae0fb": (
                "Configure Azure Machine Learning workspace to use private DNS zones"
            ),
            "e9585a95-5b8c-4d03-b193-dc7eb5ac4c32": "Configure Container registries to use private DNS zones",
            "ac673a9a-f77d-4846-b2d8-a57f8e1c01d4": "Configure Azure Key Vaults to use private DNS zones",
            "75973700-529f-4de2-b794-fb9b6781b6b0": "Configure a private DNS Zone ID for blob groupID",
            "6df98d03-368a-4438-8730-a93c4d7693d6": "Configure a private DNS Zone ID for file groupID",
            "83c6fe0f-2316-444a-99a1-1ecd8a7872ca": "Configure a private DNS Zone ID for dfs groupID",
            "1e5ed725-f16c-478b-bd4b-7bfa2f7940b9": "Configure Azure Synapse workspaces to use private DNS zones",
            "baf19753-7502-405f-8745-370519b20483": (
                "Deploy - Configure Azure Event Grid topics to use private DNS zones"
            ),
            "d389df0a-e0d7-4607-833c-75a6fdac2c2d": (
                "Deploy - Configure Azure Event Grid domains to use private DNS zones"
            ),
            "b318f84a-b872-429b-ac6d-a01b96814452": "Configure App Service apps to use private DNS zones",
        }
    ),
)
def private_endpoints_have_a_dns_zone_group_with_the_right_zones(
    endpoint: Document, *, zone_table: Mapping[str, tuple[str, ...]] = ZONES
) -> Truth:
    """Private endpoints have a DNS zone group with the right zones.

    Checks: The zone groups of the endpoint name every zone that zone_table lists for its group ids; {region} stands
        for any region. Endpoints with no listed group id are not judged.
    Why: Without the record, clients resolve the public name and fail or leak.
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@vault", groupIds: [vault]}
        - type: Microsoft.KeyVault/vaults
          name: vault
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@vault", groupIds: [amlworkspace]}
        - type: Microsoft.MachineLearningServices/workspaces
          name: vault
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.api.azureml.ms"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.api.azureml.ms
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@vault", groupIds: [vault]}
        - type: Microsoft.KeyVault/vaults
          name: vault
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.vaultcore.azure.net"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.vaultcore.azure.net
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@vault", groupIds: [amlworkspace]}
        - type: Microsoft.MachineLearningServices/workspaces
          name: vault
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.api.azureml.ms"}
              - properties: {privateDnsZoneId: "@privatelink.notebooks.azure.net"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.api.azureml.ms
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.notebooks.azure.net
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@vault", groupIds: [management]}
        - type: Microsoft.Network/privateEndpoints/privateDnsZoneGroups
          name: example/default
          properties:
            privateDnsZoneConfigs:
              - properties: {privateDnsZoneId: "@privatelink.westeurope.azmk8s.io"}
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.westeurope.azmk8s.io
        - type: Microsoft.ContainerService/managedClusters
          name: vault
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/Workspace_PrivateDnsZones_DINE.json; docs page "Azure Private Endpoint DNS configuration"
        (MicrosoftDocs/azure-docs)
    """
    table = {group.casefold(): tuple(zones) for group, zones in zone_table.items()}
    connections = tuple(each for path in CONNECTIONS for each in endpoint[path].items())
    groups = tuple(group for each in connections for group in each["properties.groupIds"].items())
    return every(groups, lambda group: _has_zones(endpoint, group, table)) if groups else NOT_APPLICABLE


def _has_zones(endpoint: Document, group: Node, table: Mapping[str, tuple[str, ...]]) -> Truth:
    zones = table.get(group.text.casefold())
    if zones is None:
        return NOT_APPLICABLE
    return every(zones, lambda zone: group.shown(_names(endpoint, zone)).otherwise(f"no zone group names {zone}"))


def _names(endpoint: Document, zone: str) -> Truth:
    pattern = re.escape(zone).replace(re.escape("{region}"), "[a-z0-9]+")
    return groups_of(endpoint).some(lambda group: some(zone_ids(group), lambda id: _is_zone(id, pattern)))


def _is_zone(id: Node, pattern: str) -> Truth:
    declared = None if isinstance(id.value, str) else id.resolve()
    if declared is None:
        return id.matches(rf".*/privateDnsZones/{pattern}")
    return own_name(declared).matches(pattern)


@rule(
    "NET-PE-002",
    "Private endpoint connections are approved",
    severity=Severity.MEDIUM,
    on=ENDPOINT,
    needs=Needs.GRAPH,
    paths=(
        "properties.manualPrivateLinkServiceConnections",
        "properties.privateLinkServiceConnections[*].properties.privateLinkServiceConnectionState.status",
    ),
    fix="Approve the connection or use automatic approval.",
)
def private_endpoint_connections_are_approved(endpoint: Document) -> Truth:
    """Private endpoint connections are approved.

    Checks: Declared: manualPrivateLinkServiceConnections is missing or empty, unless its targets are in another
        tenant, which the documents of the subscriptions tell. Live: every connection has the status Approved.
    Why: A pending connection looks deployed but carries no traffic.
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            manualPrivateLinkServiceConnections:
              - properties:
                  groupIds: [vault]
                  privateLinkServiceId: "@vault"
        - type: Microsoft.KeyVault/vaults
          name: vault
    Bad (live):
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            manualPrivateLinkServiceConnections:
              - properties: {privateLinkServiceConnectionState: {status: Pending}}
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@vault", groupIds: [vault]}
        - type: Microsoft.KeyVault/vaults
          name: vault
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            manualPrivateLinkServiceConnections:
              - properties:
                  groupIds: [vault]
                  privateLinkServiceId: /subscriptions/theirs/resourceGroups/b/providers/Microsoft.KeyVault/vaults/c
        - type: Microsoft.Resources/subscriptions
          name: own
          tenantId: 00000000-0000-0000-0000-00000000000a
        - type: Microsoft.Resources/subscriptions
          name: theirs
          id: /subscriptions/theirs
          tenantId: 00000000-0000-0000-0000-00000000000b
    Good (live):
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceConnectionState: {status: Approved}}
            manualPrivateLinkServiceConnections: []
    Source: own rule (platform-team practice); no outside rule found
    """
    if endpoint.is_live:
        return all_of(endpoint[path].every(_is_approved) for path in CONNECTIONS)
    return endpoint[MANUAL].every(lambda each: _is_abroad(endpoint, each["properties.privateLinkServiceId"]))


def _is_approved(connection: Node) -> Truth:
    return connection["properties.privateLinkServiceConnectionState.status"].equals("Approved")


def _is_abroad(endpoint: Document, target: Node) -> Truth:
    """The resource at `target` is in another tenant than `endpoint`."""
    declared = None if isinstance(target.value, str) else target.resolve()
    id = parsed(target.text) if declared is None else declared.arm_id
    if declared is not None and id is None:
        return target.shown(FALSE).because("what the same program declares needs no approval by hand")
    if id is None or endpoint.subscription is None:
        return target.shown(target.has_text() & deferred("the tenant of the target is not known"))
    same = id.subscription is not None and id.subscription.casefold() == endpoint.subscription.casefold()
    return target.shown(fact(False) if same else _differ(endpoint.estate, endpoint.subscription, id.subscription or ""))


def _differ(estate: Estate, own: str, other: str) -> Truth:
    """The two subscriptions are of two tenants, as far as their documents tell."""
    tenants = [estate.find(f"/subscriptions/{each}") for each in (own, other)]
    known = [each["tenantId"].text.casefold() for each in tenants if each is not None]
    if len(known) < len(tenants) or not all(known):
        return deferred("the tenant of the target is not known")
    return fact(known[0] != known[1])


@rule(
    "NET-PE-003",
    "Private endpoints stay in the agreed subnets",
    severity=Severity.LOW,
    on=ENDPOINT,
    needs=Needs.GRAPH,
    paths=("properties.subnet.id",),
    fix="Move the endpoint to the endpoint subnet.",
)
def private_endpoints_stay_in_the_agreed_subnets(endpoint: Document, *, allowed_subnets: tuple[str, ...] = ()) -> Truth:
    """Private endpoints stay in the agreed subnets.

    Checks: The subnet is used by no compute, and its name or id is in allowed_subnets where that list is not empty.
    Why: Mixing endpoints and compute makes network rules hard to read.
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network/shared"}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/shared
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {subnet: {id: "@network/shared"}}}
    Bad:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network/shared"}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/shared
        - parameters: {allowed_subnets: [endpoints]}
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network/shared"}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/shared
    Good:
        - type: Microsoft.Network/privateEndpoints
          name: example
          properties: {subnet: {id: "@network/shared"}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/shared
        - parameters: {allowed_subnets: [shared]}
    Source: own rule (platform-team practice); no outside rule found
    """
    place = endpoint["properties.subnet.id"]
    subnet = place.resolve()
    if subnet is None:
        return place.has_text() & _is_elsewhere(place, allowed_subnets)
    listed = is_listed(subnet, allowed_subnets) if allowed_subnets else TRUE
    apart = ~is_used_by_computes(subnet)
    return place.shown(apart).otherwise("computes use the subnet") & place.shown(listed).otherwise(
        "not a listed subnet"
    )


def _is_elsewhere(place: Node, allowed: tuple[str, ...]) -> Truth:
    """A subnet that is not in the estate is a listed one and no compute names it."""
    wanted = {each.casefold() for each in allowed}
    used = place.document.estate.kept("subnets of computes", _compute_subnets)
    listed = place.satisfies(lambda id: not wanted or bool({id.casefold(), id.rsplit("/", 1)[-1].casefold()} & wanted))
    return listed & place.satisfies(lambda id: folded(id) not in used)


def _compute_subnets(estate: Estate) -> frozenset[str]:
    """Ids of the subnets that computes name, folded."""
    named = (compute[COMPUTE_SUBNET].value for compute in estate.of_type(COMPUTE))
    return frozenset(folded(value) for value in named if isinstance(value, str))
