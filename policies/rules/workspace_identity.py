"""Who a workspace is, and how it signs in to data and services."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Severity, Truth, rule

from ._identity import LISTED, has_identity, is_listed
from ._workspace import WORKSPACE

DATASTORE = "Microsoft.MachineLearningServices/workspaces/datastores"
CONNECTION = "Microsoft.MachineLearningServices/workspaces/connections"
PRIMARY = "properties.primaryUserAssignedIdentity"
SYSTEM_DATASTORES = "properties.systemDatastoresAuthMode"
CREDENTIALS = "properties.credentials.credentialsType"
LOGINS = ("AAD", "ManagedIdentity", "ProjectManagedIdentity", "AccountManagedIdentity", "UserEntraToken")
"""Values of authType that sign in with an identity and store nothing."""


@rule(
    "AML-IDN-001",
    "Workspace runs as a user-assigned identity",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    paths=("identity.type", LISTED, PRIMARY),
    fix="Create the identity first and set primaryUserAssignedIdentity.",
    maps=Maps(
        azure_policy={
            "5f0c7d88-c7de-45b8-ac49-db49e72eaa78": "Azure Machine Learning workspaces should use user-assigned "
            "managed identity"
        },
        mcsb=("IM-3",),
        psrule=("Azure.ML.UserManagedIdentity",),
        other=("cloudsploit:workspaceManagedIdentity",),
    ),
)
def workspace_runs_as_a_user_assigned_identity(workspace: Document) -> Truth:
    """Workspace runs as a user-assigned identity.

    Checks: identity.type names UserAssigned, alone or beside SystemAssigned, and primaryUserAssignedIdentity is one of
        identity.userAssignedIdentities.
    Why: A pre-made identity can be granted least privilege before the workspace exists and survives recreation.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: SystemAssigned}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: UserAssigned, userAssignedIdentities: {"@control": {}}}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: control
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: UserAssigned, userAssignedIdentities: {"@control": {}}}
          properties: {primaryUserAssignedIdentity: "@other"}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: control
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: other
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          identity: {type: "SystemAssigned,UserAssigned", userAssignedIdentities: {"@control": {}}}
          properties: {primaryUserAssignedIdentity: "@control"}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: control
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine Learning/Workspace_UAIEnabled_Audit.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.ML.UserManagedIdentity.md (which wants exactly UserAssigned);
        aquasecurity/cloudsploit plugins/azure/machinelearning/workspaceManagedIdentity.js
    """
    return (
        has_identity(workspace, "UserAssigned")
        & workspace[LISTED].has_members()
        & is_listed(workspace[PRIMARY], workspace)
    )


@rule(
    "AML-IDN-002",
    "System datastores use identity, not keys",
    severity=Severity.HIGH,
    on=WORKSPACE,
    paths=(SYSTEM_DATASTORES,),
    fix="Set systemDatastoresAuthMode to Identity and grant the data-plane roles.",
    sets={SYSTEM_DATASTORES: "Identity"},
)
def system_datastores_use_identity_not_keys(workspace: Document, *, accept_user_delegation: bool = False) -> Truth:
    """System datastores use identity, not keys.

    Checks: systemDatastoresAuthMode equals Identity, in any letter case; accept_user_delegation also allows
        UserDelegationSAS. Missing fails, because the service then stores the account key.
    Why: A stored account key gives every workspace user full rights on the storage account.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {systemDatastoresAuthMode: AccessKey}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {systemDatastoresAuthMode: UserDelegationSAS}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {systemDatastoresAuthMode: identity}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {systemDatastoresAuthMode: UserDelegationSAS}
        - parameters: {accept_user_delegation: true}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    accepted = ("Identity", "UserDelegationSAS") if accept_user_delegation else ("Identity",)
    return workspace[SYSTEM_DATASTORES].equals(*accepted)


@rule(
    "AML-IDN-003",
    "Datastores hold no account keys or SAS tokens",
    severity=Severity.HIGH,
    on=DATASTORE,
    paths=(CREDENTIALS,),
    fix="Use identity-based access: credentialsType None, and no secrets.",
    sets={CREDENTIALS: "None"},
)
def datastores_hold_no_account_keys_or_sas_tokens(datastore: Document) -> Truth:
    """Datastores hold no account keys or SAS tokens.

    Checks: credentials.credentialsType equals None. AccountKey and Sas fail, as do ServicePrincipal and Certificate,
        which need a waiver. Missing fails.
    Why: A credential in a datastore is readable by anyone with access to the workspace.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: workspace/example
          properties:
            datastoreType: AzureBlob
            credentials: {credentialsType: AccountKey, secrets: {secretsType: AccountKey, key: "secret:example"}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: workspace/example
          properties: {datastoreType: AzureDataLakeGen2, credentials: {credentialsType: ServicePrincipal}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: workspace/example
          properties: {datastoreType: AzureBlob}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: workspace/example
          properties: {datastoreType: AzureBlob, credentials: {credentialsType: None}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return datastore[CREDENTIALS].equals("None")


@rule(
    "AML-IDN-004",
    "Workspace connections sign in with Entra or managed identity",
    severity=Severity.MEDIUM,
    on=CONNECTION,
    paths=("properties.authType",),
    fix="Change the connection to an identity-based type.",
    sets={"properties.authType": "AAD"},
)
def workspace_connections_sign_in_with_entra_or_managed_identity(connection: Document) -> Truth:
    """Workspace connections sign in with Entra or managed identity.

    Checks: authType is one of AAD, ManagedIdentity, ProjectManagedIdentity, AccountManagedIdentity, UserEntraToken, or
        None for targets that need no login. Everything that stores a secret fails: ApiKey, AccessKey, AccountKey, SAS,
        PAT, UsernamePassword, CustomKeys, and ServicePrincipal and OAuth2 with their client secrets. Missing fails.
    Why: Static keys in connections are shared, long-lived and hard to trace.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: ApiKey, category: AzureOpenAI, target: https://example.openai.azure.com}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: ServicePrincipal, category: AzureSqlDb}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: AAD, category: AzureOpenAI, target: https://example.openai.azure.com}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: None, category: PythonFeed, target: https://pypi.org/simple}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return _signs_in_with_identity(connection, "None")


def _signs_in_with_identity(connection: Document, *others: str) -> Truth:
    return connection["properties.authType"].equals(*LOGINS, *others)


@rule(
    "AML-IDN-005",
    "Connections are not shared with everyone by default",
    severity=Severity.LOW,
    on=CONNECTION,
    paths=("properties.isSharedToAll", "properties.authType"),
    fix="Set isSharedToAll false and list users.",
    sets={"properties.isSharedToAll": False},
)
def connections_are_not_shared_with_everyone_by_default(connection: Document) -> Truth:
    """Connections are not shared with everyone by default.

    Checks: isSharedToAll is false, or missing, which the service reads as false. True passes where authType is one
        that AML-IDN-004 accepts: there is nothing to share.
    Why: A key-based connection shared to all widens who can spend or read through it.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: ApiKey, isSharedToAll: true}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: ApiKey, isSharedToAll: false, sharedUserList: [6f2f9a3c-5d0e-4f58-9c56-1f1f6d1f2a01]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: workspace/example
          properties: {authType: ManagedIdentity, isSharedToAll: true}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    is_open_to_some = connection["properties.isSharedToAll"].is_false(missing=True)
    return is_open_to_some | _signs_in_with_identity(connection, "None")
