"""Who reaches a workspace from outside, and how it builds images behind closed doors."""

from __future__ import annotations

from azkeep.policy import FALSE, Document, Maps, Needs, Severity, Truth, any_of, deferred, rule, settle, when

from ._computes import is_cluster
from ._names import is_name_of
from ._private_link import is_reached_through
from ._workspace import ISOLATION, WORKSPACE, has_managed_network, is_project

LEGACY = "properties.v1LegacyMode"
BUILDER = "properties.imageBuildCompute"
REGISTRY = "Microsoft.MachineLearningServices/registries"


@rule(
    "AML-NET-001",
    "Workspace refuses public network traffic",
    severity=Severity.CRITICAL,
    on=WORKSPACE,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to Disabled and reach the workspace through a private endpoint.",
    sets={"properties.publicNetworkAccess": "Disabled"},
    maps=Maps(
        azure_policy={
            "438c38d2-3772-465a-a9cc-7a6666a275ce": "Azure Machine Learning Workspaces should disable public network "
            "access",
            "a10ee784-7409-4941-b091-663697637c0f": "Configure Azure Machine Learning Workspaces to disable public "
            "network access",
        },
        mcsb=("NS-2",),
        checkov=("CKV_AZURE_144", "CKV2_AZURE_49"),
        psrule=("Azure.ML.PublicAccess",),
        other=(
            "ALZ:Deny-MachineLearning-PublicNetworkAccess",
            "cloudsploit:workspacePublicAccessDisabled",
            "SonarSource:S6329",
        ),
    ),
)
def workspace_refuses_public_network_traffic(workspace: Document) -> Truth:
    """Workspace refuses public network traffic.

    Checks: publicNetworkAccess equals Disabled. A missing value fails, because the service default admits public
        traffic.
    Why: A reachable public control and data plane lets stolen tokens be used from anywhere.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {publicNetworkAccess: Disabled}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/Workspace_PublicNetworkAccessDisabled_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/resource/azure/MLPublicAccess.py (CKV_AZURE_144 fails a missing value, CKV2_AZURE_49
        passes it); Azure/PSRule.Rules.Azure docs/en/rules/Azure.ML.PublicAccess.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-PublicNetworkAccess.json
    """
    return workspace["properties.publicNetworkAccess"].equals("Disabled")


@rule(
    "AML-NET-002",
    "Workspace keeps the legacy public-behind-VNet switch off",
    severity=Severity.HIGH,
    on=WORKSPACE,
    paths=("properties.allowPublicAccessWhenBehindVnet",),
    fix="Remove allowPublicAccessWhenBehindVnet or set it to false.",
    sets={"properties.allowPublicAccessWhenBehindVnet": False},
    maps=Maps(
        mcsb=("NS-2",),
        psrule=("Azure.ML.PublicAccess",),
        other=("ALZ:Deny-MachineLearning-PublicAccessWhenBehindVnet",),
    ),
)
def workspace_keeps_the_legacy_public_behind_vnet_switch_off(workspace: Document) -> Truth:
    """Workspace keeps the legacy public-behind-VNet switch off.

    Checks: allowPublicAccessWhenBehindVnet is missing or false.
    Why: The older switch reopens a workspace that its private endpoint was meant to close.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {publicNetworkAccess: Disabled, allowPublicAccessWhenBehindVnet: true}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {publicNetworkAccess: Disabled, allowPublicAccessWhenBehindVnet: false}
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {publicNetworkAccess: Disabled}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.ML.PublicAccess.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-PublicAccessWhenBehindVnet.json
    """
    return workspace["properties.allowPublicAccessWhenBehindVnet"].is_false(missing=True)


@rule(
    "AML-NET-003",
    "Workspace is reached through an approved private endpoint",
    severity=Severity.CRITICAL,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(
        "properties.privateEndpointConnections[*].properties.privateLinkServiceConnectionState.status",
        "Microsoft.Network/privateEndpoints: properties.privateLinkServiceConnections[*].properties.groupIds",
        "Microsoft.Network/privateEndpoints: "
        "properties.privateLinkServiceConnections[*].properties.privateLinkServiceId",
        "Microsoft.Network/privateEndpoints: properties.manualPrivateLinkServiceConnections[*].properties.groupIds",
    ),
    fix="Declare a private endpoint with group id amlworkspace in the estate network and approve it.",
    maps=Maps(
        azure_policy={
            "45e05259-1eb5-4f70-9574-baf73e9d219b": "Azure Machine Learning workspaces should use private link",
            "7838fd83-5cbb-4b5d-888c-bfa240972597": "Configure Azure Machine Learning workspaces with private "
            "endpoints",
        },
        mcsb=("NS-2",),
        other=(
            "ALZ:Audit-MachineLearning-PrivateEndpointId",
            "c7n:azure.machine-learning-workspace example filter",
        ),
    ),
)
def workspace_is_reached_through_an_approved_private_endpoint(workspace: Document) -> Truth:
    """Workspace is reached through an approved private endpoint.

    Checks: Declared: at least one private endpoint points at the workspace id with group id amlworkspace. Live: at
        least one connection is Approved. Projects are not judged: they are reached through their hub.
    Why: Without a private endpoint a closed workspace is unreachable, and an open one is the only alternative.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.MachineLearningServices/workspaces
          name: other
          kind: Project
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@other", groupIds: [amlworkspace]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [vault]}
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Rejected}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [amlworkspace]}
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            privateEndpointConnections:
              - properties: {privateLinkServiceConnectionState: {status: Approved}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/Workspace_PrivateEndpoint_Audit_V2.json; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Audit-MachineLearning-PrivateEndpointId.json;
        cloud-custodian/cloud-custodian pull 9039
    """
    found = is_reached_through(workspace, "amlworkspace")
    words = "no approved connection" if workspace.is_live else "no private endpoint with group amlworkspace"
    return when(~is_project(workspace), found.otherwise(words))


