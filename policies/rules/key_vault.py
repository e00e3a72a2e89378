"""Key Vault."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule

from ._private_link import is_reached_through

VAULT = "Microsoft.KeyVault/vaults"


@rule(
    "KV-NET-001",
    "Vault refuses public traffic",
    severity=Severity.CRITICAL,
    on=VAULT,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to disabled.",
    sets={"properties.publicNetworkAccess": "Disabled"},
    maps=Maps(mcsb=("NS-2",), checkov=("CKV_AZURE_189",), psrule=("Azure.KeyVault.Firewall",)),
)
def vault_refuses_public_traffic(vault: Document) -> Truth:
    """Vault refuses public traffic.

    Checks: Equals disabled, in any letter case; missing fails.
    Why: Vault secrets open everything else.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: Enabled}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {publicNetworkAccess: disabled}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/PublicNetworkAccess_Audit.json
    """
    return vault["properties.publicNetworkAccess"].equals("Disabled")


@rule(
    "KV-NET-003",
    "Vault has an approved private endpoint",
    severity=Severity.HIGH,
    on=VAULT,
    needs=Needs.GRAPH,
    paths=("properties.privateEndpointConnections[*].properties.privateLinkServiceConnectionState.status",),
    fix="Declare the private endpoint.",
    maps=Maps(mcsb=("DP-8", "NS-2"), cis=("2.0.0:8.7",), checkov=("CKV2_AZURE_32",)),
)
def vault_has_an_approved_private_endpoint(vault: Document) -> Truth:
    """Vault has an approved private endpoint.

    Checks: Program or preview: a declared private endpoint points at the vault id with group id vault. Live: one
        connection is Approved.
    Why: A closed vault is unreachable without it.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [sites]}
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
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Should_Use_PrivateEndpoint_Audit.json
    """
    return is_reached_through(vault, "vault")
