"""Diagnostic settings."""

from __future__ import annotations

from azkeep.policy import ANY, NOT_APPLICABLE, Document, Maps, Needs, Severity, Truth, rule

from ._diagnostics import SETTING
from ._logging import sends_logs_to


@rule(
    "MON-DIAG-001",
    "Every loggable resource has a diagnostic setting",
    severity=Severity.MEDIUM,
    on=ANY,
    needs=Needs.GRAPH,
    paths=(
        "Microsoft.Insights/diagnosticSettings: properties.workspaceId",
        "Microsoft.Insights/diagnosticSettings: properties.logs[*].enabled",
    ),
    fix="Add the setting with category group allLogs.",
    maps=Maps(
        azure_policy={
            "7f89b1eb-583c-429a-8828-af049802c1d9": "Audit diagnostic setting for selected resource types",
            "187242f4-89c6-4c43-9a4e-188c0efacc5f": "Resource logs should be enabled for Audit on supported resources",
        }
    ),
)
def every_loggable_resource_has_a_diagnostic_setting(
    resource: Document,
    *,
    logged_types: tuple[str, ...] = (
        "Microsoft.MachineLearningServices/workspaces",
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "Microsoft.KeyVault/vaults",
        "Microsoft.ContainerRegistry/registries",
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Sql/servers/databases",
        "Microsoft.Web/sites",
        "Microsoft.EventGrid/topics",
        "Microsoft.Synapse/workspaces",
        "Microsoft.ContainerService/managedClusters",
    ),
    log_workspaces: tuple[str, ...] = (),
) -> Truth:
    """Every loggable resource has a diagnostic setting.

    Checks: A diagnostic setting scoped to the resource sends at least one enabled log entry to a log workspace of the
        estate, or to one of log_workspaces (where there is neither, to any log workspace). Types that are not in
        logged_types: not applicable.
    Why: Gaps in logs are found only during an incident.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.OperationalInsights/workspaces
          name: logs
        - type: Microsoft.Insights/diagnosticSettings
          name: setting
          scope: "@example"
          properties:
            workspaceId: "@logs"
            logs: [{categoryGroup: allLogs, enabled: false}]
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.OperationalInsights/workspaces
          name: logs
        - type: Microsoft.Insights/diagnosticSettings
          name: setting
          scope: "@example"
          properties:
            workspaceId: "@logs"
            logs: [{categoryGroup: allLogs, enabled: true}]
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Monitoring/DiagnosticSettingsForTypes_Audit.json
    """
    if not resource.is_a(*logged_types):
        return NOT_APPLICABLE
    settings = resource.extensions(SETTING)
    if not settings.pairs:
        return resource.fact(False).because("it has no diagnostic setting")
    return settings.some(lambda setting: sends_logs_to(setting, log_workspaces))
