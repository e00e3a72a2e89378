"""Network of Storage: who reaches an account, and how."""

from __future__ import annotations

from functools import partial

from azkeep.policy import Document, Maps, Needs, Severity, Truth, all_of, any_of, rule, settle, some, when
from azkeep.policy.truth import State

from ._firewall import admits_only
from ._private_link import is_reached_for
from ._storage import ACCOUNT, has_datastore, workspaces
from ._workspace import has_managed_network

GROUPS = {"blob": ("AzureBlob",), "file": ("AzureFile",), "dfs": ("AzureDataLakeGen2",)}
"""Private link group → the datastore types that need it; no datastore uses queues or tables."""
DEFAULT_GROUPS = ("blob", "file")
"""What a workspace needs of its default account."""
WRITERS = {
    "Microsoft.Insights/diagnosticSettings": "properties.storageAccountId",
    "Microsoft.Network/networkWatchers/flowLogs": "properties.storageId",
    "Microsoft.OperationalInsights/workspaces/dataExports": "properties.destination.resourceId",
    "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers": "properties.sourceResourceId",
    "Microsoft.DataProtection/backupVaults/backupInstances": "properties.dataSourceInfo.resourceID",
}
"""Type → where it names the account that it writes logs to, or backs up."""


@rule(
    "ST-NET-001",
    "Account refuses public traffic",
    severity=Severity.CRITICAL,
    on=ACCOUNT,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to Disabled.",
    sets={"properties.publicNetworkAccess": "Disabled"},
    maps=Maps(
        azure_policy={
            "b2982f36-99f2-4db5-8eff-283140c09693": "Storage accounts should disable public network access",
        },
        mcsb=("NS-2",),
        checkov=("CKV_AZURE_59",),
    ),
)
def account_refuses_public_traffic(account: Document) -> Truth:
    """Account refuses public traffic.

    Checks: publicNetworkAccess equals Disabled or SecuredByPerimeter; missing fails.
    Why: Training data sits here.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: disabled}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: SecuredByPerimeter}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StoragePublicNetworkAccess_AuditDeny.json; bridgecrewio/checkov
        checkov/arm/checks/resource/StorageAccountDisablePublicAccess.py
    """
    return _is_closed(account)


@rule(
    "ST-NET-002",
    "Account firewall denies by default",
    severity=Severity.HIGH,
    on=ACCOUNT,
    paths=(
        "properties.networkAcls.defaultAction",
        "properties.networkAcls.ipRules",
        "properties.networkAcls.virtualNetworkRules",
        "properties.publicNetworkAccess",
    ),
    fix="Set networkAcls.defaultAction to Deny.",
    sets={"properties.networkAcls.defaultAction": "Deny"},
    maps=Maps(
        azure_policy={
            "34c877ad-507e-4c82-993e-3452a6e0ad3c": "Storage accounts should restrict network access",
            "2a1a9cdf-e04d-429a-8416-3bfb72a1b26f": (
                "Storage accounts should restrict network access using virtual network rules"
            ),
        },
        mcsb=("NS-2",),
        cis=("1.4.0:3.6", "2.0.0:3.8", "3.0.0:4.7"),
        checkov=("CKV_AZURE_35",),
        psrule=("Azure.Storage.Firewall",),
        other=("KICS:default_azure_storage_account_network_access_is_too_permissive",),
    ),
)
def account_firewall_denies_by_default(
    account: Document, *, allowed_ips: tuple[str, ...] = (), allowed_subnets: tuple[str, ...] = ()
) -> Truth:
    """Account firewall denies by default.

    Checks: ST-NET-001 passes, or: defaultAction equals Deny, ipRules hold only addresses within allowed_ips, and
        virtualNetworkRules only the subnets of allowed_subnets. An empty list allows none; a missing networkAcls
        fails.
    Why: Allow by default ignores every rule.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: Enabled, networkAcls: {defaultAction: Allow}}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {defaultAction: Deny, ipRules: [{value: 0.0.0.0/0, action: Allow}]}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties:
            networkAcls:
              defaultAction: Deny
              virtualNetworkRules:
                - id: /subscriptions/1/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/n/subnets/build
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {defaultAction: Deny, ipRules: [{value: 203.0.113.7}, {value: 198.51.100.0/24}]}}
        - parameters: {allowed_ips: [203.0.113.0/24]}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {defaultAction: deny}}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: Disabled, networkAcls: {defaultAction: Allow}}
    Good:
        - type: Microsoft.Storage/storageAccounts
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
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/Storage_NetworkAcls_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/StorageAccountDefaultNetworkAccessDeny.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.Firewall.md; Checkmarx/kics
        assets/queries/azureResourceManager/default_azure_storage_account_network_access_is_too_permissive
    """
    return admits_only(account["properties.networkAcls"], allowed_ips, allowed_subnets) | _is_closed(account)


