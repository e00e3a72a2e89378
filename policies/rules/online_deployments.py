"""How online deployments run: network, logs, instances, probes and limits."""

from __future__ import annotations

from azkeep.policy import TRUE, Document, Needs, Severity, Truth, deferred, every, rule, settle, when

from ._environment import in_production
from ._quantities import fits
from ._workspace import has_managed_network, workspace_of

DEPLOYMENT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
EGRESS = "properties.egressPublicNetworkAccess"
_ABSENT = "the workspace is not part of the estate"


@rule(
    "END-NET-002",
    "Deployment egress is closed",
    severity=Severity.HIGH,
    on=DEPLOYMENT,
    needs=Needs.GRAPH,
    paths=(EGRESS,),
    fix="Set egressPublicNetworkAccess to Disabled, or use the managed network.",
    sets={EGRESS: "Disabled"},
)
def deployment_egress_is_closed(deployment: Document) -> Truth:
    """Deployment egress is closed.

    Checks: egressPublicNetworkAccess equals Disabled; missing fails. Not judged where the workspace has a managed
        network, which alone rules there, nor on Kubernetes, whose egress is the cluster's.
    Why: Open egress lets model code send scored data out.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, egressPublicNetworkAccess: Enabled}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/endpoint
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: Disabled}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, egressPublicNetworkAccess: Disabled}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Source: docs page "Network isolation with managed online endpoints" (MicrosoftDocs/azure-docs); azure-ai-ml
        1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return when(_minds_the_switch(deployment), deployment[EGRESS].equals("Disabled"))


def _minds_the_switch(deployment: Document) -> Truth:
    """The service heeds the deployment's own egress switch."""
    is_managed = deployment["properties.endpointComputeType"].differs("Kubernetes", missing=True)
    workspace = workspace_of(deployment)
    if workspace is None:
        return is_managed & deferred(_ABSENT)
    return is_managed & ~settle(lambda: has_managed_network(workspace))


@rule(
    "END-NET-003",
    "Egress setting agrees with the workspace",
    severity=Severity.MEDIUM,
    on=DEPLOYMENT,
    needs=Needs.GRAPH,
    paths=(EGRESS, "Microsoft.MachineLearningServices/workspaces: properties.publicNetworkAccess"),
    fix="Close egress as well, or use the managed network.",
)
def egress_setting_agrees_with_the_workspace(deployment: Document) -> Truth:
    """Egress setting agrees with the workspace.

    Checks: Fails when egress is Enabled, which a missing value means, while the workspace has publicNetworkAccess
        Disabled: that deployment cannot reach the workspace. Not judged where END-NET-002 is not.
    Why: The mismatch fails late, during deployment.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, egressPublicNetworkAccess: Enabled}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {publicNetworkAccess: Disabled}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, egressPublicNetworkAccess: Enabled}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {publicNetworkAccess: Enabled}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, egressPublicNetworkAccess: Disabled}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {publicNetworkAccess: Disabled}
    Source: docs page "Network isolation with managed online endpoints" (MicrosoftDocs/azure-docs)
    """
    is_closed = deployment[EGRESS].equals("Disabled")
    workspace = workspace_of(deployment)
    if workspace is None:
        return is_closed | deferred(_ABSENT)
    is_open = workspace["properties.publicNetworkAccess"].equals("Enabled", missing=True)
    return when(_minds_the_switch(deployment), is_closed | is_open)


