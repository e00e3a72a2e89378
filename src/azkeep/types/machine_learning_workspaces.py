"""Microsoft.MachineLearningServices/workspaces. Source: Azure Machine Learning REST API 2025-12-01, workspaces."""

from __future__ import annotations

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put, remove
from azkeep.types._connections import POINTER, connections
from azkeep.types._document import completed, region
from azkeep.types._identity import READ_ONLY, with_identity
from azkeep.types._learning_quota import quotas, sizes, usages
from azkeep.types._linked_access import join_subnet
from azkeep.types._machine_learning import IN_WORKSPACE, WORKSPACE, workspace_effects
from azkeep.types._private_link import link_resources, notebook_label
from azkeep.types._workspace_actions import ACTIONS, features, outbound_endpoints
from azkeep.types._workspace_checks import check
from azkeep.types._workspace_network import INACTIVE, RULES, STATUS, network_effects, shown_rules
from azkeep.types.resource_type import GeneratedSecret, Immutable, Link, LinkedAccess, NameRule, ResourceType, Timing
from azkeep.types.soft_delete import SoftDelete
from azkeep.types.write import Effect, Estate, Write


def _complete(write: Write, estate: Estate) -> Body:
    made, location, name = write.guid("workspaceId"), region(write.body), write.id.name
    host = notebook_label(name, location, made)
    storage = estate.get(str(get(write.body, "/properties/storageAccount", "")))
    body = completed(
        write,
        always={
            "/properties/workspaceId": made,
            "/properties/discoveryUrl": f"https://{location}.api.azureml.ms/discovery",
            "/properties/mlFlowTrackingUri": f"azureml://{location}.api.azureml.ms/mlflow/v1.0{write.id.text}",
            "/properties/notebookInfo": {
                "resourceId": write.guid("notebook").replace("-", ""),
                "fqdn": f"{host}.{location}.notebooks.azure.net",
                "isPrivateLinkEnabled": False,
                "notebookPreparationError": None,
            },
            "/properties/tenantId": write.caller.tenant,
            "/properties/storageHnsEnabled": get(storage, "/properties/isHnsEnabled") is True,
        },
    )
    if get(write.body, "/sku/tier") is None:
        body = put(body, "/sku/tier", get(body, "/sku/name"))
    body = put(body, STATUS, get(write.before, STATUS) or dict(INACTIVE))
    # The rules are resources of their own; present() shows them.
    return with_identity(remove(body, RULES), write, estate)


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    found = connections(id, estate)
    shown = put(put(body, POINTER, found), "/properties/privateLinkCount", len(found))
    shown = put(shown, "/properties/notebookInfo/isPrivateLinkEnabled", bool(found))
    rules = shown_rules(id, body, estate)
    with_rules: Body = put(shown, RULES, rules) if rules else shown
    return with_rules


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    return (*(workspace_effects(write) if write.is_create else ()), *network_effects(write, estate))


