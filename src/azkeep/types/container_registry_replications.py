"""Microsoft.ContainerRegistry/registries/replications. Source: Container Registry REST API 2024-11-01-preview."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._document import completed, region, same_text
from azkeep.types._registry import IN_REGISTRY, REGISTRY, SHORT_DELETE, SHORT_PUT, needs_premium
from azkeep.types.resource_type import Immutable, NameRule, ResourceType
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    fault = needs_premium(write, estate, "Replications")
    if fault is not None or write.id.parent is None:
        return fault
    home = estate.get(write.id.parent.text) or {}
    others = [each for each in estate.children(write.id.parent.text, "replications") if not _is(each, write)]
    if any(same_text(region(each), region(write.body)) for each in (home, *others)):
        text = f"The registry {write.id.parent.name} is already in the region {write.body.get('location')}."
        return ArmFault(409, "ReplicationAlreadyExists", text)
    return None


def _is(each: Body, write: Write) -> bool:
    return same_text(each["id"], write.id.text)


def _complete(write: Write, estate: Estate) -> Body:
    ready = {"displayStatus": "Ready", "timestamp": get(write.before, "/properties/status/timestamp") or write.now}
    return completed(write, always={"/properties/status": ready})


TYPE = ResourceType(
    arm_type=f"{REGISTRY}/replications",
    token="azure-native:containerregistry:Replication",
    path=f"{IN_REGISTRY}/replications/{{replicationName}}",
    autoname="copy",
    force_new=("location",),
    name=NameRule(pattern=r"^[a-zA-Z0-9]*$", minimum=5, maximum=50),
    immutable=(
        Immutable(
            "/properties/zoneRedundancy", "InvalidParameter", "zoneRedundancy of a replication cannot be changed.", 400
        ),
    ),
    read_only=("/properties/status",),
    # Values of the properties when they are not set, in the REST API's description.
    defaults={"/properties/regionEndpointEnabled": True, "/properties/zoneRedundancy": "Disabled"},
    check=_check,
    complete=_complete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    system_data=True,
    in_resource_graph=True,
    volatile=("/etag", "/systemData", "/properties/status"),
)
