"""Microsoft.Insights/activityLogAlerts. Source: Activity Log Alerts REST API 2020-10-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import get
from azkeep.types._alerts import IN_GROUP, RULE_NAME, tells, watches
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

CONDITIONS = "/properties/condition/allOf"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if not get(write.body, "/properties/scopes"):
        return _refusal("An alert rule needs at least one scope.")
    fields = [str(each.get("field") or "").lower() for each in get(write.body, CONDITIONS) or ()]
    if "category" not in fields:
        return _refusal("The condition of an activity log alert must name a category.")
    return None


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "BadRequest", message)


TYPE = ResourceType(
    arm_type="Microsoft.Insights/activityLogAlerts",
    token="azure-native:monitor:ActivityLogAlert",
    path=f"{IN_GROUP}/activityLogAlerts/{{activityLogAlertName}}",
    name=RULE_NAME,
    global_too=True,
    required=("/properties/scopes", CONDITIONS, "/properties/actions"),
    required_code="BadRequest",
    links=(watches("/properties/scopes/*"), tells("/properties/actions/actionGroups/*/actionGroupId")),
    # Value of the property when it is not set, in the REST API's description.
    defaults={"/properties/enabled": True},
    check=_check,
    put=Timing(),
    provisioning_state=None,
    in_resource_graph=True,
    unordered=("/properties/scopes", CONDITIONS, "/properties/actions/actionGroups"),
)
