"""Log Analytics workspaces and Azure Monitor private link scopes."""

from __future__ import annotations

from azkeep.policy import Document, Estate, Maps, Needs, Severity, Truth, rule

from ._logging import COMPONENT, LOG_WORKSPACE
from ._private_link import is_reached_through
from ._regions import is_in_regions

LINK_SCOPE = "Microsoft.Insights/privateLinkScopes"
IN_SCOPE = f"{LINK_SCOPE}/scopedResources"
INGESTION, QUERY = "properties.publicNetworkAccessForIngestion", "properties.publicNetworkAccessForQuery"
MODES = ("properties.accessModeSettings.ingestionAccessMode", "properties.accessModeSettings.queryAccessMode")


@rule(
    "MON-LA-001",
    "Logs are kept long enough",
    severity=Severity.MEDIUM,
    on=LOG_WORKSPACE,
    paths=("properties.retentionInDays",),
    fix="Raise retentionInDays.",
    sets={"properties.retentionInDays": 90},
)
def logs_are_kept_long_enough(workspace: Document, *, min_days: int = 90) -> Truth:
    """Logs are kept long enough.

    Checks: retentionInDays is at least min_days; the service keeps 30 where nothing is said.
    Why: Short retention erases the start of an incident.
    Bad:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {retentionInDays: 30}
    Good:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {retentionInDays: 90}
    Source: own rule (platform-team practice); no outside rule found
    """
    return workspace["properties.retentionInDays"].at_least(min_days)


@rule(
    "MON-LA-002",
    "Log workspace refuses key-based ingestion",
    severity=Severity.MEDIUM,
    on=LOG_WORKSPACE,
    paths=("properties.features.disableLocalAuth",),
    fix="Set features.disableLocalAuth true.",
    sets={"properties.features.disableLocalAuth": True},
    maps=Maps(
        azure_policy={
            "e15effd4-2278-4c65-a0da-4d6f6d1890e2": "Log Analytics Workspaces should block non-Azure Active Directory"
            " based ingestion."
        }
    ),
)
def log_workspace_refuses_key_based_ingestion(workspace: Document) -> Truth:
    """Log workspace refuses key-based ingestion.

    Checks: features.disableLocalAuth is true; missing fails.
    Why: Anyone with the key can inject false records.
    Bad:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {features: {disableLocalAuth: false}}
    Good:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {features: {disableLocalAuth: true}}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/LogAnalyticsWorkspaces_DisableLocalAuth_Deny.json
    """
    return workspace["properties.features.disableLocalAuth"].is_true()


@rule(
    "MON-LA-003",
    "Log workspace refuses public networks",
    severity=Severity.MEDIUM,
    on=LOG_WORKSPACE,
    paths=(INGESTION, QUERY),
    fix="Set both to Disabled and use a private link scope.",
    sets={INGESTION: "Disabled", QUERY: "Disabled"},
    maps=Maps(
        azure_policy={
            "6c53d030-cc64-46f0-906d-2bc061cd1334": "Log Analytics workspaces should block log ingestion and querying"
            " from public networks"
        },
        mcsb=("NS-2",),
    ),
)
def log_workspace_refuses_public_networks(workspace: Document) -> Truth:
    """Log workspace refuses public networks.

    Checks: publicNetworkAccessForIngestion and publicNetworkAccessForQuery both equal Disabled.
    Why: Logs hold names, addresses and queries.
    Bad:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {publicNetworkAccessForIngestion: Enabled, publicNetworkAccessForQuery: Disabled}
    Bad:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {publicNetworkAccessForIngestion: Disabled, publicNetworkAccessForQuery: Enabled}
    Good:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {publicNetworkAccessForIngestion: Disabled, publicNetworkAccessForQuery: Disabled}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/LogAnalyticsWorkspaces_NetworkAccessEnabled_Deny.json
    """
    return workspace[INGESTION].equals("Disabled") & workspace[QUERY].equals("Disabled")


@rule(
    "MON-LA-004",
    "Log replicas stay in the allowed geography",
    severity=Severity.LOW,
    on=LOG_WORKSPACE,
    paths=("properties.replication.location",),
    fix="Change the replica region.",
    maps=Maps(psrule=("Azure.Log.ReplicaLocation",)),
)
def log_replicas_stay_in_the_allowed_geography(
    workspace: Document, *, allowed_locations: tuple[str, ...] = ()
) -> Truth:
    """Log replicas stay in the allowed geography.

    Checks: Missing, switched off, or in allowed_locations (an empty list admits any region), compared without blanks
        and letter case.
    Why: A replica moves log data to that region.
    Bad:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {replication: {enabled: true, location: East US}}
        - parameters: {allowed_locations: [westeurope, northeurope]}
    Good:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
          properties: {replication: {enabled: true, location: North Europe}}
        - parameters: {allowed_locations: [westeurope, northeurope]}
    Good:
        - type: Microsoft.OperationalInsights/workspaces
          name: example
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Log.ReplicaLocation.md
    """
    location = workspace["properties.replication.location"]
    return workspace["properties.replication.enabled"].is_false() | is_in_regions(
        location, allowed_locations, missing=True
    )


