"""Application Insights."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule

from ._logging import COMPONENT, is_log_workspace

INGESTION, QUERY = "properties.publicNetworkAccessForIngestion", "properties.publicNetworkAccessForQuery"


@rule(
    "MON-AI-001",
    "Application Insights stores data in a log workspace",
    severity=Severity.MEDIUM,
    on=COMPONENT,
    needs=Needs.GRAPH,
    paths=("properties.WorkspaceResourceId",),
    fix="Set WorkspaceResourceId.",
    maps=Maps(
        azure_policy={
            "d550e854-df1a-4de9-bf44-cd894b39a95e": "Azure Monitor Logs for Application Insights should be linked to a"
            " Log Analytics workspace"
        },
        psrule=("Azure.AppInsights.Workspace",),
    ),
)
def application_insights_stores_data_in_a_log_workspace(
    component: Document, *, log_workspaces: tuple[str, ...] = ()
) -> Truth:
    """Application Insights stores data in a log workspace.

    Checks: WorkspaceResourceId names a log workspace of the estate, or one of log_workspaces; where there is neither,
        any log workspace.
    Why: Classic components cannot be closed or kept under one retention.
    Bad:
        - type: Microsoft.Insights/components
          name: example
    Bad:
        - type: Microsoft.Insights/components
          name: example
          properties: {WorkspaceResourceId: "@logs#-of-others"}
        - type: Microsoft.OperationalInsights/workspaces
          name: logs
    Good:
        - type: Microsoft.Insights/components
          name: example
          properties: {WorkspaceResourceId: "@logs"}
        - type: Microsoft.OperationalInsights/workspaces
          name: logs
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/ApplicationInsightsComponent_WorkspaceAssociation_Deny.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.AppInsights.Workspace.md
    """
    return is_log_workspace(component["properties.WorkspaceResourceId"], log_workspaces)


@rule(
    "MON-AI-002",
    "Application Insights refuses key-based ingestion",
    severity=Severity.MEDIUM,
    on=COMPONENT,
    paths=("properties.DisableLocalAuth",),
    fix="Set DisableLocalAuth true and grant the publisher role.",
    sets={"properties.DisableLocalAuth": True},
    maps=Maps(
        azure_policy={
            "199d5677-e4d9-4264-9465-efe1839c06bd": "Application Insights components should block non-Azure Active"
            " Directory based ingestion."
        },
        mcsb=("IM-1",),
        psrule=("Azure.AppInsights.LocalAuth",),
    ),
)
def application_insights_refuses_key_based_ingestion(component: Document) -> Truth:
    """Application Insights refuses key-based ingestion.

    Checks: DisableLocalAuth is true; missing fails.
    Why: The ingestion key is not a secret and is often published.
    Bad:
        - type: Microsoft.Insights/components
          name: example
          properties: {DisableLocalAuth: false}
    Good:
        - type: Microsoft.Insights/components
          name: example
          properties: {DisableLocalAuth: true}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/ApplicationInsightsComponents_DisableLocalAuth_Deny.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.AppInsights.LocalAuth.md
    """
    return component["properties.DisableLocalAuth"].is_true()


@rule(
    "MON-AI-003",
    "Application Insights refuses public networks",
    severity=Severity.MEDIUM,
    on=COMPONENT,
    paths=(INGESTION, QUERY),
    fix="Set both to Disabled and use a private link scope.",
    sets={INGESTION: "Disabled", QUERY: "Disabled"},
    maps=Maps(
        azure_policy={
            "1bc02227-0cb6-4e11-8f53-eb0b22eab7e8": "Application Insights components should block log ingestion and"
            " querying from public networks"
        },
        mcsb=("NS-2",),
    ),
)
def application_insights_refuses_public_networks(component: Document) -> Truth:
    """Application Insights refuses public networks.

    Checks: publicNetworkAccessForIngestion and publicNetworkAccessForQuery both equal Disabled.
    Why: Telemetry carries request data.
    Bad:
        - type: Microsoft.Insights/components
          name: example
          properties: {publicNetworkAccessForIngestion: Enabled, publicNetworkAccessForQuery: Disabled}
    Bad:
        - type: Microsoft.Insights/components
          name: example
          properties: {publicNetworkAccessForIngestion: Disabled, publicNetworkAccessForQuery: Enabled}
    Good:
        - type: Microsoft.Insights/components
          name: example
          properties: {publicNetworkAccessForIngestion: Disabled, publicNetworkAccessForQuery: Disabled}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/ApplicationInsightsComponents_NetworkAccessEnabled_Deny.json
    """
    return component[INGESTION].equals("Disabled") & component[QUERY].equals("Disabled")
