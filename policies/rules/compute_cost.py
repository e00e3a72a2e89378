"""What computes of a workspace cost: their sizes, their priority, and how many nodes for how long."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.policy import TRUE, Document, Maps, Needs, Severity, Truth, any_of, deferred, rule, settle, when

from ._computes import COMPUTE, has_nodes, is_cluster
from ._durations import lasts, seconds
from ._environment import in_production
from ._workspace import workspace_of

SCALE = "properties.properties.scaleSettings"
SIZE = "properties.properties.vmSize"
PRIORITY = "properties.properties.vmPriority"
ANY_SIZE: Mapping[str, int] = {}


@rule(
    "CMP-COST-001",
    "Clusters scale to zero",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(f"{SCALE}.minNodeCount",),
    fix="Set minNodeCount to 0.",
    sets={f"{SCALE}.minNodeCount": 0},
    maps=Maps(checkov=("CKV_AZURE_150",), other=("ALZ:Deny-MachineLearning-ComputeCluster-Scale",)),
)
def clusters_scale_to_zero(compute: Document) -> Truth:
    """Clusters scale to zero.

    Checks: For AmlCompute: scaleSettings.minNodeCount is missing or 0.
    Why: GPU nodes kept warm are the largest avoidable cost.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {minNodeCount: 1, maxNodeCount: 4}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {minNodeCount: 0, maxNodeCount: 4}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {maxNodeCount: 4}}}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/MLComputeClusterMinNodes.py;
        Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-ComputeCluster-Scale.json
    """
    return when(is_cluster(compute), compute[SCALE]["minNodeCount"].at_most(0, missing=True))


@rule(
    "CMP-COST-002",
    "Clusters have a node ceiling",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(f"{SCALE}.maxNodeCount", SIZE),
    fix="Lower maxNodeCount.",
    maps=Maps(other=("ALZ:Deny-MachineLearning-ComputeCluster-Scale",)),
)
def clusters_have_a_node_ceiling(
    compute: Document, *, max_nodes: int = 10, max_nodes_by_size: Mapping[str, int] = ANY_SIZE
) -> Truth:
    """Clusters have a node ceiling.

    Checks: For AmlCompute: scaleSettings.maxNodeCount is at most max_nodes, or at most what max_nodes_by_size gives for
        the vmSize; missing fails.
    Why: An unbounded cluster can exhaust quota and budget in one sweep job.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {maxNodeCount: 11}}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {vmSize: STANDARD_NC96ADS_A100_V4, scaleSettings: {maxNodeCount: 3}}
        - parameters: {max_nodes_by_size: {Standard_NC96ads_A100_v4: 2}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {minNodeCount: 0}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {maxNodeCount: 10}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: STANDARD_DS3_V2, scaleSettings: {maxNodeCount: 9}}}
        - parameters: {max_nodes: 2, max_nodes_by_size: {standard_ds3_v2: 9}}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-ComputeCluster-Scale.json
    """
    count = compute[SCALE]["maxNodeCount"]
    of_size = {size.casefold(): limit for size, limit in max_nodes_by_size.items()}
    limits = (max_nodes, *of_size.values())
    exact = settle(lambda: count.at_most(of_size.get(compute[SIZE].text.casefold(), max_nodes)))
    within = any_of((count.at_most(min(limits)), exact)) & count.at_most(max(limits))
    return when(is_cluster(compute), within)


@rule(
    "CMP-COST-003",
    "Clusters release idle nodes soon",
    severity=Severity.LOW,
    on=COMPUTE,
    paths=(f"{SCALE}.nodeIdleTimeBeforeScaleDown",),
    fix="Set nodeIdleTimeBeforeScaleDown to 15 minutes or less.",
    sets={f"{SCALE}.nodeIdleTimeBeforeScaleDown": "PT15M"},
    maps=Maps(other=("ALZ:Deny-MachineLearning-ComputeCluster-Scale",)),
)
def clusters_release_idle_nodes_soon(compute: Document, *, max_idle_seconds: int = 900) -> Truth:
    """Clusters release idle nodes soon.

    Checks: For AmlCompute: nodeIdleTimeBeforeScaleDown is an ISO 8601 duration of at most max_idle_seconds. A
        declaration may leave it to the service, whose default is two minutes; a cluster read from Azure has it.
    Why: Long idle windows bill GPU nodes after the job ends.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {nodeIdleTimeBeforeScaleDown: PT1H}}}
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {maxNodeCount: 4}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {nodeIdleTimeBeforeScaleDown: PT15M}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {scaleSettings: {maxNodeCount: 4}}}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-ComputeCluster-Scale.json; default
        from how-to-create-attach-compute-cluster (MicrosoftDocs/azure-docs)
    """
    is_short = max_idle_seconds >= seconds("PT2M") and not compute.is_live
    idle = lasts(compute[SCALE]["nodeIdleTimeBeforeScaleDown"], at_most=max_idle_seconds, missing=is_short)
    return when(is_cluster(compute), idle)


@rule(
    "CMP-COST-004",
    "Only agreed machine sizes are used",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(SIZE,),
    fix="Choose a size from the list.",
    maps=Maps(other=("ALZ:Deny-MachineLearning-Compute-VmSize",)),
)
def only_agreed_machine_sizes_are_used(compute: Document, *, allowed_sizes: tuple[str, ...] = ()) -> Truth:
    """Only agreed machine sizes are used.

    Checks: For AmlCompute and ComputeInstance: vmSize is in allowed_sizes, compared without letter case; missing
        fails. An empty list passes everything.
    Why: Sizes drive cost, quota and whether GPUs are available in the region.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_ND96asr_v4}}
        - parameters: {allowed_sizes: [Standard_DS3_v2]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {idleTimeBeforeShutdown: PT1H}}
        - parameters: {allowed_sizes: [Standard_DS3_v2]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: STANDARD_DS3_V2}}
        - parameters: {allowed_sizes: [Standard_DS3_v2]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_ND96asr_v4}}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-Compute-VmSize.json
    """
    return when(has_nodes(compute), compute[SIZE].equals(*allowed_sizes) if allowed_sizes else TRUE)


@rule(
    "CMP-COST-005",
    "Priority fits the environment",
    severity=Severity.LOW,
    on=COMPUTE,
    needs=Needs.GRAPH,
    paths=(PRIORITY, "tags.environment", "Microsoft.MachineLearningServices/workspaces: tags.environment"),
    fix="Set vmPriority.",
)
def priority_fits_the_environment(compute: Document, *, spot_only_sizes: tuple[str, ...] = ()) -> Truth:
    """Priority fits the environment.

    Checks: For AmlCompute: vmPriority is Dedicated in production, and LowPriority or Dedicated elsewhere, where sizes
        in spot_only_sizes have to be LowPriority. Missing is Dedicated. The environment is the tag of the compute, or
        of its workspace where the compute has none.
    Why: Evicted nodes break production retraining; dedicated GPUs waste sandbox money.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          tags: {environment: production}
          properties: {computeType: AmlCompute, properties: {vmPriority: LowPriority}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmPriority: LowPriority}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          tags: {environment: production}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          tags: {environment: dev}
          properties: {computeType: AmlCompute, properties: {vmPriority: Dedicated, vmSize: Standard_NC24ads_A100_v4}}
        - parameters: {spot_only_sizes: [Standard_NC24ads_A100_v4]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          tags: {environment: production}
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_DS3_v2}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          tags: {environment: dev}
          properties: {computeType: AmlCompute, properties: {vmPriority: LowPriority}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    priority = compute[PRIORITY]
    production = settle(lambda: _in_production(compute))
    is_spot_only = compute[SIZE].equals(*spot_only_sizes) if spot_only_sizes else compute.fact(False)
    fits = (
        priority.equals("Dedicated", "LowPriority", missing=True)
        & when(production, priority.equals("Dedicated", missing=True))
        & when(~production & is_spot_only, priority.equals("LowPriority"))
    )
    return when(is_cluster(compute), fits)


def _in_production(compute: Document) -> Truth:
    """By the compute's own tag, else by that of its workspace; open where the workspace is needed and absent."""
    if not compute["tags.environment"].is_missing:
        return in_production(compute)
    workspace = workspace_of(compute)
    if workspace is None:
        return deferred("the workspace is not part of the estate")
    return in_production(workspace)
