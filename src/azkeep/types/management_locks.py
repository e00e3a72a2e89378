"""Microsoft.Authorization/locks. Source: Management Locks REST API 2020-05-01; lock-resources.

azure-native has four classes for the one ARM type; they differ in their path inputs only.
"""

from __future__ import annotations

from dataclasses import replace

from azkeep.errors import ArmFault
from azkeep.model.value import get
from azkeep.types.resource_type import NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

LEVELS = ("CanNotDelete", "ReadOnly")
LONGEST_NOTES = 512
LOCK = "/providers/Microsoft.Authorization/locks/{lockName}"
IN_SUBSCRIPTION = "/subscriptions/{subscriptionId}"
IN_GROUP = IN_SUBSCRIPTION + "/resourceGroups/{resourceGroupName}"
ON_RESOURCE = IN_GROUP + "/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    level = str(get(write.body, "/properties/level"))
    if level.lower() not in [known.lower() for known in LEVELS]:
        text = f"The lock level '{level}' of lock '{write.id.name}' is not one of {', '.join(LEVELS)}."
        return ArmFault(400, "InvalidRequestContent", text)
    if len(str(get(write.body, "/properties/notes") or "")) > LONGEST_NOTES:
        text = f"The notes of lock '{write.id.name}' must not be longer than {LONGEST_NOTES} characters."
        return ArmFault(400, "InvalidRequestContent", text)
    return None


TYPE = ResourceType(
    arm_type="Microsoft.Authorization/locks",
    token="azure-native:authorization:ManagementLockByScope",
    path="{scope}" + LOCK,
    name=NameRule(
        pattern=r"^[-a-zA-Z0-9_.()]*[-a-zA-Z0-9_()]$",
        maximum=90,
        code="InvalidLockName",
        message="The lock name '{name}' is invalid. It can be up to 90 characters of letters, digits, '.', '_', '-' and"
        " brackets, and cannot end with a full stop.",
    ),
    location="none",
    tags=False,
    required=("/properties/level",),
    check=_check,
    put=Timing(),
    provisioning_state=None,
    lists_at="subscription",
    tracked=False,
    in_resource_graph=False,
    unordered=("/properties/owners",),
)


def _variant(class_name: str, scope: str, *query_inputs: str) -> ResourceType:
    token = f"azure-native:authorization:{class_name}"
    return replace(TYPE, token=token, path=scope + LOCK, query_inputs=query_inputs, variant=True)


TYPES = (
    TYPE,
    _variant("ManagementLockAtSubscriptionLevel", IN_SUBSCRIPTION),
    _variant("ManagementLockAtResourceGroupLevel", IN_GROUP),
    _variant("ManagementLockAtResourceLevel", ON_RESOURCE, "apiVersion"),
)
