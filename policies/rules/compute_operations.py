"""How computes of a workspace are kept: when they stop, and what they run."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, rule, when

from ._computes import COMPUTE, IDLE, is_instance, stops_when_idle
from ._durations import seconds

LATEST = "properties.properties.osImageMetadata.isLatestOsImageVersion"
SCHEDULES = "properties.properties.schedules.computeStartStop"


@rule(
    "CMP-OPS-001",
    "Idle compute instances switch themselves off",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(IDLE,),
    fix="Set idleTimeBeforeShutdown, for example PT60M.",
    sets={IDLE: "PT60M"},
    maps=Maps(
        azure_policy={
            "679ddf89-ab8f-48a5-9029-e76054077449": "Azure Machine Learning Compute Instance should have idle shutdown."
        },
        psrule=("Azure.ML.ComputeIdleShutdown",),
    ),
)
def idle_compute_instances_switch_themselves_off(compute: Document, *, max_idle: str = "PT2H") -> Truth:
    """Idle compute instances switch themselves off.

    Checks: For ComputeInstance: idleTimeBeforeShutdown is an ISO 8601 duration from 15 minutes up to max_idle, which
        the service ends at 3 days.
    Why: Idle machines cost money and stay unpatched.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {idleTimeBeforeShutdown: P1D}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {idleTimeBeforeShutdown: PT5M}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {idleTimeBeforeShutdown: PT1H30M}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine Learning/IdleShutdown_Audit.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.ML.ComputeIdleShutdown.md; azure-ai-ml 1.35.2, arm_ml_service
        models (ARM API 2025-12-01)
    """
    return when(is_instance(compute), stops_when_idle(compute, seconds(max_idle)))


@rule(
    "CMP-OPS-002",
    "Compute instances run the latest image",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    needs=Needs.LIVE,
    paths=(LATEST,),
    fix="Recreate the compute instance.",
    maps=Maps(
        azure_policy={
            "f110a506-2dcb-422e-bcea-d533fc8c35e2": "Azure Machine Learning compute instances should be recreated to "
            "get the latest software updates"
        },
        mcsb=("PV-2",),
    ),
)
def compute_instances_run_the_latest_image(compute: Document) -> Truth:
    """Compute instances run the latest image.

    Checks: For ComputeInstance, live only: osImageMetadata.isLatestOsImageVersion is not false; where Azure says
        nothing of it, it passes. Open before apply.
    Why: Old images miss security fixes; only recreation updates them.
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties: {osImageMetadata: {currentImageVersion: 23.01.01, isLatestOsImageVersion: false}}
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {osImageMetadata: {isLatestOsImageVersion: true}}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/ComputeInstanceUpdates_Audit.json; azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    if not compute.is_live:
        return when(is_instance(compute), deferred("only Azure knows the image that an instance runs"))
    return when(is_instance(compute), compute[LATEST].differs(False, missing=True))


@rule(
    "CMP-OPS-003",
    "Compute instances have a stop schedule",
    severity=Severity.LOW,
    on=COMPUTE,
    paths=("properties.properties.schedules.computeStartStop[*]",),
    fix="Add a Stop schedule.",
)
def compute_instances_have_a_stop_schedule(compute: Document) -> Truth:
    """Compute instances have a stop schedule.

    Checks: For ComputeInstance: at least one entry has action Stop and status Enabled, unless the instance switches
        itself off after two idle hours or less (CMP-OPS-001).
    Why: A nightly stop bounds the cost of machines left running.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              idleTimeBeforeShutdown: P1D
              schedules: {computeStartStop: [{action: Stop, status: Disabled}, {action: Start, status: Enabled}]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties: {schedules: {computeStartStop: [{action: Stop, status: Enabled, triggerType: Cron}]}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {idleTimeBeforeShutdown: PT2H}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    stops = compute[SCHEDULES].some(lambda each: each["action"].equals("Stop") & each["status"].equals("Enabled"))
    return when(is_instance(compute), stops | stops_when_idle(compute, seconds("PT2H")))
