"""What runs on computes of a workspace beside the jobs: attached machines, scripts and images."""

from __future__ import annotations

from posixpath import normpath

from azkeep.policy import TRUE, Document, Maps, Node, Severity, Truth, rule, when

from ._computes import COMPUTE, is_instance
from ._images import is_from, is_pinned

SCRIPTS = "properties.properties.setupScripts.scripts"
SERVICES = "properties.properties.customServices"


@rule(
    "CMP-SEC-001",
    "Only agreed compute types are attached",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=("properties.computeType",),
    fix="Use Kubernetes attach or a managed compute.",
    maps=Maps(other=("ALZ:Deny-MachineLearning-Aks",)),
)
def only_agreed_compute_types_are_attached(
    compute: Document,
    *,
    allowed_types: tuple[str, ...] = ("AmlCompute", "ComputeInstance", "Kubernetes", "SynapseSpark"),
) -> Truth:
    """Only agreed compute types are attached.

    Checks: computeType is in allowed_types; missing fails. AKS, VirtualMachine, HDInsight, Databricks,
        DataLakeAnalytics and DataFactory are not there by default.
    Why: Legacy attachments carry stored credentials and skip newer controls.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/attached
          properties: {computeType: AKS}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/attached
          properties: {description: no type}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/attached
          properties: {computeType: kubernetes}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-Aks.json; azure-ai-ml 1.35.2,
        arm_ml_service models (ARM API 2025-12-01)
    """
    return compute["properties.computeType"].equals(*allowed_types) if allowed_types else compute.fact(False)


@rule(
    "CMP-SEC-002",
    "Setup scripts come from workspace storage",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(f"{SCRIPTS}.creationScript.scriptSource", f"{SCRIPTS}.startupScript.scriptSource"),
    fix="Store the script in the workspace share and reference it.",
)
def setup_scripts_come_from_workspace_storage(compute: Document, *, approved_prefix: str = "") -> Truth:
    """Setup scripts come from workspace storage.

    Checks: For ComputeInstance: creationScript and startupScript are missing, or have scriptSource workspaceStorage
        and a scriptData path inside approved_prefix, if there is one. Inline scripts fail.
    Why: Inline scripts run as root and escape review.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              setupScripts: {scripts: {creationScript: {scriptSource: inline, scriptData: ZWNobyBoaQ==}}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              setupScripts: {scripts: {startupScript: {scriptSource: workspaceStorage, scriptData: ok/../mine.sh}}}
        - parameters: {approved_prefix: ok}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              setupScripts:
                scripts:
                  creationScript: {scriptSource: workspaceStorage, scriptData: reviewed/create.sh}
                  startupScript: {scriptData: reviewed/start.sh}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              setupScripts: {scripts: {startupScript: {scriptSource: workspaceStorage, scriptData: reviewed/start.sh}}}
        - parameters: {approved_prefix: reviewed/}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    scripts = compute[SCRIPTS]
    found = _is_reviewed(scripts["creationScript"], approved_prefix) & _is_reviewed(
        scripts["startupScript"], approved_prefix
    )
    return when(is_instance(compute), found)


def _is_reviewed(script: Node, prefix: str) -> Truth:
    if script.is_missing:
        return TRUE
    data = script["scriptData"]
    return script["scriptSource"].equals("workspaceStorage") & data.satisfies(lambda path: _lies_in(path, prefix))


def _lies_in(path: str, prefix: str) -> bool:
    """`path` names something below `prefix`, whatever its `..` say."""
    place, folder = normpath(path.strip().lstrip("/")), normpath(prefix.strip().lstrip("/") or ".")
    if not path.strip() or place in (".", "..") or place.startswith("../"):
        return False
    return folder in (".", place) or place.startswith(f"{folder}/")


@rule(
    "CMP-SEC-003",
    "Custom service images are pinned and trusted",
    severity=Severity.MEDIUM,
    on=COMPUTE,
    paths=(f"{SERVICES}[*].image.reference",),
    fix="Pin the image by digest from the estate registry.",
)
def custom_service_images_are_pinned_and_trusted(
    compute: Document, *, trusted_registries: tuple[str, ...] = ()
) -> Truth:
    """Custom service images are pinned and trusted.

    Checks: For ComputeInstance: every image.reference of customServices begins with a host in trusted_registries, and
        ends with a sha256 digest or a version that is not latest. An empty list trusts no registry.
    Why: A floating image changes what runs on a notebook machine without review.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties: {customServices: [{name: shiny, image: {type: docker, reference: "docker.io/shiny:4.2"}}]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties:
              customServices:
                - {name: one, image: {reference: "models.azurecr.io/shiny:4.2"}}
                - {name: two, image: {reference: "models.azurecr.io/shiny:latest"}}
        - parameters: {trusted_registries: [models.azurecr.io]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties: {customServices: [{image: {reference: models.azurecr.io/shiny}}]}
        - parameters: {trusted_registries: [models.azurecr.io]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {customServices: []}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties:
            computeType: ComputeInstance
            properties: {customServices: [{image: {reference: "models.azurecr.io/team/shiny:4.2"}}]}
        - parameters: {trusted_registries: [models.azurecr.io]}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """

    def is_safe(service: Node) -> Truth:
        reference = service["image.reference"]
        return reference.satisfies(lambda text: is_from(text, trusted_registries)) & reference.satisfies(is_pinned)

    return when(is_instance(compute), compute[SERVICES].every(is_safe))
