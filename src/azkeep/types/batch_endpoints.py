"""Microsoft.MachineLearningServices/workspaces/batchEndpoints. Source: Azure Machine Learning REST API 2025-12-01."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types import online_endpoints
from azkeep.types._document import completed, region, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types._machine_learning import IN_WORKSPACE, user_error
from azkeep.types._online_keys import GENERATED, GIVEN, PRIMARY, SECONDARY
from azkeep.types.resource_type import Action, Immutable, ResourceType, Timing
from azkeep.types.write import Estate, Write

DEFAULT_DEPLOYMENT = "/properties/defaults/deploymentName"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    mode = get(write.body, "/properties/authMode")
    if not same_text(mode, "AADToken"):
        text = f"Authentication mode '{mode}' is not supported: batch endpoints take AADToken only."
        return user_error(text, code="ValidationError")
    return identity_fault(write, estate) or _default_fault(write, estate)


def _default_fault(write: Write, estate: Estate) -> ArmFault | None:
    name = get(write.body, DEFAULT_DEPLOYMENT)
    if not name or any(same_text(item["name"], name) for item in estate.children(write.id.text, "deployments")):
        return None
    return user_error(f"The default deployment '{name}' of endpoint '{write.id.name}' does not exist.")


def _complete(write: Write, estate: Estate) -> Body:
    host = f"https://{write.id.name.lower()}.{region(write.body)}.inference.ml.azure.com"
    body = completed(
        write, always={"/properties/scoringUri": f"{host}/jobs", "/properties/swaggerUri": f"{host}/swagger.json"}
    )
    return with_identity(body, write, estate)


def _list_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    """Every batch endpoint has keys, though it takes tokens of Entra ID alone."""
    return {name: secrets.get(name) for name in (PRIMARY, SECONDARY)}


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/batchEndpoints",
    token="azure-native:machinelearningservices:BatchEndpoint",
    path=f"{IN_WORKSPACE}/batchEndpoints/{{endpointName}}",
    flattened=False,
    autoname="random",  # azure-native gives every endpointName a random suffix, nested types included
    force_new=("location",),
    name=online_endpoints.TYPE.name,
    required=("/properties/authMode",),
    required_code="ValidationError",
    immutable=(
        Immutable(
            "/properties/authMode", "UserError", "The authentication mode of an endpoint cannot be changed.", 400
        ),
    ),
    read_only=(*READ_ONLY, "/properties/scoringUri", "/properties/swaggerUri"),
    secrets=GIVEN,
    # Answer of BatchEndpoint createOrUpdate in the REST examples.
    defaults={"/properties/properties": {}},
    check=_check,
    complete=_complete,
    actions={"listKeys": Action(_list_keys)},
    generated_secrets=tuple(each for each in GENERATED if each.name in (PRIMARY, SECONDARY)),
    put=Timing(asynchronous=True, seconds=15),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=15),
    page_sized_by="count",
    system_data=True,
    in_resource_graph=True,
)