TYPE = ResourceType(
    arm_type=WORKSPACE,
    token="azure-native:machinelearningservices:Workspace",
    path=IN_WORKSPACE,
    name=NameRule(
        pattern=r"^[a-zA-Z0-9][\w-]*$",
        minimum=3,
        maximum=33,
        code="ValidationError",
        message="Workspace name '{name}' is invalid. It must be between 3 and 33 characters long. Its first character"
        " has to be alphanumeric, and the rest may contain hyphens and underscores. No whitespace is allowed.",
    ),
    linked=(
        join_subnet("/properties/serverlessComputeSettings/serverlessComputeCustomSubnet"),
        # "What is a hub workspace": whoever makes a project needs this right on its hub.
        LinkedAccess("/properties/hubResourceId", f"{WORKSPACE}/hubs/join/action"),
    ),
    links=(
        Link("/properties/storageAccount", types=("Microsoft.Storage/storageAccounts",)),
        Link("/properties/keyVault", types=("Microsoft.KeyVault/vaults",)),
        Link("/properties/applicationInsights", types=("Microsoft.Insights/components",)),
        Link("/properties/containerRegistry", types=("Microsoft.ContainerRegistry/registries",)),
        Link("/properties/hubResourceId", types=(WORKSPACE,)),
        Link("/properties/primaryUserAssignedIdentity", types=("Microsoft.ManagedIdentity/userAssignedIdentities",)),
        Link("/properties/encryption/keyVaultProperties/keyVaultArmId", types=("Microsoft.KeyVault/vaults",)),
        Link(
            "/properties/serverlessComputeSettings/serverlessComputeCustomSubnet",
            types=("Microsoft.Network/virtualNetworks/subnets",),
        ),
    ),
    immutable=tuple(
        Immutable(
            f"/properties/{name}", "BadRequest", f"Changing {name} is not allowed for an existing workspace.", 400
        )
        for name in ("storageAccount", "keyVault", "hbiWorkspace", "enableDataIsolation", "hubResourceId")
    ),
    read_only=(
        *READ_ONLY,
        POINTER,
        "/properties/workspaceId",
        "/properties/discoveryUrl",
        "/properties/mlFlowTrackingUri",
        "/properties/notebookInfo",
        "/properties/tenantId",
        "/properties/storageHnsEnabled",
        "/properties/privateLinkCount",
        "/properties/serviceProvisionedResourceGroup",
        "/properties/managedNetwork/networkId",
        "/properties/managedNetwork/firewallPublicIpAddress",
        STATUS,
    ),
    generated_secrets=(
        GeneratedSecret("/notebook/primaryAccessKey", 48),
        GeneratedSecret("/notebook/secondaryAccessKey", 48),
    ),
    # What azure-ai-ml 1.35 sends in the template of a new workspace.
    read_as={
        "/properties/encryption": "disabled",
        "/properties/systemDatastoresAuthMode": "unset",
        "/properties/primaryUserAssignedIdentity": "unset",
        "/properties/hbiWorkspace": "truth",
        "/properties/provisionNetworkNow": "truth",
        "/properties/enableDataIsolation": "truth",
        "/properties/enableServiceSideCMKEncryption": "truth",
        "/properties/allowRoleAssignmentOnRG": "truth",
        "/properties/v1LegacyMode": "truth",
    },
    # Answers of workspaces get and create in the REST examples, and of the service as clients have shown them.
    defaults={
        "/tags": {},
        "/kind": "Default",
        "/sku/name": "Basic",
        "/properties/friendlyName": "",
        "/properties/description": "",
        "/properties/imageBuildCompute": "",
        "/properties/hbiWorkspace": False,
        "/properties/allowPublicAccessWhenBehindVnet": False,
        "/properties/publicNetworkAccess": "Enabled",
        "/properties/v1LegacyMode": False,
        "/properties/enableDataIsolation": False,
        "/properties/systemDatastoresAuthMode": "AccessKey",
        "/properties/managedNetwork/isolationMode": "Disabled",
    },
    check=check,
    complete=_complete,
    present=_present,
    effects=_effects,
    views={
        "features": features,
        "privateLinkResources": link_resources,
        "outboundNetworkDependenciesEndpoints": outbound_endpoints,
    },
    regional={"vmSizes": sizes, "quotas": quotas, "usages": usages},
    put=Timing(created=200, asynchronous=True, accepted=True, seconds=30),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=20),
    actions=ACTIONS,
    list_filters={"kind": "/kind"},
    soft_delete=SoftDelete(
        days=14,
        code="BadRequest",
        message="Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete",
        purge_query="forceToPurge",
        purges_deleted=True,
        status=400,
        # concept-soft-delete: only the portal recovers, no request of this API version does.
        by_hand="in the Azure portal (Azure Machine Learning, Recently deleted)",
    ),
    system_data=True,
    in_resource_graph=True,
    volatile=("/etag", "/systemData", STATUS, f"{RULES}/*/status", "/properties/notebookInfo/notebookPreparationError"),
    mirrors={RULES: "Microsoft.MachineLearningServices/workspaces/outboundRules"},
    unordered=(POINTER, "/properties/sharedPrivateLinkResources", "/properties/associatedWorkspaces"),
)