@rule(
    "MON-PLS-001",
    "Private link scope admits private traffic only",
    severity=Severity.MEDIUM,
    on=LINK_SCOPE,
    paths=MODES,
    fix="Set both access modes to PrivateOnly.",
    sets=dict.fromkeys(MODES, "PrivateOnly"),
    maps=Maps(
        azure_policy={
            "a499fed8-bcc8-4195-b154-641f14743757": "Azure Monitor Private Link Scope should block access to non"
            " private link resources"
        },
        mcsb=("NS-2",),
    ),
)
def private_link_scope_admits_private_traffic_only(scope: Document) -> Truth:
    """Private link scope admits private traffic only.

    Checks: ingestionAccessMode and queryAccessMode both equal PrivateOnly.
    Why: Open mode lets data cross the public path.
    Bad:
        - type: Microsoft.Insights/privateLinkScopes
          name: example
          properties: {accessModeSettings: {ingestionAccessMode: Open, queryAccessMode: PrivateOnly}}
    Bad:
        - type: Microsoft.Insights/privateLinkScopes
          name: example
          properties: {accessModeSettings: {ingestionAccessMode: PrivateOnly, queryAccessMode: Open}}
    Good:
        - type: Microsoft.Insights/privateLinkScopes
          name: example
          properties: {accessModeSettings: {ingestionAccessMode: PrivateOnly, queryAccessMode: PrivateOnly}}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/AzureMonitorPrivateLinkScopes_AccessModeSettings_Audit.json
    """
    ingestion, query = (scope[path].equals("PrivateOnly") for path in MODES)
    return ingestion & query


@rule(
    "MON-PLS-002",
    "Private link scope has an endpoint and holds the estate components",
    severity=Severity.MEDIUM,
    on=LINK_SCOPE,
    needs=Needs.GRAPH,
    paths=(
        "properties.privateEndpointConnections[*]",
        "Microsoft.Insights/privateLinkScopes/scopedResources: properties.linkedResourceId",
    ),
    fix="Add the endpoint and the scoped resources.",
    maps=Maps(
        azure_policy={
            "0fc55270-f8bf-4feb-b7b8-5e7e7eacc6a6": "Azure Monitor Private Link Scope should use private link"
        },
        mcsb=("NS-2",),
    ),
)
def private_link_scope_has_an_endpoint_and_holds_the_estate_components(scope: Document) -> Truth:
    """Private link scope has an endpoint and holds the estate components.

    Checks: A private endpoint points at the scope (live: a connection is approved), and each log workspace and
        Application Insights component of the estate is a scoped resource of it, or of another scope of the estate.
    Why: A component outside the scope becomes unreachable once public access closes.
    Bad:
        - type: Microsoft.Insights/privateLinkScopes
          name: example
    Bad:
        - type: Microsoft.Insights/privateLinkScopes
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [azuremonitor]}
        - type: Microsoft.OperationalInsights/workspaces
          name: logs
    Bad (live):
        - type: Microsoft.Insights/privateLinkScopes
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Pending}}
    Good:
        - type: Microsoft.Insights/privateLinkScopes
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [azuremonitor]}
        - type: Microsoft.OperationalInsights/workspaces
          name: logs
        - type: Microsoft.Insights/components
          name: insights
        - type: Microsoft.Insights/privateLinkScopes/scopedResources
          name: example/logs
          properties: {linkedResourceId: "@logs"}
        - type: Microsoft.Insights/privateLinkScopes/scopedResources
          name: example/insights
          properties: {linkedResourceId: "@insights"}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/AzureMonitorPrivateLinkScopes_PrivateEndpoints_AINE.json
    """
    return is_reached_through(scope, "azuremonitor") & scope.estate.kept("components in scopes", _are_in_scopes)


def _are_in_scopes(estate: Estate) -> Truth:
    return estate.all(LOG_WORKSPACE, COMPONENT).every(_is_in_a_scope)


def _is_in_a_scope(component: Document) -> Truth:
    found = component.linked_from(IN_SCOPE, "properties.linkedResourceId").any()
    return component.fact(True) & found if found else component.fact(False).because("in no private link scope")