@rule(
    "END-LOG-001",
    "Deployment sends request logs to Application Insights",
    severity=Severity.MEDIUM,
    on=DEPLOYMENT,
    paths=("properties.appInsightsEnabled",),
    fix="Set appInsightsEnabled true.",
    sets={"properties.appInsightsEnabled": True},
)
def deployment_sends_request_logs_to_application_insights(deployment: Document) -> Truth:
    """Deployment sends request logs to Application Insights.

    Checks: appInsightsEnabled is true; missing fails.
    Why: Without request logs a failing or abused model is invisible.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, appInsightsEnabled: false}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, appInsightsEnabled: true}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return deployment["properties.appInsightsEnabled"].is_true()


def _in_production(deployment: Document, tag: str) -> Truth:
    """The nearest environment tag of deployment, endpoint and workspace says production."""
    if not deployment["tags"].member(tag).is_missing:
        return in_production(deployment, tag=tag)
    return in_production(deployment, deployment.parent(), workspace_of(deployment), tag=tag)


@rule(
    "END-LOG-002",
    "Production deployments collect model data",
    severity=Severity.LOW,
    on=DEPLOYMENT,
    needs=Needs.GRAPH,
    paths=("properties.dataCollector.collections.*.dataCollectionMode",),
    fix="Add a dataCollector block.",
)
def production_deployments_collect_model_data(deployment: Document, *, environment_tag: str = "environment") -> Truth:
    """Production deployments collect model data.

    Checks: Where the environment tag of the deployment, else of its endpoint, else of the workspace, says production:
        dataCollector has at least one collection with dataCollectionMode Enabled.
    Why: Drift cannot be measured without recorded inputs and outputs.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          tags: {environment: production}
          properties: {endpointComputeType: Managed}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {dataCollector: {collections: {model_inputs: {dataCollectionMode: Disabled}}}}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/endpoint
          tags: {environment: production}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          tags: {environment: production}
          properties: {dataCollector: {collections: {model_inputs: {dataCollectionMode: Enabled}}}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    collections = deployment["properties.dataCollector.collections"]
    collects = collections.some(lambda each: each["dataCollectionMode"].equals("Enabled"))
    return when(_in_production(deployment, environment_tag), collects)


@rule(
    "END-OPS-002",
    "Production deployments have two instances",
    severity=Severity.MEDIUM,
    on=DEPLOYMENT,
    needs=Needs.GRAPH,
    paths=("sku.capacity", "properties.scaleSettings"),
    fix="Raise the instance count.",
    sets={"sku.capacity": 2},
)
def production_deployments_have_two_instances(
    deployment: Document, *, min_instances: int = 2, environment_tag: str = "environment"
) -> Truth:
    """Production deployments have two instances.

    Checks: Where the environment tag of the deployment, else of its endpoint, else of the workspace, says production:
        sku.capacity is at least min_instances, or scaleSettings has scaleType TargetUtilization and that many
        minInstances.
    Why: One instance means an outage at each node repair.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          tags: {environment: production}
          sku: {name: Default, capacity: 1}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          tags: {environment: production}
          sku: {name: Default, capacity: 1}
          properties: {scaleSettings: {scaleType: TargetUtilization, minInstances: 1, maxInstances: 4}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          sku: {name: Default, capacity: 1}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          tags: {environment: production}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          tags: {environment: production}
          sku: {name: Default, capacity: 2}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          tags: {environment: production}
          properties: {scaleSettings: {scaleType: TargetUtilization, minInstances: 2, maxInstances: 4}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    scale = deployment["properties.scaleSettings"]
    scales = scale["scaleType"].equals("TargetUtilization") & scale["minInstances"].at_least(min_instances)
    enough = deployment["sku.capacity"].at_least(min_instances)
    return when(_in_production(deployment, environment_tag), enough | scales)


@rule(
    "END-OPS-003",
    "Deployments have health probes",
    severity=Severity.LOW,
    on=DEPLOYMENT,
    paths=("properties.livenessProbe", "properties.readinessProbe"),
    fix="Add both probes.",
)
def deployments_have_health_probes(deployment: Document) -> Truth:
    """Deployments have health probes.

    Checks: livenessProbe and readinessProbe are both there and not empty.
    Why: Without probes a hung container stays in rotation.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {livenessProbe: {period: PT10S}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {readinessProbe: {period: PT10S}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {livenessProbe: {period: PT10S}, readinessProbe: {period: PT10S}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return deployment["properties.livenessProbe"].has_members() & deployment["properties.readinessProbe"].has_members()


@rule(
    "END-COST-001",
    "Only agreed instance types serve models",
    severity=Severity.LOW,
    on=DEPLOYMENT,
    paths=("properties.instanceType",),
    fix="Choose a listed type.",
)
def only_agreed_instance_types_serve_models(
    deployment: Document, *, allowed_instance_types: tuple[str, ...] = ()
) -> Truth:
    """Only agreed instance types serve models.

    Checks: instanceType is in allowed_instance_types, in any letter case; an empty list passes everything.
    Why: GPU serving left on is expensive.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, instanceType: Standard_NC24ads_A100_v4}
        - parameters: {allowed_instance_types: [Standard_DS3_v2]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {endpointComputeType: Managed, instanceType: Standard_DS3_v2}
        - parameters: {allowed_instance_types: [Standard_DS3_v2]}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    if not allowed_instance_types:
        return TRUE
    return deployment["properties.instanceType"].equals(*allowed_instance_types)


@rule(
    "END-K8S-001",
    "Kubernetes deployments set limits",
    severity=Severity.MEDIUM,
    on=DEPLOYMENT,
    paths=("properties.containerResourceRequirements.containerResourceLimits",),
    fix="Add limits.",
)
def kubernetes_deployments_set_limits(deployment: Document) -> Truth:
    """Kubernetes deployments set limits.

    Checks: For endpointComputeType Kubernetes: cpu and memory limits are set, and no request exceeds its limit.
    Why: A deployment without limits can starve the cluster.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties:
            endpointComputeType: Kubernetes
            containerResourceRequirements: {containerResourceLimits: {cpu: "1"}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties:
            endpointComputeType: Kubernetes
            containerResourceRequirements:
              containerResourceLimits: {cpu: "1", memory: 2Gi}
              containerResourceRequests: {cpu: 1500m, memory: 1Gi}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties:
            endpointComputeType: Kubernetes
            containerResourceRequirements:
              containerResourceLimits: {cpu: "1", memory: 2Gi}
              containerResourceRequests: {cpu: 500m, memory: 2Gi}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    is_kubernetes = deployment["properties.endpointComputeType"].equals("Kubernetes")
    return when(is_kubernetes, lambda: _has_limits(deployment))


def _has_limits(deployment: Document) -> Truth:
    needs = deployment["properties.containerResourceRequirements"]
    limits, requests = needs["containerResourceLimits"], needs["containerResourceRequests"]
    is_within = every(("cpu", "memory", "gpu"), lambda name: fits(requests[name], limits[name]))
    return limits["cpu"].has_text() & limits["memory"].has_text() & is_within