@rule(
    "AML-NET-008",
    "Legacy v1 API mode is set on purpose",
    severity=Severity.LOW,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(LEGACY,),
    fix="Set v1LegacyMode false for v2 estates; set it true only for v1-only isolated workspaces.",
    sets={LEGACY: False},
    maps=Maps(
        azure_policy={
            "e413671a-dd10-4cc1-a943-45b598596cb7": "Azure Machine Learning workspaces should enable V1LegacyMode to "
            "support network isolation backward compatibility"
        }
    ),
)
def legacy_v1_api_mode_is_set_on_purpose(workspace: Document, *, v1_only: bool = False) -> Truth:
    """Legacy v1 API mode is set on purpose.

    Checks: v1LegacyMode is missing or false. True is accepted only when v1_only is true, and when neither an endpoint
        of the workspace nor a managed network nor a registry is part of the estate, which v1 does not know.
    Why: Legacy mode keeps old control calls private but blocks v2 features, so a mix breaks deployments.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {v1LegacyMode: true}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {v1LegacyMode: true}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: example/scoring
        - parameters: {v1_only: true}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {v1LegacyMode: true, managedNetwork: {isolationMode: AllowInternetOutbound}}
        - parameters: {v1_only: true}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {v1LegacyMode: false}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: example/scoring
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {v1LegacyMode: true}
        - parameters: {v1_only: true}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/Workspace_EnableV1LegacyMode_Audit.json (which prefers true, for v1 clients); azure-ai-ml 1.35.2,
        arm_ml_service models (ARM API 2025-12-01)
    """
    legacy = workspace[LEGACY]
    if not v1_only:
        return legacy.is_false(missing=True)
    return legacy.is_false(missing=True) | legacy.is_true() & ~_uses_v2(workspace)


def _uses_v2(workspace: Document) -> Truth:
    """Something of the estate needs the v2 API of the workspace."""
    return any_of(
        (
            workspace.children("onlineEndpoints").any(),
            workspace.children("batchEndpoints").any(),
            workspace.estate.all(REGISTRY).any(),
            settle(lambda: has_managed_network(workspace)),
        )
    )


@rule(
    "AML-NET-009",
    "Image builds have a compute when the registry is closed",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(
        BUILDER,
        "properties.containerRegistry",
        ISOLATION,
        "Microsoft.ContainerRegistry/registries: properties.publicNetworkAccess",
        "Microsoft.MachineLearningServices/workspaces/computes: properties.computeType",
    ),
    fix="Point imageBuildCompute at a CPU cluster in the same network.",
)
def image_builds_have_a_compute_when_the_registry_is_closed(workspace: Document) -> Truth:
    """Image builds have a compute when the registry is closed.

    Checks: When the linked registry has publicNetworkAccess Disabled and managedNetwork.isolationMode is Disabled or
        missing: imageBuildCompute names an AmlCompute cluster of the workspace. With a registry outside the estate
        the answer is open.
    Why: A private registry cannot build images itself, so environments fail at first use.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {containerRegistry: "@images"}
        - type: Microsoft.ContainerRegistry/registries
          name: images
          properties: {publicNetworkAccess: Disabled}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {containerRegistry: "@images", imageBuildCompute: notebook}
        - type: Microsoft.ContainerRegistry/registries
          name: images
          properties: {publicNetworkAccess: Disabled}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: example/notebook
          properties: {computeType: ComputeInstance}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {containerRegistry: "@images", imageBuildCompute: Builder}
        - type: Microsoft.ContainerRegistry/registries
          name: images
          properties: {publicNetworkAccess: Disabled}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: example/builder
          properties: {computeType: AmlCompute}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01); docs page "Secure an Azure Machine Learning
        workspace with virtual networks" (MicrosoftDocs/azure-docs)
    """
    is_closed = settle(lambda: _registry_is_closed(workspace)) & ~settle(lambda: has_managed_network(workspace))
    builder = workspace[BUILDER]
    computes = workspace.children("computes")
    is_built = computes.some(lambda compute: is_cluster(compute) & is_name_of(builder, compute))
    return when(is_closed, builder.shown(builder.has_text() & is_built).otherwise("no cluster of the workspace"))


def _registry_is_closed(workspace: Document) -> Truth:
    """FALSE without a registry: the service makes an open one."""
    link = workspace["properties.containerRegistry"]
    if link.is_missing:
        return FALSE
    registry = link.resolve()
    if registry is None:
        return deferred("the registry is not part of the estate")
    return registry["properties.publicNetworkAccess"].equals("Disabled")
