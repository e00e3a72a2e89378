"""Firewalls."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Severity, Truth, rule, when

POLICY = "Microsoft.Network/firewallPolicies"
FIREWALL = "Microsoft.Network/azureFirewalls"


@rule(
    "NET-FW-001",
    "Firewall blocks known bad hosts",
    severity=Severity.MEDIUM,
    on=(POLICY, FIREWALL),
    paths=("properties.threatIntelMode",),
    fix="Set threatIntelMode to Deny.",
    sets={"properties.threatIntelMode": "Deny"},
    maps=Maps(
        azure_policy={
            "da79a7e2-8aa1-45ed-af81-ba050c153564": "Azure Firewall Policy should enable Threat Intelligence",
        },
        checkov=("CKV_AZURE_216",),
        psrule=("Azure.Firewall.PolicyMode", "Azure.Firewall.Mode"),
    ),
)
def firewall_blocks_known_bad_hosts(firewall: Document) -> Truth:
    """Firewall blocks known bad hosts.

    Checks: threatIntelMode of a firewall policy, or of a firewall without one, equals Deny; missing fails.
    Why: Alert mode only records the traffic.
    Bad:
        - type: Microsoft.Network/firewallPolicies
          name: example
          properties: {threatIntelMode: Alert}
    Bad:
        - type: Microsoft.Network/firewallPolicies
          name: example
          properties: {sku: {tier: Standard}}
    Bad:
        - type: Microsoft.Network/azureFirewalls
          name: example
          properties: {threatIntelMode: Alert}
    Good:
        - type: Microsoft.Network/firewallPolicies
          name: example
          properties: {threatIntelMode: Deny}
    Good:
        - type: Microsoft.Network/azureFirewalls
          name: example
          properties: {threatIntelMode: Deny}
    Good:
        - type: Microsoft.Network/firewallPolicies
          name: example
          properties: {threatIntelMode: Deny}
        - type: Microsoft.Network/azureFirewalls
          name: classic
          properties: {threatIntelMode: Alert, firewallPolicy: {id: "@example"}}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Network/AzureFirewallPolicy_EnableThreatIntelligence_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/AzureFirewallDenyThreatIntelMode.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Firewall.PolicyMode.md
    """
    mode = firewall["properties.threatIntelMode"].equals("Deny")
    if firewall.is_a(POLICY):
        return mode
    return when(~firewall["properties.firewallPolicy.id"].has_text(), mode)
