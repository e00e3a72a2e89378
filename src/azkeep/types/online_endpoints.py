"""Microsoft.MachineLearningServices/workspaces/onlineEndpoints. Source: Azure Machine Learning REST API 2025-12-01."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._document import completed, region, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, identity_kinds, with_identity
from azkeep.types._machine_learning import ENDPOINT_PATTERN, IN_WORKSPACE, user_error
from azkeep.types._online_keys import ACTIONS, GENERATED, GIVEN
from azkeep.types.resource_type import Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

AUTHENTICATION = ("Key", "AMLToken", "AADToken")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    mode = get(write.body, "/properties/authMode")
    if not any(same_text(mode, known) for known in AUTHENTICATION):
        return user_error(f"Authentication mode '{mode}' is not supported.", code="ValidationError")
    before, now = (identity_kinds((body or {}).get("identity")) for body in (write.before, write.body))
    if write.before is not None and before != now and "identity" in write.sent:
        return user_error("The identity of an online endpoint cannot be changed.")
    return identity_fault(write, estate) or _traffic_fault(write, estate)


def _traffic_fault(write: Write, estate: Estate) -> ArmFault | None:
    """Traffic and mirrored traffic name deployments that exist; traffic sums to 100 at most, mirrored to 50."""
    deployed = {str(item["name"]).lower() for item in estate.children(write.id.text, "deployments")}
    for name, most in (("traffic", 100), ("mirrorTraffic", 50)):
        rules: Mapping[str, Any] = get(write.body, f"/properties/{name}") or {}
        for deployment, percent in rules.items():
            if deployment.lower() not in deployed:
                return user_error(
                    f"The deployment '{deployment}' named in {name} of endpoint '{write.id.name}' does not exist."
                )
            if not isinstance(percent, int) or not 0 <= percent <= most:
                return user_error(f"{name} of deployment '{deployment}' must be a whole number from 0 to {most}.")
        total = sum(rules.values())
        if total > most:
            return user_error(f"{name} of endpoint '{write.id.name}' sums to {total}, which is more than {most}.")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    host = f"https://{write.id.name.lower()}.{region(write.body)}.inference.ml.azure.com"
    body = completed(
        write, always={"/properties/scoringUri": f"{host}/score", "/properties/swaggerUri": f"{host}/swagger.json"}
    )
    return with_identity(body, write, estate)


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    token="azure-native:machinelearningservices:OnlineEndpoint",
    path=f"{IN_WORKSPACE}/onlineEndpoints/{{endpointName}}",
    flattened=False,
    autoname="random",  # azure-native gives every endpointName a random suffix, nested types included
    force_new=("location",),
    name=NameRule(
        pattern=ENDPOINT_PATTERN,
        minimum=3,
        maximum=32,
        unique="region",
        code="ValidationError",
        message="Endpoint name '{name}' is invalid. It must be between 3 and 32 characters long, begin with a letter,"
        " end with a letter or digit, and may hold single hyphens.",
        taken_code="UserError",
        taken_message="Endpoint name '{name}' is already in use in this region.",
    ),
    required=("/properties/authMode",),
    required_code="ValidationError",
    immutable=(
        Immutable(
            "/properties/authMode", "UserError", "The authentication mode of an endpoint cannot be changed.", 400
        ),
        Immutable("/properties/compute", "UserError", "The compute of an endpoint cannot be changed.", 400),
    ),
    read_only=(*READ_ONLY, "/properties/scoringUri", "/properties/swaggerUri"),
    secrets=GIVEN,
    generated_secrets=GENERATED,
    # Answer of OnlineEndpoint createOrUpdate in the REST examples; kind as the service shows it.
    defaults={
        "/kind": "Managed",
        "/properties/publicNetworkAccess": "Enabled",
        "/properties/traffic": {},
        "/properties/mirrorTraffic": {},
        "/properties/properties": {},
    },
    names_children={"/properties/traffic": "deployments"},
    check=_check,
    complete=_complete,
    put=Timing(asynchronous=True, seconds=15),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=15),
    actions=ACTIONS,
    list_filters={"name": "/name"},
    page_sized_by="count",
    system_data=True,
    in_resource_graph=True,
)