@rule(
    "ST-NET-003",
    "Account has approved private endpoints for each service used",
    severity=Severity.HIGH,
    on=ACCOUNT,
    needs=Needs.GRAPH,
    paths=(
        "properties.privateEndpointConnections[*].properties.privateLinkServiceConnectionState.status",
        "Microsoft.Network/privateEndpoints: properties.privateLinkServiceConnections[*].properties.groupIds",
    ),
    fix="Declare the missing endpoints.",
    maps=Maps(
        azure_policy={
            "6edd7eda-6dd8-40f7-810d-67160c639cd9": "Storage accounts should use private link",
        },
        mcsb=("NS-2",),
        cis=("2.0.0:3.10", "3.0.0:4.9"),
        checkov=("CKV2_AZURE_33",),
    ),
)
def account_has_approved_private_endpoints_for_each_service_used(account: Document) -> Truth:
    """Account has approved private endpoints for each service used.

    Checks: A private endpoint leads to each service in use: blob and file for the default account of a workspace;
        blob, file or dfs for an account that a datastore of type AzureBlob, AzureFile or AzureDataLakeGen2 names.
        Live: and its connection is Approved. Not applicable to an account that neither uses.
    Why: A missing file endpoint breaks notebooks and drives people to open the account.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Network/privateEndpoints
          name: blob
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [blob]}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Network/privateEndpoints
          name: file
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [file]}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: other/lake
          properties: {datastoreType: AzureDataLakeGen2, accountName: example}
        - type: Microsoft.Network/privateEndpoints
          name: blob
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [blob]}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: other/lake
          properties: {datastoreType: AzureFile, accountName: example}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties:
            privateEndpointConnections:
              - properties:
                  privateEndpoint: {id: "@blob"}
                  privateLinkServiceConnectionState: {status: Approved}
              - properties:
                  privateEndpoint: {id: "@file"}
                  privateLinkServiceConnectionState: {status: Pending}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Network/privateEndpoints
          name: blob
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [blob]}
        - type: Microsoft.Network/privateEndpoints
          name: file
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [file]}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Network/privateEndpoints
          name: blob
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [blob]}
        - type: Microsoft.Network/privateEndpoints
          name: file
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [file]}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: other/lake
          properties: {datastoreType: AzureDataLakeGen2, accountName: example}
        - type: Microsoft.Network/privateEndpoints
          name: dfs
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [dfs]}
    Good (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties:
            privateEndpointConnections:
              - properties:
                  privateEndpoint: {id: "@blob"}
                  privateLinkServiceConnectionState: {status: Approved}
              - properties:
                  privateEndpoint: {id: "@file"}
                  privateLinkServiceConnectionState: {status: Approved}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Network/privateEndpoints
          name: blob
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [blob]}
        - type: Microsoft.Network/privateEndpoints
          name: file
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [file]}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountPrivateEndpointEnabled_Audit.json;
        bridgecrewio/checkov
        checkov/terraform/checks/graph_checks/azure/AzureStorageAccConfigWithPrivateEndpoint.yaml
    """
    judged = {group: settle(partial(_is_private, account, group)) for group in GROUPS}
    missing = ", ".join(group for group, found in judged.items() if found.state is State.FALSE)
    return all_of(judged.values()).otherwise(f"no approved private endpoint leads to {missing}")


