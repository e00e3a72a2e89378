"""Flow logs of networks."""

from __future__ import annotations

from azkeep.policy import FALSE, Document, Maps, Needs, Node, Severity, Truth, deferred, rule

LOG = "Microsoft.Network/networkWatchers/flowLogs"
NETWORK = "Microsoft.Network/virtualNetworks"


@rule(
    "NET-LOG-001",
    "Flow logs are on for the estate network",
    severity=Severity.MEDIUM,
    on=NETWORK,
    needs=Needs.GRAPH,
    paths=("Microsoft.Network/networkWatchers/flowLogs: properties.targetResourceId",),
    fix="Add a flow log on the virtual network.",
    maps=Maps(
        azure_policy={
            "4c3c6c5f-0d47-4402-99b8-aa543dd8bcee": "Audit flow logs configuration for every virtual network",
            "27960feb-a23c-4577-8d36-ef8b5f35e0be": "All flow log resources should be in enabled state",
            "c251913d-7d24-4958-af87-478ed3b9ba41": ("Flow logs should be configured for every network security group"),
        },
        mcsb=("LT-4",),
        cis=("2.0.0:5.1.6",),
    ),
)
def flow_logs_are_on_for_the_estate_network(network: Document) -> Truth:
    """Flow logs are on for the estate network.

    Checks: A flow log that is enabled has the network as its target, or one each subnet of the network or its
        security group: targets on groups count until they retire. Not known where Azure names a flow log, of
        another resource group, that is not among the documents.
    Why: Flow records are needed to prove what left the network.
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: "@example", enabled: false}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {subnets: [{name: one, properties: {networkSecurityGroup: {id: "@guard"}}}, {name: two}]}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: "@guard", enabled: true}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: "@example", enabled: true}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {subnets: [{name: one, properties: {networkSecurityGroup: {id: "@guard"}}}]}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: "@guard", enabled: true}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Network/VirtualNetwork_FlowLog_Audit.json
    """
    subnets = network.children("subnets")
    each_one = subnets.any() & subnets.every(lambda subnet: _is_logged(subnet) | _guard_is_logged(subnet))
    logged = _is_logged(network) | each_one
    return logged if logged.state is not FALSE.state else network.fact(False).because("no flow log is on for it")


def _is_logged(target: Document) -> Truth:
    logs = target.linked_from(LOG, "properties.targetResourceId")
    return logs.some(lambda log: log["properties.enabled"].is_true()) | target["properties.flowLogs"].some(_is_on)


def _is_on(named: Node) -> Truth:
    """A flow log that Azure names in its target's answer; those among the documents are judged there."""
    if named["id"].is_missing or named["id"].resolve() is not None:
        return FALSE
    return deferred("the flow log that Azure names is not among the documents")


def _guard_is_logged(subnet: Document) -> Truth:
    guard = subnet["properties.networkSecurityGroup.id"].resolve()
    return FALSE if guard is None else _is_logged(guard)


@rule(
    "NET-LOG-002",
    "Flow logs are kept for 90 days",
    severity=Severity.MEDIUM,
    on=LOG,
    paths=("properties.retentionPolicy.enabled", "properties.retentionPolicy.days"),
    fix="Raise the retention.",
    sets={"properties.retentionPolicy.enabled": True, "properties.retentionPolicy.days": 90},
    maps=Maps(checkov=("CKV_AZURE_12",), other=("KICS:not_recommended_network_watcher_flow_log_retention_policy",)),
)
def flow_logs_are_kept_for_90_days(log: Document, *, min_days: int = 90) -> Truth:
    """Flow logs are kept for 90 days.

    Checks: retentionPolicy.enabled is true, and days is 0, which keeps them for ever, or at least min_days; missing
        fails.
    Why: Incidents are often found weeks later.
    Bad:
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: elsewhere, retentionPolicy: {enabled: false, days: 0}}
    Bad:
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: elsewhere, retentionPolicy: {enabled: true, days: 30}}
    Bad:
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: elsewhere, enabled: true}
    Good:
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: elsewhere, retentionPolicy: {enabled: true, days: 90}}
    Good:
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/log
          properties: {targetResourceId: elsewhere, retentionPolicy: {enabled: true, days: 0}}
    Source: bridgecrewio/checkov checkov/arm/checks/resource/NetworkWatcherFlowLogPeriod.py; Checkmarx/kics
        assets/queries/azureResourceManager/not_recommended_network_watcher_flow_log_retention_policy
    """
    policy = log["properties.retentionPolicy"]
    days = policy["days"]
    return policy["enabled"].is_true() & (days.equals(0) | days.at_least(min_days))
