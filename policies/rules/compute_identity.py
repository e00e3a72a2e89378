"""Who signs in to computes of a workspace, and who they are."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, rule, settle, some, when

from ._computes import COMPUTE, has_no_local_accounts, is_cluster, is_instance
from ._identity import LISTED, has_identity
from ._secrets import hidden
from ._workspace import workspace_of

AUTHORIZATION = "properties.properties.computeInstanceAuthorizationType"
ASSIGNED = "properties.properties.personalComputeInstanceSettings.assignedUser"
SHARING = "properties.properties.applicationSharingPolicy"
ACCOUNT = "properties.properties.userAccountCredentials"
REMOTE_LOGIN = "properties.properties.remoteLoginPortPublicAccess"


@rule(
    "CMP-IDN-001",
    "Compute has local accounts switched off",
    severity=Severity.HIGH,
    on=COMPUTE,
    paths=("properties.disableLocalAuth",),
    fix="Set disableLocalAuth true. It is fixed at creation: a compute that exists has to be made anew.",
    sets={"properties.disableLocalAuth": True},
    maps=Maps(
        azure_policy={
            "e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f": "Azure Machine Learning Computes should have local authentication "
            "methods disabled",
            "a6f9a2d0-cff7-4855-83ad-4cd750666512": "Configure Azure Machine Learning Computes to disable local "
            "authentication methods",
        },
        mcsb=("IM-1",),
        checkov=("CKV_AZURE_142",),
        psrule=("Azure.ML.DisableLocalAuth",),
    ),
)
def compute_has_local_accounts_switched_off(compute: Document) -> Truth:
    """Compute has local accounts switched off.

    Checks: disableLocalAuth is true for AmlCompute and ComputeInstance. The value can only be set at creation, so a
        compute that exists needs recreation.
    Why: Local accounts bypass Entra sign-in, conditional access and audit.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, disableLocalAuth: false}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, disableLocalAuth: true}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine Learning/DisableLocalAuth_Audit.json;
        bridgecrewio/checkov checkov/terraform/checks/resource/azure/MLCCLADisabled.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ML.DisableLocalAuth.md
    """
    found = has_no_local_accounts(compute)
    return found.otherwise("only a new compute can have another value") if compute.is_live else found


@rule(
    "CMP-IDN-002",
    "Cluster runs as a user-assigned identity",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    needs=Needs.GRAPH,
    paths=(
        "identity.type",
        "Microsoft.MachineLearningServices/workspaces: properties.primaryUserAssignedIdentity",
    ),
    fix="Give the cluster an identity of its own.",
)
def cluster_runs_as_a_user_assigned_identity(compute: Document) -> Truth:
    """Cluster runs as a user-assigned identity.

    Checks: For AmlCompute: identity.type names UserAssigned, at least one identity is listed, and none of them is the
        primaryUserAssignedIdentity of the workspace.
    Why: Jobs that run as the workspace identity inherit its control-plane rights.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: SystemAssigned}
          properties: {computeType: AmlCompute}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: UserAssigned, userAssignedIdentities: {"@shared": {}}}
          properties: {computeType: AmlCompute}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {primaryUserAssignedIdentity: "@shared"}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: shared
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: UserAssigned, userAssignedIdentities: {}}
          properties: {computeType: AmlCompute}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: UserAssigned, userAssignedIdentities: {"@training": {}}}
          properties: {computeType: AmlCompute}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {primaryUserAssignedIdentity: "@control"}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: training
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: control
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    has_own = has_identity(compute, "UserAssigned") & compute[LISTED].has_members()
    return when(is_cluster(compute), has_own & ~settle(lambda: _shares_identity(compute)))


def _shares_identity(compute: Document) -> Truth:
    workspace = workspace_of(compute)
    if workspace is None:
        return deferred("the workspace is not part of the estate")
    primary = workspace["properties.primaryUserAssignedIdentity"]
    return some(compute[LISTED].keys(), lambda each: each.same_id(primary))