@rule(
    "ST-NET-004",
    "Trusted services keep their way in",
    severity=Severity.LOW,
    on=ACCOUNT,
    needs=Needs.GRAPH,
    paths=("properties.networkAcls.bypass",),
    fix="Add AzureServices to bypass.",
    sets={"properties.networkAcls.bypass": "AzureServices"},
    maps=Maps(
        azure_policy={
            "c9d007d0-c057-4772-b18c-01e546713bcd": (
                "Storage accounts should allow access from trusted Microsoft services"
            ),
        },
        cis=("1.4.0:3.7", "2.0.0:3.9", "3.0.0:4.8"),
        checkov=("CKV_AZURE_36",),
        other=("KICS:trusted_microsoft_services_not_enabled", "ALZ:Deny-Storage-NetworkAclsBypass"),
    ),
)
def trusted_services_keep_their_way_in(account: Document) -> Truth:
    """Trusted services keep their way in.

    Checks: bypass is missing or contains AzureServices, for an account that takes logs, is backed up, or is the
        default account of a workspace without a managed network. Not applicable to others.
    Why: Blocking it breaks logging and backup.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: None}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: "Logging, Metrics"}}
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@vault"
          properties: {storageAccountId: "@example"}
        - type: Microsoft.KeyVault/vaults
          name: vault
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: None}}
        - type: Microsoft.Network/networkWatchers/flowLogs
          name: watcher/flows
          properties: {storageId: "@example"}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: None}}
        - type: Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers
          name: backups/Azure/example
          properties: {sourceResourceId: "@example"}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: None}}
        - type: Microsoft.DataProtection/backupVaults/backupInstances
          name: backups/example
          properties: {dataSourceInfo: {resourceID: "@example"}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: None}}
        - type: Microsoft.OperationalInsights/workspaces/dataExports
          name: central/exports
          properties: {destination: {resourceId: "@example"}}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: "Logging, azureServices"}}
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@vault"
          properties: {storageAccountId: "@example"}
        - type: Microsoft.KeyVault/vaults
          name: vault
    Good (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {networkAcls: {bypass: AzureServices}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Storage/storageAccounts
          name: contained
          properties: {networkAcls: {bypass: None}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: managed
          properties: {storageAccount: "@contained", managedNetwork: {isolationMode: AllowInternetOutbound}}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccess_TrustedMicrosoftServices_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/StorageAccountAzureServicesAccessEnabled.py; Checkmarx/kics
        assets/queries/azureResourceManager/trusted_microsoft_services_not_enabled
    """
    admitted = account["properties.networkAcls.bypass"].satisfies(
        lambda text: "azureservices" in _parts(text), missing=True
    )
    return when(_serves_platform(account), admitted)


def _is_closed(account: Document) -> Truth:
    return account["properties.publicNetworkAccess"].equals("Disabled", "SecuredByPerimeter")


def _is_private(account: Document, group: str) -> Truth:
    """Somebody of the estate uses the service behind `group`, and an approved private endpoint leads to it."""
    by_workspace = workspaces(account).any() if group in DEFAULT_GROUPS else account.fact(False)
    used = by_workspace | has_datastore(account, *GROUPS[group])
    return when(used, lambda: is_reached_for(account, group) | account.fact(False))


def _serves_platform(account: Document) -> Truth:
    """Logs, backups, or a workspace without a managed network depend on the account."""
    written = some(WRITERS.items(), lambda item: account.linked_from(*item).any())
    return any_of((written, workspaces(account).some(lambda each: ~has_managed_network(each))))


def _parts(text: str) -> set[str]:
    """The members of a list in one text: `Logging, Metrics`."""
    return {part.strip().casefold() for part in text.split(",")}
