"""Built-in roles of Azure RBAC: the same ids in every tenant, and what each allows.

Source: Microsoft Learn, "Azure built-in roles", the JSON of each role. dataActions never give control-plane rights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Role:
    """A role: its id, name, and what it allows on the control plane."""

    id: str
    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """True if `action` is among the actions and not among the excluded ones."""
        return _any(self.actions, action) and not _any(self.not_actions, action)

    def allows_data(self, action: str) -> bool:
        """True if `action` is among the data actions and not among the excluded ones."""
        return _any(self.data_actions, action) and not _any(self.not_data_actions, action)


@lru_cache(maxsize=2048)
def _pattern(text: str) -> re.Pattern[str]:
    """A wildcard between slashes stands for no segment too.

    AzureML Data Scientist allows `workspaces/*/write` and excludes `workspaces/write`, which it would not need to
    exclude otherwise.
    """
    escaped = "/(?:.*/)?".join(re.escape(part) for part in text.lower().split("/*/"))
    return re.compile(escaped.replace(r"\*", ".*") + r"\Z")


def _any(patterns: tuple[str, ...], action: str) -> bool:
    lowered = action.lower()
    return any(_pattern(each).match(lowered) for each in patterns)


_BASIC = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
)
_SUPPORT = (*_BASIC, "Microsoft.ResourceHealth/availabilityStatuses/read")
_VAULT_READS = (
    *_BASIC,
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/*/read",
    "Microsoft.KeyVault/vaults/*/read",
    "Microsoft.KeyVault/operations/read",
)
_ML = "Microsoft.MachineLearningServices/workspaces"
_LOGS = "Microsoft.OperationalInsights/workspaces"
_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices"

BUILT_IN = (
    Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",)),
    Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
            "Microsoft.Purview/consents/write",
            "Microsoft.Purview/consents/delete",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        ),
    ),
    Role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",)),
    Role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    Role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
    ),
    Role("4d97b98b-1d4f-4787-a291-c67834d212e7", "Network Contributor", ("Microsoft.Network/*", *_SUPPORT)),
    Role(
        "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        "Private DNS Zone Contributor",
        (
            "Microsoft.Insights/alertRules/*",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/*",
            "Microsoft.Network/privateDnsZones/*",
            "Microsoft.Network/privateDnsOperationResults/*",
            "Microsoft.Network/privateDnsOperationStatuses/*",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Network/virtualNetworks/join/action",
            "Microsoft.Authorization/*/read",
        ),
    ),
    Role(
        "f6c7c914-8db3-469d-8ca1-694a8f32e121",
        "AzureML Data Scientist",
        (f"{_ML}/*/read", f"{_ML}/*/action", f"{_ML}/*/delete", f"{_ML}/*/write"),
        (
            f"{_ML}/delete",
            f"{_ML}/write",
            f"{_ML}/computes/*/write",
            f"{_ML}/computes/*/delete",
            f"{_ML}/computes/listKeys/action",
            # The role is meant to work with data by its own identity: credentials of datastores are not shown to it.
            f"{_ML}/datastores/listSecrets/action",
            f"{_ML}/listKeys/action",
            f"{_ML}/hubs/write",
            f"{_ML}/hubs/delete",
            f"{_ML}/featurestores/write",
            f"{_ML}/featurestores/delete",
        ),
    ),
    Role(
        "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
        "AzureML Compute Operator",
        (f"{_ML}/computes/*", f"{_ML}/notebooks/vm/*"),
    ),
    Role(
        "635dd51f-9968-44d3-b7fb-6d9a6bd613ae",
        "AzureML Metrics Writer (preview)",
        (f"{_ML}/metrics/*/write",),
    ),
    Role(
        "1823dd4f-9b8c-4ab6-ab4e-7397a3684615",
        "AzureML Registry User",
        ("Microsoft.MachineLearningServices/registries/read", "Microsoft.MachineLearningServices/registries/assets/*"),
    ),
    Role(
        "b78c5d69-af96-48a3-bf8d-a8b4d589de94",
        "Azure AI Administrator",
        (
            *_SUPPORT,
            "Microsoft.CognitiveServices/*",
            "Microsoft.ContainerRegistry/registries/*",
            "Microsoft.DocumentDb/databaseAccounts/*",
            "Microsoft.Insights/components/*",
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.KeyVault/*",
            "Microsoft.MachineLearningServices/workspaces/*",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            "Microsoft.Search/searchServices/*",
            "Microsoft.Storage/storageAccounts/*",
        ),
    ),
    Role(
        "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
        "Azure AI Enterprise Network Connection Approver",
        tuple(
            f"{type_}/{verb}"
            for type_ in (
                "Microsoft.CognitiveServices/accounts",
                "Microsoft.ContainerRegistry/registries",
                "Microsoft.KeyVault/vaults",
                _ML,
                "Microsoft.Storage/storageAccounts",
            )
            for verb in (
                "privateEndpointConnections/read",
                "privateEndpointConnections/write",
                "privateEndpointConnectionsApproval/action",
                "privateLinkResources/read",
                "read",
            )
        ),
    ),
    Role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        (
            f"{_BLOBS}/containers/delete",
            f"{_BLOBS}/containers/read",
            f"{_BLOBS}/containers/write",
            f"{_BLOBS}/generateUserDelegationKey/action",
        ),
        data_actions=(f"{_BLOBS}/containers/blobs/*",),
    ),
    Role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        (f"{_BLOBS}/containers/read", f"{_BLOBS}/generateUserDelegationKey/action"),
        data_actions=(f"{_BLOBS}/containers/blobs/read",),
    ),
    Role(
        "69566ab7-960f-475b-8e7c-b3118f30c6bd",
        "Storage File Data Privileged Contributor",
        (),
        data_actions=("Microsoft.Storage/storageAccounts/fileServices/*",),
    ),
    Role(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        ("Microsoft.ContainerRegistry/registries/pull/read",),
    ),
    Role(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        ("Microsoft.ContainerRegistry/registries/pull/read", "Microsoft.ContainerRegistry/registries/push/write"),
    ),
    Role(
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        _VAULT_READS,
        data_actions=("Microsoft.KeyVault/vaults/*",),
    ),
    Role(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        (),
        data_actions=(
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ),
    ),
    Role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        (
            f"{_IDENTITIES}/*/read",
            f"{_IDENTITIES}/*/assign/action",
            *_BASIC,
        ),
    ),
    Role(
        "64702f94-c441-49e6-a78b-ef80e0188fee",
        "Azure AI Developer",
        (
            f"{_ML}/*/read",
            f"{_ML}/*/action",
            f"{_ML}/*/delete",
            f"{_ML}/*/write",
            "Microsoft.MachineLearningServices/locations/*/read",
            "Microsoft.Authorization/*/read",
            "Microsoft.Resources/deployments/*",
        ),
        (
            f"{_ML}/delete",
            f"{_ML}/write",
            f"{_ML}/listKeys/action",
            f"{_ML}/hubs/write",
            f"{_ML}/hubs/delete",
            f"{_ML}/featurestores/write",
            f"{_ML}/featurestores/delete",
        ),
        data_actions=(
            "Microsoft.CognitiveServices/accounts/OpenAI/*",
            "Microsoft.CognitiveServices/accounts/SpeechServices/*",
            "Microsoft.CognitiveServices/accounts/ContentSafety/*",
        ),
    ),
    Role(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        (
            *_SUPPORT,
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            "Microsoft.Storage/storageAccounts/*",
        ),
    ),
    Role(
        "81a9662b-bebf-436f-a333-f67b29880f12",
        "Storage Account Key Operator Service Role",
        (
            "Microsoft.Storage/storageAccounts/listkeys/action",
            "Microsoft.Storage/storageAccounts/regeneratekey/action",
        ),
    ),
    Role(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        (f"{_BLOBS}/containers/*", f"{_BLOBS}/generateUserDelegationKey/action"),
        data_actions=(f"{_BLOBS}/containers/blobs/*",),
    ),
    Role(
        "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
        "AcrDelete",
        ("Microsoft.ContainerRegistry/registries/artifacts/delete",),
    ),
    Role(
        "6cef56e8-d556-48e5-a04f-b8e64114680f",
        "AcrImageSigner",
        ("Microsoft.ContainerRegistry/registries/sign/write",),
    ),
    Role(
        "f25e0fa2-a7c8-4377-a976-54943a77a395",
        "Key Vault Contributor",
        (
            *_BASIC,
            "Microsoft.KeyVault/*",
        ),
        (
            "Microsoft.KeyVault/locations/deletedVaults/purge/action",
            "Microsoft.KeyVault/hsmPools/*",
            "Microsoft.KeyVault/managedHsms/*",
        ),
    ),
    Role(
        "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Reader",
        _VAULT_READS,
        data_actions=("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"),
    ),
    Role(
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets Officer",
        _VAULT_READS,
        data_actions=("Microsoft.KeyVault/vaults/secrets/*",),
    ),
    Role(
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Key Vault Crypto Officer",
        _VAULT_READS,
        data_actions=("Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"),
    ),
    Role(
        "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        "Key Vault Crypto Service Encryption User",
        (
            "Microsoft.EventGrid/eventSubscriptions/write",
            "Microsoft.EventGrid/eventSubscriptions/read",
            "Microsoft.EventGrid/eventSubscriptions/delete",
        ),
        data_actions=(
            "Microsoft.KeyVault/vaults/keys/read",
            "Microsoft.KeyVault/vaults/keys/wrap/action",
            "Microsoft.KeyVault/vaults/keys/unwrap/action",
        ),
    ),
    Role(
        "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
        "Managed Identity Contributor",
        (
            *(f"{_IDENTITIES}/{verb}" for verb in ("read", "write", "delete")),
            *(f"{_IDENTITIES}/federatedIdentityCredentials/{verb}" for verb in ("read", "write", "delete")),
            f"{_IDENTITIES}/revokeTokens/action",
            *_BASIC,
        ),
    ),
    Role(
        "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        "Monitoring Contributor",
        (
            "*/read",
            "Microsoft.AlertsManagement/*",
            *(
                f"Microsoft.Insights/{kind}/*"
                for kind in (
                    "actiongroups",
                    "activityLogAlerts",
                    "AlertRules",
                    "components",
                    "createNotifications",
                    "dataCollectionEndpoints",
                    "dataCollectionRules",
                    "dataCollectionRuleAssociations",
                    "DiagnosticSettings",
                    "eventtypes",
                    "LogDefinitions",
                    "metricalerts",
                    "MetricDefinitions",
                    "Metrics",
                    "notificationStatus",
                    "privateLinkScopes",
                    "privateLinkScopeOperationStatuses",
                    "scheduledqueryrules",
                    "webtests",
                    "workbooks",
                    "workbooktemplates",
                )
            ),
            "Microsoft.Insights/Register/Action",
            f"{_LOGS}/write",
            f"{_LOGS}/intelligencepacks/*",
            f"{_LOGS}/savedSearches/*",
            f"{_LOGS}/search/action",
            f"{_LOGS}/sharedKeys/action",
            f"{_LOGS}/storageinsightconfigs/*",
            "Microsoft.Support/*",
        ),
    ),
    Role(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        ("*/read", f"{_LOGS}/search/action", "Microsoft.Support/*"),
    ),
    Role(
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        "Log Analytics Contributor",
        (
            "*/read",
            "Microsoft.Compute/virtualMachines/extensions/*",
            "Microsoft.HybridCompute/machines/extensions/write",
            "Microsoft.Insights/alertRules/*",
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.OperationalInsights/*",
            "Microsoft.OperationsManagement/*",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourcegroups/deployments/*",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Support/*",
        ),
    ),
    Role(
        "73c42c96-874c-492b-b04d-ab87d138a893",
        "Log Analytics Reader",
        ("*/read", f"{_LOGS}/analytics/query/action", f"{_LOGS}/search/action", "Microsoft.Support/*"),
        (f"{_LOGS}/sharedKeys/read",),
    ),
)
