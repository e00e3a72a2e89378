"""Network of Key Vault: who reaches a vault."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule

from ._firewall import admits_only
from ._private_link import is_reached_through
from ._vault_keys import serves_platform

VAULT = "Microsoft.KeyVault/vaults"


@rule(
    "KV-NET-001",
    "Vault refuses public traffic",
    severity=Severity.CRITICAL,
    on=VAULT,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to disabled.",
    sets={"properties.publicNetworkAccess": "Disabled"},
    maps=Maps(
        azure_policy={
            "405c5871-3e91-4644-8a63-58e19d68ff5b": "Azure Key Vault should disable public network access",
        },
        mcsb=("NS-2",),
        checkov=("CKV_AZURE_189",),
        psrule=("Azure.KeyVault.Firewall",),
    ),
)
def vault_refuses_public_traffic(vault: Document) -> Truth:
    """Vault refuses public traffic.

    Checks: Equals disabled, in any letter case; missing fails.
    Why: Vault secrets open everything else.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {tenantId: 00000000-0000-0000-0000-000000000002}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: disabled}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/PublicNetworkAccess_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/KeyVaultDisablesPublicNetworkAccess.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.KeyVault.Firewall.md
    """
    return _is_closed(vault)


@rule(
    "KV-NET-002",
    "Vault firewall denies by default",
    severity=Severity.HIGH,
    on=VAULT,
    paths=(
        "properties.networkAcls.defaultAction",
        "properties.networkAcls.ipRules",
        "properties.networkAcls.virtualNetworkRules",
        "properties.publicNetworkAccess",
    ),
    fix="Set defaultAction to Deny.",
    sets={"properties.networkAcls.defaultAction": "Deny"},
    maps=Maps(
        azure_policy={
            "55615ac9-af46-4a59-874e-391cc3dfb490": (
                "Azure Key Vault should have firewall enabled or public network access disabled"
            ),
        },
        mcsb=("DP-8", "NS-2"),
        checkov=("CKV_AZURE_109",),
        psrule=("Azure.KeyVault.Firewall",),
        other=("Trivy:specify_network_acl",),
    ),
)
def vault_firewall_denies_by_default(
    vault: Document, *, allowed_ips: tuple[str, ...] = (), allowed_subnets: tuple[str, ...] = ()
) -> Truth:
    """Vault firewall denies by default.

    Checks: KV-NET-001 passes, or: defaultAction equals Deny, ipRules hold only addresses within allowed_ips, and
        virtualNetworkRules only the subnets of allowed_subnets. An empty list allows none; a missing networkAcls
        fails.
    Why: A vault without rules is open to every network.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: Enabled, networkAcls: {defaultAction: Allow}}
    Bad (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            networkAcls: {defaultAction: Deny, ipRules: [{value: 0.0.0.0/0}]}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            networkAcls: {defaultAction: Deny, virtualNetworkRules: [{id: "@net#/subnets/build"}]}
        - type: Microsoft.Network/virtualNetworks
          name: net
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            networkAcls: {defaultAction: Deny, ipRules: [{value: 203.0.113.7}, {value: 198.51.100.0/24}]}
        - parameters: {allowed_ips: [203.0.113.0/24]}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {networkAcls: {defaultAction: deny}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: Disabled}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            networkAcls:
              defaultAction: Deny
              ipRules: [{value: 203.0.113.7}]
              virtualNetworkRules:
                - id: /subscriptions/1/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/n/subnets/build
        - parameters:
            allowed_ips: [203.0.113.0/24]
            allowed_subnets:
              - /subscriptions/1/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/n/subnets/build
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/FirewallEnabled_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/KeyVaultEnablesFirewallRulesSettings.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.KeyVault.Firewall.md; aquasecurity/trivy-checks
        checks/cloud/azure/keyvault/specify_network_acl.rego
    """
    return admits_only(vault["properties.networkAcls"], allowed_ips, allowed_subnets) | _is_closed(vault)


@rule(
    "KV-NET-003",
    "Vault has an approved private endpoint",
    severity=Severity.HIGH,
    on=VAULT,
    needs=Needs.GRAPH,
    paths=(
        "properties.privateEndpointConnections[*].properties.privateLinkServiceConnectionState.status",
        "Microsoft.Network/privateEndpoints: properties.privateLinkServiceConnections[*].properties.groupIds",
    ),
    fix="Declare the private endpoint.",
    maps=Maps(
        azure_policy={
            "a6abeaec-4d90-4a02-805f-6b26c4d3fbe9": "Azure Key Vaults should use private link",
        },
        mcsb=("DP-8", "NS-2"),
        cis=("2.0.0:8.7",),
        checkov=("CKV2_AZURE_32",),
    ),
)
def vault_has_an_approved_private_endpoint(vault: Document) -> Truth:
    """Vault has an approved private endpoint.

    Checks: Program or preview: a declared private endpoint points at the vault id with group id vault. Live: one
        connection is Approved.
    Why: A closed vault is unreachable without it.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [sites]}
    Bad (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Pending}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [vault]}
    Good (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Approved}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Should_Use_PrivateEndpoint_Audit.json;
        bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/AzureKeyVaultConfigPrivateEndpoint.yaml
    """
    return is_reached_through(vault, "vault")


@rule(
    "KV-NET-004",
    "Trusted services may pass only when needed",
    severity=Severity.LOW,
    on=VAULT,
    needs=Needs.GRAPH,
    paths=("properties.networkAcls.bypass",),
    fix="Set bypass to None where no service needs it.",
)
def trusted_services_may_pass_only_when_needed(vault: Document) -> Truth:
    """Trusted services may pass only when needed.

    Checks: bypass equals None; or it is AzureServices, which is also what a missing one means, and the vault is the
        keyVault of a workspace, or serves a disk set, a certificate, or the customer key of a workspace, container
        registry or storage account of the estate.
    Why: The bypass widens who can reach the vault.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {networkAcls: {bypass: AzureServices}}
    Bad (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {networkAcls: {defaultAction: Deny}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {networkAcls: {bypass: none}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {networkAcls: {bypass: AzureServices}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {keyVault: "@example"}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Compute/diskEncryptionSets
          name: disks
          properties: {activeKey: {sourceVault: {id: "@example"}}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Storage/storageAccounts
          name: examplestorage
          properties:
            encryption:
              keySource: Microsoft.Keyvault
              keyvaultproperties: {keyvaulturi: "https://example.vault.azure.net/", keyname: account}
    Source: own rule (platform-team practice); no outside rule found
    """
    bypass = vault["properties.networkAcls.bypass"]
    return bypass.equals("None") | (bypass.equals("AzureServices", missing=True) & serves_platform(vault))


def _is_closed(vault: Document) -> Truth:
    return vault["properties.publicNetworkAccess"].equals("Disabled")
