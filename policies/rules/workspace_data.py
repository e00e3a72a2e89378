"""What a workspace holds: its encryption, and how confidential it is."""

from __future__ import annotations

from azkeep.policy import NOT_APPLICABLE, Document, Maps, Needs, Severity, Truth, deferred, rule, when

from ._identity import is_listed
from ._workspace import WORKSPACE, is_project

STATUS = "properties.encryption.status"
KEY = "properties.encryption.keyVaultProperties.keyIdentifier"
KEY_VAULT = "properties.encryption.keyVaultProperties.keyVaultArmId"
KEY_READER = "properties.encryption.identity.userAssignedIdentity"
HIGH_IMPACT = "properties.hbiWorkspace"
STORAGE = "properties.storageAccount"
ISOLATED = "properties.enableDataIsolation"


@rule(
    "AML-ENC-001",
    "Workspace data is encrypted with a key the customer holds",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    paths=(STATUS, KEY, KEY_VAULT),
    fix="Add the encryption block with a Key Vault key.",
    maps=Maps(
        azure_policy={
            "7f40cee6-e933-4d0f-a782-b96615e0f4a6": "Azure Machine Learning workspaces should be encrypted with the "
            "use of a customer-managed key",
            "ba769a63-b8cc-4b2d-abf6-ac33c7204be8": "Azure Machine Learning workspaces should be encrypted with a "
            "customer-managed key",
        },
        mcsb=("DP-5",),
        other=("cloudsploit:mlWorkspaceCMKEncrypted",),
    ),
)
def workspace_data_is_encrypted_with_a_key_the_customer_holds(workspace: Document) -> Truth:
    """Workspace data is encrypted with a key the customer holds.

    Checks: encryption.status equals Enabled, and keyIdentifier and keyVaultArmId are both set. Projects are not
        judged: they inherit from the hub.
    Why: Holding the key lets the owner revoke access to metadata the service stores.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {storageAccount: "@data"}
        - type: Microsoft.Storage/storageAccounts
          name: data
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            encryption: {status: Enabled, keyVaultProperties: {keyVaultArmId: "@keys", keyIdentifier: ""}}
        - type: Microsoft.KeyVault/vaults
          name: keys
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            encryption:
              status: Disabled
              keyVaultProperties: {keyVaultArmId: "@keys", keyIdentifier: https://keys.vault.azure.net/keys/data}
        - type: Microsoft.KeyVault/vaults
          name: keys
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            encryption:
              status: Enabled
              keyVaultProperties: {keyVaultArmId: "@keys", keyIdentifier: https://keys.vault.azure.net/keys/data}
        - type: Microsoft.KeyVault/vaults
          name: keys
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/Workspace_CMKEnabled_Audit_V2.json; aquasecurity/cloudsploit
        plugins/azure/machinelearning/mlWorkspaceCMKEncrypted.js
    """
    has_own_key = workspace[STATUS].equals("Enabled") & workspace[KEY].has_text() & workspace[KEY_VAULT].has_text()
    return when(~is_project(workspace), has_own_key)


@rule(
    "AML-ENC-002",
    "Customer key is read with a user-assigned identity",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    paths=(KEY_READER, STATUS, "identity.userAssignedIdentities"),
    fix="Reference a user-assigned identity in encryption.identity.",
)
def customer_key_is_read_with_a_user_assigned_identity(workspace: Document) -> Truth:
    """Customer key is read with a user-assigned identity.

    Checks: When encryption.status is Enabled: encryption.identity.userAssignedIdentity is set, and one of
        identity.userAssignedIdentities.
    Why: A system identity does not exist before the workspace, so key access cannot be granted ahead of creation.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: SystemAssigned}
          properties: {encryption: {status: Enabled}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: UserAssigned, userAssignedIdentities: {"@control": {}}}
          properties: {encryption: {status: Enabled, identity: {userAssignedIdentity: "@reader"}}}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: control
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: reader
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: UserAssigned, userAssignedIdentities: {"@control": {}}}
          properties: {encryption: {status: Enabled, identity: {userAssignedIdentity: "@control"}}}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: control
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return when(workspace[STATUS].equals("Enabled"), is_listed(workspace[KEY_READER], workspace))


@rule(
    "AML-ENC-003",
    "Vault holding the workspace key cannot be purged",
    severity=Severity.HIGH,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(
        KEY_VAULT,
        "Microsoft.KeyVault/vaults: properties.enablePurgeProtection",
        "Microsoft.KeyVault/vaults: properties.enableSoftDelete",
        "Microsoft.KeyVault/vaults: properties.softDeleteRetentionInDays",
    ),
    fix="Turn on purge protection and soft delete on that vault.",
)
def vault_holding_the_workspace_key_cannot_be_purged(workspace: Document, *, min_days: int = 90) -> Truth:
    """Vault holding the workspace key cannot be purged.

    Checks: Where keyVaultArmId is set: the vault has enablePurgeProtection true, enableSoftDelete not false, and
        softDeleteRetentionInDays missing or at least min_days (KV-REC-001 and KV-REC-002). With a vault outside the
        estate the answer is open.
    Why: Losing the key loses the workspace.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {encryption: {status: Enabled, keyVaultProperties: {keyVaultArmId: "@keys"}}}
        - type: Microsoft.KeyVault/vaults
          name: keys
          properties: {softDeleteRetentionInDays: 90}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {encryption: {status: Enabled, keyVaultProperties: {keyVaultArmId: "@keys"}}}
        - type: Microsoft.KeyVault/vaults
          name: keys
          properties: {enablePurgeProtection: true, softDeleteRetentionInDays: 7}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {encryption: {status: Enabled, keyVaultProperties: {keyVaultArmId: "@keys"}}}
        - type: Microsoft.KeyVault/vaults
          name: keys
          properties: {enablePurgeProtection: true, enableSoftDelete: false}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {encryption: {status: Enabled, keyVaultProperties: {keyVaultArmId: "@keys"}}}
        - type: Microsoft.KeyVault/vaults
          name: keys
          properties: {enablePurgeProtection: true, softDeleteRetentionInDays: 90}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    link = workspace[KEY_VAULT]
    if link.is_missing:
        return NOT_APPLICABLE
    vault = link.resolve()
    if vault is None:
        return deferred("the vault is not part of the estate")
    return (
        vault["properties.enablePurgeProtection"].is_true()
        & vault["properties.enableSoftDelete"].is_true(missing=True)
        & vault["properties.softDeleteRetentionInDays"].at_least(min_days, missing=True)
    )


