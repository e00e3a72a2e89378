"""Which logs and metrics each type can send to diagnostic settings. Pure.

Sources: Azure Monitor, supported-logs-index and supported-metrics-index; storage accounts name their metrics, all other
types send AllMetrics. Category groups: diagnostic-settings (allLogs for all, audit where audit logs are among them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALL_METRICS = ("AllMetrics",)
STORAGE_METRICS = ("Capacity", "Transaction")
BOTH = ("audit", "allLogs")
ALL = ("allLogs",)


@dataclass(frozen=True)
class Categories:
    """What a type can send, in the order in which the service lists it; `groups` are names for several logs."""

    logs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ALL_METRICS
    groups: tuple[str, ...] = ()


_STORED = Categories(("StorageRead", "StorageWrite", "StorageDelete"), STORAGE_METRICS, BOTH)

OF_SUBSCRIPTIONS = Categories(
    (
        "Administrative", "Security", "ServiceHealth", "Alert", "Recommendation", "Policy", "Autoscale",
        "ResourceHealth",
    ),
    (),
)  # fmt: skip

_LEARNING = (
    "AmlComputeClusterEvent", "AmlComputeClusterNodeEvent", "AmlComputeJobEvent", "AmlComputeCpuGpuUtilization",
    "AmlRunStatusChangedEvent", "ModelsChangeEvent", "ModelsReadEvent", "ModelsActionEvent", "DeploymentReadEvent",
    "DeploymentEventACI", "DeploymentEventAKS", "InferencingOperationAKS", "InferencingOperationACI",
    "EnvironmentChangeEvent", "EnvironmentReadEvent", "DataLabelChangeEvent", "DataLabelReadEvent",
    "DataSetChangeEvent", "DataSetReadEvent", "DataStoreChangeEvent", "DataStoreReadEvent", "ComputeInstanceEvent",
    "PipelineChangeEvent", "PipelineReadEvent", "RunEvent", "RunReadEvent",
)  # fmt: skip

_INSIGHTS = (
    "AppAvailabilityResults", "AppBrowserTimings", "AppEvents", "AppMetrics", "AppDependencies", "AppExceptions",
    "AppPageViews", "AppPerformanceCounters", "AppRequests", "AppSystemEvents", "AppTraces",
)  # fmt: skip

_FIREWALL = (
    "AzureFirewallApplicationRule", "AzureFirewallNetworkRule", "AzureFirewallDnsProxy", "AZFWNetworkRule",
    "AZFWApplicationRule", "AZFWNatRule", "AZFWThreatIntel", "AZFWIdpsSignature", "AZFWDnsQuery",
    "AZFWFqdnResolveFailure", "AZFWFatFlow", "AZFWFlowTrace", "AZFWApplicationRuleAggregation",
    "AZFWNetworkRuleAggregation", "AZFWNatRuleAggregation",
)  # fmt: skip

CATEGORIES: Mapping[str, Categories] = {
    "Microsoft.ContainerRegistry/registries": Categories(
        ("ContainerRegistryRepositoryEvents", "ContainerRegistryLoginEvents"), groups=BOTH
    ),
    "Microsoft.Insights/components": Categories(_INSIGHTS, groups=ALL),
    "Microsoft.KeyVault/vaults": Categories(("AuditEvent", "AzurePolicyEvaluationDetails"), groups=BOTH),
    "Microsoft.MachineLearningServices/registries": Categories(
        ("RegistryAssetReadEvent", "RegistryAssetWriteEvent"), (), ALL
    ),
    "Microsoft.MachineLearningServices/workspaces": Categories(_LEARNING, groups=BOTH),
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": Categories(
        ("AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog"), groups=ALL
    ),
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments": Categories(),
    "Microsoft.Network/azureFirewalls": Categories(_FIREWALL, groups=ALL),
    "Microsoft.Network/bastionHosts": Categories(("BastionAuditLogs",), groups=ALL),
    "Microsoft.Network/natGateways": Categories(),
    "Microsoft.Network/networkInterfaces": Categories(),
    "Microsoft.Network/networkSecurityGroups": Categories(
        ("NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"), (), ALL
    ),
    "Microsoft.Network/privateDnsZones": Categories(),
    "Microsoft.Network/privateEndpoints": Categories(),
    "Microsoft.Network/publicIPAddresses": Categories(
        ("DDoSProtectionNotifications", "DDoSMitigationFlowLogs", "DDoSMitigationReports"), groups=BOTH
    ),
    "Microsoft.Network/virtualNetworks": Categories(("VMProtectionAlerts",), groups=ALL),
    "Microsoft.OperationalInsights/workspaces": Categories(("Audit", "SummaryLogs"), groups=BOTH),
    "Microsoft.Storage/storageAccounts": Categories((), STORAGE_METRICS),
    "Microsoft.Storage/storageAccounts/blobServices": _STORED,
    "Microsoft.Storage/storageAccounts/fileServices": _STORED,
}
"""ARM type → what it can send; types that are not here have no diagnostic settings."""


def categories_of(arm_type: str) -> Categories | None:
    """What a type can send, its name in any case; None where it has no diagnostic settings."""
    lowered = arm_type.lower()
    return next((found for known, found in CATEGORIES.items() if known.lower() == lowered), None)
