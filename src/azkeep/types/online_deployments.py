"""Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments.

Source: Azure Machine Learning REST API 2025-12-01, online deployments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import completed, same_text
from azkeep.types._identity import READ_ONLY, with_identity
from azkeep.types._machine_learning import (
    ENDPOINT_PATTERN,
    IN_WORKSPACE,
    has_managed_network,
    user_error,
    workspace_of,
)
from azkeep.types._vm_sizes import is_retired, vm_size
from azkeep.types._workspace_network import is_active
from azkeep.types.resource_type import Action, Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Effect, Estate, PutEffect, Write

MOST_DEPLOYMENTS = 20  # per endpoint: how-to-manage-quotas
MOST_INSTANCES = 50

# Members that hold the ARM id of an asset. Registry assets (`azureml://…`) lie outside the subscription's estate.
ASSETS = ("environmentId", "model", "codeConfiguration/codeId")

PROBE: Mapping[str, Any] = {
    "failureThreshold": 30,
    "initialDelay": "PT10S",
    "period": "PT10S",
    "successThreshold": 1,
    "timeout": "PT2S",
}
REQUESTS: Mapping[str, Any] = {
    "maxConcurrentRequestsPerInstance": 1,
    "maxQueueWait": "PT0.5S",
    "requestTimeout": "PT5S",
}


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if write.before is not None and _stillborn(write.before):
        return user_error(
            f"Specified deployment [{write.id.name}] failed during initial provisioning and is in an unrecoverable"
            " state. Delete and re-create."
        )
    kind = get(write.body, "/properties/endpointComputeType")
    if not same_text(kind, "Managed") and not same_text(kind, "Kubernetes"):
        return user_error(f"Endpoint compute type '{kind}' is not supported.", code="ValidationError")
    return asset_fault(write, estate, ASSETS) or _instances_fault(write, kind) or _place_fault(write, kind, estate)


def _stillborn(body: Body) -> bool:
    """A deployment that failed and was never written after its creation; one whose update failed goes on serving."""
    written, created = get(body, "/systemData/lastModifiedAt"), get(body, "/systemData/createdAt")
    return (
        same_text(get(body, "/properties/provisioningState"), "Failed") and created is not None and written == created
    )


def asset_fault(write: Write, estate: Estate, members: tuple[str, ...]) -> ArmFault | None:
    """The refusal of an asset of a workspace that does not exist; `members` are paths below `properties`."""
    for name in members:
        id = get(write.body, f"/properties/{name}")
        if not isinstance(id, str) or not id.lower().startswith("/subscriptions/"):
            continue
        try:
            known = estate.knows(ArmId.parse(id).type)
        except ValueError:
            return user_error(f"{name.replace('/', '.')} '{id}' is not a resource id.", code="ValidationError")
        if known and estate.get(id) is None:
            return user_error(f"The asset '{id}' named in {name.replace('/', '.')} does not exist.")
    return None


def _instances_fault(write: Write, kind: Any) -> ArmFault | None:
    size = str(get(write.body, "/properties/instanceType") or "")
    capacity = get(write.body, "/sku/capacity")
    if isinstance(capacity, int) and not 1 <= capacity <= MOST_INSTANCES:
        return user_error(f"sku.capacity must be between 1 and {MOST_INSTANCES}.", code="ValidationError")
    if not same_text(kind, "Managed"):
        return None
    if not size:
        return user_error("The instanceType field is required.", code="ValidationError")
    if is_retired(size) or vm_size(size) is None:
        return user_error(f"Instance type {size} is not supported for managed online deployments.")
    return None


def _place_fault(write: Write, kind: Any, estate: Estate) -> ArmFault | None:
    if not write.is_create:
        return None
    endpoint = write.id.parent
    if endpoint and len(estate.children(endpoint.text, "deployments")) >= MOST_DEPLOYMENTS:
        return user_error(f"Endpoint '{endpoint.name}' already has {MOST_DEPLOYMENTS} deployments.")
    workspace = workspace_of(write.id, estate)
    if same_text(kind, "Managed") and has_managed_network(workspace) and not is_active(workspace):
        return user_error(
            "The managed network of the workspace is not provisioned yet. Provision it, or make a compute, before the"
            " first managed online deployment."
        )
    return None


def _complete(write: Write, estate: Estate) -> Body:
    body = completed(write)
    if same_text(get(body, "/properties/endpointComputeType"), "Managed"):
        for name, values in (("livenessProbe", PROBE), ("readinessProbe", PROBE), ("requestSettings", REQUESTS)):
            given: Mapping[str, Any] = get(body, f"/properties/{name}") or {}
            body = put(body, f"/properties/{name}", {**values, **given})
    return with_identity(body, write, estate)


def _live_traffic(id: ArmId, estate: Estate) -> int:
    endpoint = estate.get(id.parent.text) if id.parent else None
    rules: Mapping[str, Any] = get(endpoint, "/properties/traffic") or {}
    return sum(percent for name, percent in rules.items() if same_text(name, id.name))


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    percent = _live_traffic(id, estate)
    if not percent:
        return None
    return user_error(
        f"Deployment '{id.name}' receives {percent} % of the endpoint's traffic. Set its traffic to 0 before deleting"
        " it."
    )


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    """The endpoint forgets the deployment in its traffic rules."""
    endpoint = estate.get(id.parent.text) if id.parent else None
    if endpoint is None:
        return ()
    after: Body = endpoint
    for name in ("traffic", "mirrorTraffic"):
        rules: Mapping[str, Any] = get(endpoint, f"/properties/{name}") or {}
        kept = {key: value for key, value in rules.items() if not same_text(key, id.name)}
        if kept != rules:
            after = put(after, f"/properties/{name}", kept)
    return () if after is endpoint else (PutEffect(str(endpoint["id"]), after),)


def _logs(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return {"content": ""}


def _skus(id: ArmId, body: Body, estate: Estate) -> Body:
    """How many instances a deployment may have. Source: Online Deployments - List Skus, example response."""
    capacity = {"default": 1, "minimum": 1, "maximum": MOST_INSTANCES, "scaleType": "Automatic"}
    kind = "Microsoft.MachineLearningServices/endpoints/deployments"
    return {"value": [{"resourceType": kind, "sku": {"name": "Default", "tier": "Standard"}, "capacity": capacity}]}


def _fixed(name: str) -> Immutable:
    return Immutable(
        f"/properties/{name}", "UserError", f"{name} of a deployment cannot be changed. Create a new deployment.", 400
    )


REGISTRIES = "azureml://registries/"


def policy_view(body: Body) -> tuple[str, Body]:
    """A deployment as the policies of deployments see it: the model by its asset id, and the registry that has it.

    Source: definitions of mode Microsoft.MachineLearningServices.v2.Data. Nothing in ARM tells a model's publisher.
    """
    named = get(body, "/properties/model")
    asset = str(named.get("assetId") or "") if isinstance(named, Mapping) else str(named or "")
    model = {"assetId": asset} if asset else {}
    if asset.lower().startswith(REGISTRIES):
        model["registryName"] = asset[len(REGISTRIES) :].split("/", maxsplit=1)[0]
    return "Microsoft.MachineLearningServices.v2.Data/workspaces/deployments", {"model": model}


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
    token="azure-native:machinelearningservices:OnlineDeployment",
    path=f"{IN_WORKSPACE}/onlineEndpoints/{{endpointName}}/deployments/{{deploymentName}}",
    flattened=False,
    autoname="copy",
    force_new=("location",),
    name=NameRule(
        pattern=ENDPOINT_PATTERN,
        minimum=3,
        maximum=32,
        code="ValidationError",
        message="Deployment name '{name}' is invalid. It must be between 3 and 32 characters long, begin with a letter,"
        " end with a letter or digit, and may hold single hyphens.",
    ),
    required=("/properties/endpointComputeType",),
    policy_view=policy_view,
    required_code="ValidationError",
    immutable=(_fixed("endpointComputeType"), _fixed("instanceType")),
    read_only=READ_ONLY,
    # Answer of OnlineDeployment createOrUpdate in the REST examples.
    defaults={
        "/kind": "Managed",
        "/sku/name": "Default",
        "/sku/capacity": 1,
        "/properties/appInsightsEnabled": False,
        "/properties/egressPublicNetworkAccess": "Enabled",
        "/properties/scaleSettings/scaleType": "Default",
        "/properties/environmentVariables": {},
        "/properties/properties": {},
    },
    check=_check,
    complete=_complete,
    blocks_delete=_blocks_delete,
    stillborn=_stillborn,
    on_delete=_on_delete,
    views={"skus": _skus},
    put=Timing(asynchronous=True, seconds=30),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=20),
    actions={"getLogs": Action(_logs)},
    system_data=True,
    in_resource_graph=True,
)
