"""Microsoft.Resources/resourceGroups. Source: Azure Resource Manager REST API 2024-03-01, resource groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId, id_in
from azkeep.model.value import Body
from azkeep.types.resource_type import Action, Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Estate


def _move(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    """Refuses every move, and before that what ARM refuses of its request. Source: Resources - Move Resources."""
    target, resources = id_in(str(sent.get("targetResourceGroup"))), sent.get("resources")
    if target is None or target.type.lower() != RESOURCE_GROUP_TYPE.lower():
        return _invalid("targetResourceGroup")
    if not isinstance(resources, list) or not resources:
        return _invalid("resources")
    if estate.get(target.text) is None:
        return ArmFault(404, "ResourceGroupNotFound", f"Resource group '{target.name}' could not be found.")
    found = [id_in(str(each)) for each in resources]
    for given, moved in zip(resources, found, strict=True):
        if moved is None or estate.get(moved.text) is None or moved.resource_group_id != id:
            text = f"The resource '{given}' to move was not found under resource group '{id.name}'."
            return ArmFault(404, "ResourceNotFound", text)
    kinds = ", ".join(sorted({moved.type for moved in found if moved is not None}))
    text = f"Resource move is not supported for resource types '{kinds}'. The local cloud moves no resources."
    return ArmFault(409, "ResourceMoveNotSupported", text)


def _invalid(name: str) -> ArmFault:
    text = f"The request content was invalid: the property '{name}' is missing or not valid."
    return ArmFault(400, "InvalidRequestContent", text, target=name)


TYPE = ResourceType(
    arm_type="Microsoft.Resources/resourceGroups",
    token="azure-native:resources:ResourceGroup",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
    force_new=("location",),
    name=NameRule(
        pattern=r"^[-\w._()]*[-\w_()]$",
        maximum=90,
        code="InvalidResourceGroup",
        message="The provided resource group name '{name}' has invalid characters. The name can only be a letter,"
        " digit, '-', '.', '(', ')' or '_', and it cannot end with '.'.",
    ),
    no_region=(
        "LocationNotAvailableForResourceGroup",
        "The provided location '{location}' is not available for resource group. List of available regions is"
        " '{regions}'.",
    ),
    immutable=(
        Immutable(
            path="/location",
            code="InvalidResourceGroupLocation",
            message="Invalid resource group location '{after}'. The Resource group already exists in location"
            " '{before}'.",
        ),
    ),
    outside=frozenset({"location", "tags", "managedBy", "id", "name", "type", "properties"}),
    actions={"moveResources": Action(_move), "validateMoveResources": Action(_move)},
    delete=Timing(created=200, updated=200, asynchronous=True, accepted=True, seconds=20),
    tracked=False,
    in_resource_graph=False,
)