@rule(
    "CMP-IDN-003",
    "Compute instance belongs to one named user",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(AUTHORIZATION, f"{ASSIGNED}.objectId", f"{ASSIGNED}.tenantId"),
    fix="Set personalComputeInstanceSettings.assignedUser.",
)
def compute_instance_belongs_to_one_named_user(compute: Document, *, tenant_id: str = "") -> Truth:
    """Compute instance belongs to one named user.

    Checks: For ComputeInstance: computeInstanceAuthorizationType is personal (in a declaration it may be left to the
        service, whose default this is), and assignedUser.objectId and assignedUser.tenantId are set. With tenant_id
        given, assignedUser.tenantId equals it.
    Why: A machine without an owner is shared by accident and audited as the creator.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {computeInstanceAuthorizationType: personal}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              computeInstanceAuthorizationType: personal
              personalComputeInstanceSettings: {assignedUser: {objectId: 6f2f9a3c-5d0e-4f58-9c56-1f1f6d1f2a01}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              computeInstanceAuthorizationType: personal
              personalComputeInstanceSettings:
                assignedUser: {objectId: 6f2f9a3c-5d0e-4f58-9c56-1f1f6d1f2a01, tenantId: guests}
        - parameters: {tenant_id: staff}
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              personalComputeInstanceSettings:
                assignedUser: {objectId: 6f2f9a3c-5d0e-4f58-9c56-1f1f6d1f2a01, tenantId: staff}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              computeInstanceAuthorizationType: Personal
              personalComputeInstanceSettings:
                assignedUser: {objectId: 6f2f9a3c-5d0e-4f58-9c56-1f1f6d1f2a01, tenantId: staff}
        - parameters: {tenant_id: staff}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    user = compute[ASSIGNED]
    tenant = user["tenantId"]
    is_owned = (
        compute[AUTHORIZATION].equals("personal", missing=not compute.is_live)
        & user["objectId"].has_text()
        & (tenant.equals(tenant_id) if tenant_id else tenant.has_text())
    )
    return when(is_instance(compute), is_owned)


@rule(
    "CMP-IDN-004",
    "Compute instance applications are personal",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(SHARING,),
    fix="Set applicationSharingPolicy to Personal.",
    sets={SHARING: "Personal"},
)
def compute_instance_applications_are_personal(compute: Document) -> Truth:
    """Compute instance applications are personal.

    Checks: For ComputeInstance: applicationSharingPolicy equals Personal. Shared and missing fail.
    Why: Shared applications let any workspace user act as the owner.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {applicationSharingPolicy: Shared}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {applicationSharingPolicy: Personal}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return when(is_instance(compute), compute[SHARING].equals("Personal"))


@rule(
    "CMP-IDN-005",
    "Cluster admin has no password",
    severity=Severity.HIGH,
    on=COMPUTE,
    paths=(f"{ACCOUNT}.adminUserPassword", REMOTE_LOGIN),
    fix="Remove userAccountCredentials.",
    sets={ACCOUNT: None},
)
def cluster_admin_has_no_password(compute: Document) -> Truth:
    """Cluster admin has no password.

    Checks: For AmlCompute: userAccountCredentials is missing, or holds no adminUserPassword and the remote login port
        is closed (CMP-NET-003). Azure never returns the block, so that a compute read from it is not judged.
    Why: A password in the program ends up in state and in every node.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties:
              remoteLoginPortPublicAccess: Disabled
              userAccountCredentials: {adminUserName: admin, adminUserPassword: "secret:example"}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties:
              remoteLoginPortPublicAccess: Enabled
              userAccountCredentials: {adminUserName: admin, adminUserSshPublicKey: ssh-ed25519 example}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_DS3_v2}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties:
              remoteLoginPortPublicAccess: Disabled
              userAccountCredentials: {adminUserName: admin, adminUserSshPublicKey: ssh-ed25519 example}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    account = compute[ACCOUNT]
    found = hidden(~account["adminUserPassword"].is_set()) & (
        ~account.has_members() | compute[REMOTE_LOGIN].equals("Disabled")
    )
    seen = found & deferred("Azure does not return the credentials of a compute") if compute.is_live else found
    return when(is_cluster(compute), seen)
