"""Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments.

Source: Azure Machine Learning REST API 2025-12-01, batch deployments.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, remove
from azkeep.types import online_deployments
from azkeep.types._document import completed, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types._machine_learning import IN_WORKSPACE, user_error
from azkeep.types.batch_endpoints import DEFAULT_DEPLOYMENT
from azkeep.types.online_deployments import asset_fault
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.write import Effect, Estate, PutEffect, Write

# Members that hold the ARM id of an asset. Registry assets (`azureml://…`) lie outside the subscription's estate.
ASSETS = (
    "environmentId",
    "model/assetId",
    "codeConfiguration/codeId",
    "deploymentConfiguration/componentId/assetId",
)
NUMBERS = ("miniBatchSize", "maxConcurrencyPerInstance")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for name in NUMBERS:
        number = get(write.body, f"/properties/{name}")
        if number is not None and number < 1:
            return user_error(f"{name} must be 1 or more.", code="ValidationError")
    error_threshold = get(write.body, "/properties/errorThreshold")
    if error_threshold is not None and error_threshold < -1:
        return user_error("errorThreshold must be -1 (none) or more.", code="ValidationError")
    return identity_fault(write, estate) or asset_fault(write, estate, ASSETS)


def _complete(write: Write, estate: Estate) -> Body:
    return with_identity(completed(write), write, estate)


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    """The endpoint forgets the deployment as its default."""
    endpoint = estate.get(id.parent.text) if id.parent else None
    if endpoint is None or not same_text(get(endpoint, DEFAULT_DEPLOYMENT), id.name):
        return ()
    return (PutEffect(str(endpoint["id"]), remove(endpoint, DEFAULT_DEPLOYMENT)),)


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments",
    token="azure-native:machinelearningservices:BatchDeployment",
    path=f"{IN_WORKSPACE}/batchEndpoints/{{endpointName}}/deployments/{{deploymentName}}",
    flattened=False,
    autoname="copy",
    force_new=("location",),
    name=online_deployments.TYPE.name,
    policy_view=online_deployments.policy_view,
    links=(
        Link(
            "/properties/compute",
            types=("Microsoft.MachineLearningServices/workspaces/computes",),
            code="UserError",
            message="The compute '{target}' of deployment '{name}' does not exist.",
        ),
    ),
    read_only=READ_ONLY,
    # Defaults in the REST API's description of BatchDeployment.
    defaults={
        "/properties/errorThreshold": -1,
        "/properties/loggingLevel": "Info",
        "/properties/maxConcurrencyPerInstance": 1,
        "/properties/miniBatchSize": 10,
        "/properties/outputAction": "AppendRow",
        "/properties/outputFileName": "predictions.csv",
        "/properties/retrySettings/maxRetries": 3,
        "/properties/retrySettings/timeout": "PT30S",
        "/properties/environmentVariables": {},
        "/properties/properties": {},
    },
    check=_check,
    complete=_complete,
    on_delete=_on_delete,
    put=Timing(asynchronous=True, seconds=20),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=15),
    system_data=True,
    in_resource_graph=True,
)
