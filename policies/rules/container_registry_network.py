"""Network of Container Registry: who reaches a registry, and what it calls."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, rule

from ._private_link import is_reached_through
from ._secrets import hidden

REGISTRY = "Microsoft.ContainerRegistry/registries"
WEBHOOK = "Microsoft.ContainerRegistry/registries/webhooks"


@rule(
    "ACR-NET-001",
    "Registry refuses public traffic",
    severity=Severity.HIGH,
    on=REGISTRY,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to Disabled (Premium tier).",
    sets={"properties.publicNetworkAccess": "Disabled"},
    maps=Maps(
        azure_policy={
            "0fdf0491-d080-4575-b627-ad0e843cba0f": (
                "Public network access should be disabled for Container registries"
            ),
        },
        mcsb=("NS-2",),
        checkov=("CKV_AZURE_139",),
        psrule=("Azure.ACR.Firewall",),
    ),
)
def registry_refuses_public_traffic(registry: Document) -> Truth:
    """Registry refuses public traffic.

    Checks: publicNetworkAccess equals Disabled; missing fails.
    Why: A public registry exposes images and their vulnerabilities.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: disabled}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_PublicNetworkAccess_AuditDeny.json; bridgecrewio/checkov
        checkov/arm/checks/resource/ACRPublicNetworkAccessDisabled.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ACR.Firewall.md
    """
    return _is_closed(registry)


@rule(
    "ACR-NET-002",
    "Registry firewall denies by default",
    severity=Severity.HIGH,
    on=REGISTRY,
    paths=("properties.networkRuleSet.defaultAction", "properties.publicNetworkAccess"),
    fix="Set networkRuleSet.defaultAction to Deny.",
    sets={"properties.networkRuleSet.defaultAction": "Deny"},
    maps=Maps(
        azure_policy={
            "d0793b48-0edc-4296-a390-4c75d1bdfd71": (
                "Container registries should not allow unrestricted network access"
            ),
        },
        mcsb=("NS-2",),
        psrule=("Azure.ACR.Firewall",),
    ),
)
def registry_firewall_denies_by_default(registry: Document) -> Truth:
    """Registry firewall denies by default.

    Checks: networkRuleSet.defaultAction equals Deny, or ACR-NET-001 passes; missing fails.
    Why: Allow by default makes the rule list pointless.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Enabled, networkRuleSet: {defaultAction: Allow}}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Enabled}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Enabled, networkRuleSet: {defaultAction: Deny}}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Disabled, networkRuleSet: {defaultAction: Allow}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_NetworkRulesExist_AuditDeny.json; Azure/PSRule.Rules.Azure docs/en/rules/Azure.ACR.Firewall.md
    """
    return registry["properties.networkRuleSet.defaultAction"].equals("Deny") | _is_closed(registry)


@rule(
    "ACR-NET-003",
    "Registry has an approved private endpoint",
    severity=Severity.HIGH,
    on=REGISTRY,
    needs=Needs.GRAPH,
    paths=(
        "properties.privateEndpointConnections[*].properties.privateLinkServiceConnectionState.status",
        "Microsoft.Network/privateEndpoints: properties.privateLinkServiceConnections[*].properties.groupIds",
    ),
    fix="Declare the private endpoint.",
    maps=Maps(
        azure_policy={
            "e8eef0a8-67cf-4eb4-9386-14b0e78733d4": "Container registries should use private link",
        },
        mcsb=("NS-2",),
    ),
)
def registry_has_an_approved_private_endpoint(registry: Document) -> Truth:
    """Registry has an approved private endpoint.

    Checks: Program or preview: a declared private endpoint points at the registry id with group id registry. Live:
        one connection is Approved.
    Why: Workspace and compute pull images over it.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [vault]}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Rejected}}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [registry]}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            manualPrivateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [registry]}
    Good (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Approved}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_PrivateEndpointEnabled_Audit.json
    """
    return is_reached_through(registry, "registry")


@rule(
    "ACR-NET-004",
    "Registry tier supports private endpoints",
    severity=Severity.MEDIUM,
    on=REGISTRY,
    paths=("sku.name",),
    fix="Use the Premium tier.",
    sets={"sku.name": "Premium"},
    maps=Maps(
        azure_policy={
            "bd560fc0-3c69-498a-ae9f-aa8eb7de0e13": (
                "Container registries should have SKUs that support Private Links"
            ),
        },
        mcsb=("NS-2",),
        psrule=("Azure.ACR.MinSku",),
    ),
)
def registry_tier_supports_private_endpoints(registry: Document) -> Truth:
    """Registry tier supports private endpoints.

    Checks: sku.name equals Premium.
    Why: Lower tiers cannot close public access.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          sku: {name: Standard}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {adminUserEnabled: false}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          sku: {name: premium}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_SkuSupportsPrivateEndpoints_AuditDeny.json; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ACR.MinSku.md
    """
    return registry["sku.name"].equals("Premium")


@rule(
    "ACR-NET-005",
    "Registry uses its own data endpoints",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("properties.dataEndpointEnabled",),
    fix="Set dataEndpointEnabled true.",
    sets={"properties.dataEndpointEnabled": True},
    maps=Maps(checkov=("CKV_AZURE_237",)),
)
def registry_uses_its_own_data_endpoints(registry: Document) -> Truth:
    """Registry uses its own data endpoints.

    Checks: dataEndpointEnabled is true; missing fails.
    Why: Dedicated names let a firewall allow only this registry.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {dataEndpointEnabled: false}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {dataEndpointEnabled: true}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/ACRDedicatedDataEndpointEnabled.py
    """
    return registry["properties.dataEndpointEnabled"].is_true()


@rule(
    "ACR-NET-006",
    "Registry webhooks call HTTPS",
    severity=Severity.MEDIUM,
    on=WEBHOOK,
    paths=("properties.serviceUri",),
    fix="Use an https address.",
    maps=Maps(checkov=("CKV2_AZURE_30",)),
)
def registry_webhooks_call_https(webhook: Document) -> Truth:
    """Registry webhooks call HTTPS.

    Checks: serviceUri starts with https://. Deferred on live documents, for Azure never returns it.
    Why: Plain webhooks leak push events and headers.
    Bad:
        - type: Microsoft.ContainerRegistry/registries/webhooks
          name: example/push
          properties: {serviceUri: "http://hooks.example.com/push"}
    Bad:
        - type: Microsoft.ContainerRegistry/registries/webhooks
          name: example/push
          properties: {status: enabled}
    Good:
        - type: Microsoft.ContainerRegistry/registries/webhooks
          name: example/push
          properties: {serviceUri: "https://hooks.example.com/push"}
    Good:
        - type: Microsoft.ContainerRegistry/registries/webhooks
          name: example/push
          properties: {serviceUri: "secret:HTTPS://hooks.example.com/push?code=1"}
    Source: bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/AzureACR_HTTPSwebhook.yaml
    """
    if webhook.is_live:
        return deferred("Azure never returns the address of a webhook")
    return hidden(webhook["properties.serviceUri"].matches("https://.+"))


def _is_closed(registry: Document) -> Truth:
    return registry["properties.publicNetworkAccess"].equals("Disabled")
