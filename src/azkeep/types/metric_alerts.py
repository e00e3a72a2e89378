"""Microsoft.Insights/metricAlerts. Source: Metric Alerts REST API 2018-03-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._alerts import IN_GROUP, RULE_NAME, tells, watches
from azkeep.types._document import completed
from azkeep.types.resource_type import Immutable, ResourceType, Timing
from azkeep.types.write import Estate, Write

FREQUENCIES = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")
WINDOWS = (*FREQUENCIES, "PT6H", "PT12H", "P1D")
CRITERIA = "/properties/criteria"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    severity = get(write.body, "/properties/severity")
    if severity not in range(5):
        return _refusal(f"The severity {severity} is not supported: it must be from 0 to 4.")
    for name, allowed in (("evaluationFrequency", FREQUENCIES), ("windowSize", WINDOWS)):
        value = str(get(write.body, f"/properties/{name}"))
        if value.upper() not in allowed:
            return _refusal(f"The {name} '{value}' is not supported: it must be one of {', '.join(allowed)}.")
    if not get(write.body, "/properties/scopes"):
        return _refusal("An alert rule needs at least one scope.")
    return _criteria_fault(write.body)


def _criteria_fault(body: Body) -> ArmFault | None:
    conditions = get(body, f"{CRITERIA}/allOf")
    if conditions is None:
        return None
    names = [str(each.get("name")) for each in conditions]
    if not names:
        return _refusal("The criteria of an alert rule need at least one condition.")
    if len(set(names)) < len(names):
        return _refusal("The conditions of an alert rule need different names.")
    return None


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "BadRequest", message)


def _complete(write: Write, estate: Estate) -> Body:
    return completed(write, always={"/properties/lastUpdatedTime": write.now, "/properties/isMigrated": False})


TYPE = ResourceType(
    arm_type="Microsoft.Insights/metricAlerts",
    token="azure-native:monitor:MetricAlert",
    path=f"{IN_GROUP}/metricAlerts/{{ruleName}}",
    name=RULE_NAME,
    location="global",
    required=tuple(
        f"/properties/{name}"
        for name in ("criteria", "enabled", "evaluationFrequency", "scopes", "severity", "windowSize")
    ),
    required_code="BadRequest",
    links=(watches("/properties/scopes/*"), tells("/properties/actions/*/actionGroupId")),
    immutable=(
        Immutable(f"{CRITERIA}/odata.type", "BadRequest", "The kind of criteria of an alert rule cannot change.", 400),
    ),
    read_only=("/properties/lastUpdatedTime", "/properties/isMigrated"),
    # Values of the properties when they are not set, in the REST API's description.
    defaults={"/properties/autoMitigate": True, "/properties/actions": []},
    check=_check,
    complete=_complete,
    put=Timing(created=200),
    provisioning_state=None,
    in_resource_graph=True,
    volatile=("/etag", "/systemData", "/properties/lastUpdatedTime"),
    unordered=("/properties/scopes", "/properties/actions"),
)