@rule(
    "AML-DAT-001",
    "Confidential workspaces are marked high business impact",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    paths=(HIGH_IMPACT, "tags.dataClass"),
    fix="Set hbiWorkspace true at creation.",
    sets={HIGH_IMPACT: True},
    maps=Maps(other=("ALZ:Deny-MachineLearning-HbiWorkspace", "cloudsploit:mlWorkspaceHBI")),
)
def confidential_workspaces_are_marked_high_business_impact(
    workspace: Document,
    *,
    data_class_tag: str = "dataClass",
    confidential_values: tuple[str, ...] = ("confidential", "restricted"),
) -> Truth:
    """Confidential workspaces are marked high business impact.

    Checks: hbiWorkspace is true when the tag data_class_tag has a value in confidential_values. The flag cannot be
        changed later, so a workspace that exists needs recreation.
    Why: The flag cuts the diagnostic data the service gathers.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          tags: {dataClass: confidential}
          properties: {hbiWorkspace: false}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          tags: {DataClass: Restricted}
          properties: {publicNetworkAccess: Disabled}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          tags: {dataClass: confidential}
          properties: {hbiWorkspace: true}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-HbiWorkspace.json;
        aquasecurity/cloudsploit plugins/azure/machinelearning/mlWorkspaceHBI.js; azure-ai-ml 1.35.2, arm_ml_service
        models (ARM API 2025-12-01)
    """
    if not confidential_values:
        return NOT_APPLICABLE
    is_confidential = workspace["tags"].member(data_class_tag).equals(*confidential_values)
    marked = workspace[HIGH_IMPACT].is_true()
    words = "only a new workspace can have another value"
    return when(is_confidential, marked.otherwise(words) if workspace.is_live else marked)


@rule(
    "AML-DAT-002",
    "Storage of a high-impact workspace is not public",
    severity=Severity.CRITICAL,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(HIGH_IMPACT, STORAGE, "Microsoft.Storage/storageAccounts: properties.publicNetworkAccess"),
    fix="Disable public access on the linked account.",
    maps=Maps(checkov=("CKV2_AZURE_50",)),
)
def storage_of_a_high_impact_workspace_is_not_public(workspace: Document) -> Truth:
    """Storage of a high-impact workspace is not public.

    Checks: When hbiWorkspace is true: the account in storageAccount has publicNetworkAccess Disabled; a workspace
        without an account fails. A project without one uses that of its hub, where it is judged. With an account
        outside the estate the answer is open.
    Why: The flag is worthless if the data sits on a public account.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {hbiWorkspace: true, storageAccount: "@data"}
        - type: Microsoft.Storage/storageAccounts
          name: data
          properties: {publicNetworkAccess: Enabled}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {hbiWorkspace: true, storageAccount: "@data"}
        - type: Microsoft.Storage/storageAccounts
          name: data
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {hbiWorkspace: true}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {hbiWorkspace: true, storageAccount: "@data"}
        - type: Microsoft.Storage/storageAccounts
          name: data
          properties: {publicNetworkAccess: Disabled}
    Source: bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/AzureMLWorkspaceHBIPublicNetwork.yaml
    """
    return when(workspace[HIGH_IMPACT].is_true(), lambda: _storage_is_closed(workspace))


def _storage_is_closed(workspace: Document) -> Truth:
    link = workspace[STORAGE]
    if link.is_missing:
        return when(~is_project(workspace), link.has_text())
    account = link.resolve()
    if account is None:
        return deferred("the storage account is not part of the estate")
    return account["properties.publicNetworkAccess"].equals("Disabled")


@rule(
    "AML-DAT-003",
    "Hub projects keep their data apart",
    severity=Severity.LOW,
    on=WORKSPACE,
    paths=(ISOLATED, "kind"),
    fix="Set enableDataIsolation true at creation.",
    sets={ISOLATED: True},
)
def hub_projects_keep_their_data_apart(workspace: Document) -> Truth:
    """Hub projects keep their data apart.

    Checks: enableDataIsolation is true when kind is Hub or Project. Other kinds are not judged.
    Why: Isolation stops one project from reading the store of another.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          kind: Project
          properties: {enableDataIsolation: false}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          kind: hub
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          kind: Hub
          properties: {enableDataIsolation: true}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return when(workspace["kind"].equals("Hub", "Project"), workspace[ISOLATED].is_true())
