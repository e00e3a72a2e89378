"""Batch endpoints of a workspace, and their deployments."""

from __future__ import annotations

from azkeep.policy import Document, Needs, Node, Severity, Truth, deferred, rule
from azkeep.policy.node import first_set

from ._computes import COMPUTE, has_no_local_accounts, sits_in_a_network
from ._workspace import workspace_of

ENDPOINT = "Microsoft.MachineLearningServices/workspaces/batchEndpoints"
DEPLOYMENT = "Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments"
_ABSENT = "the workspace is not part of the estate"


@rule(
    "END-IDN-002",
    "Batch endpoint asks for Entra tokens",
    severity=Severity.HIGH,
    on=ENDPOINT,
    paths=("properties.authMode",),
    fix="Set authMode to AADToken.",
    sets={"properties.authMode": "AADToken"},
)
def batch_endpoint_asks_for_entra_tokens(endpoint: Document) -> Truth:
    """Batch endpoint asks for Entra tokens.

    Checks: authMode equals AADToken; missing fails.
    Why: Batch calls start compute, so the caller must be known.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints
          name: workspace/example
          properties: {authMode: Key}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints
          name: workspace/example
          properties: {authMode: AADToken}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return endpoint["properties.authMode"].equals("AADToken")


@rule(
    "END-BAT-001",
    "Batch deployments use a compliant cluster",
    severity=Severity.MEDIUM,
    on=DEPLOYMENT,
    needs=Needs.GRAPH,
    paths=("properties.compute",),
    fix="Point compute at a compliant cluster.",
)
def batch_deployments_use_a_compliant_cluster(deployment: Document) -> Truth:
    """Batch deployments use a compliant cluster.

    Checks: compute, or the default compute of a pipeline, names a compute of the same workspace that CMP-NET-001 and
        CMP-IDN-001 find nothing against.
    Why: Batch scoring reads whole data sets, so its compute needs the same guards.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments
          name: workspace/endpoint/example
          properties: {compute: "@workspace#/computes/gone"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments
          name: workspace/endpoint/example
          properties: {compute: "@workspace/cluster"}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, disableLocalAuth: false}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments
          name: workspace/endpoint/example
          properties: {compute: "@workspace/cluster"}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, disableLocalAuth: true}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments
          name: workspace/endpoint/example
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments
          name: workspace/endpoint/example
          properties: {compute: "@workspace/cluster"}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, disableLocalAuth: true}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    named = first_set(
        deployment["properties.deploymentConfiguration.settings.default_compute"], deployment["properties.compute"]
    )
    return named.has_text() & _is_guarded(deployment, named)


def _is_guarded(deployment: Document, named: Node) -> Truth:
    workspace = workspace_of(deployment)
    compute = _compute(workspace, named)
    if compute is None or not compute.is_a(COMPUTE):
        absent = named.shown(deployment.fact(False)).because("no compute of the estate has this id")
        return absent if workspace is not None else deferred(_ABSENT)
    is_own = deferred(_ABSENT)
    if workspace is not None:
        other = "the compute belongs to another workspace"
        is_own = named.shown(deployment.fact(workspace_of(compute) is workspace)).otherwise(other)
    return is_own & sits_in_a_network(compute) & has_no_local_accounts(compute)


def _compute(workspace: Document | None, named: Node) -> Document | None:
    """The compute that stands at `named`: its id, or its bare name in the workspace."""
    if not isinstance(named.value, str) or "/" in named.value:
        return named.resolve()
    wanted = named.text.removeprefix("azureml:").casefold()
    computes = () if workspace is None else tuple(workspace.children("computes"))
    return next((compute for compute in computes if compute.name.casefold() == wanted), None)
