"""Microsoft.Insights/scheduledQueryRules. Source: Scheduled Query Rules REST API 2025-01-01-preview."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._alerts import IN_GROUP, RULE_NAME, tells, watches
from azkeep.types._document import completed, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

ALERT_NEEDS = ("evaluationFrequency", "windowSize", "severity")
"""What a rule that raises alerts needs, and one that only makes a metric does not."""


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if not get(write.body, "/properties/scopes"):
        return _refusal("An alert rule needs at least one scope.")
    if not get(write.body, "/properties/criteria/allOf"):
        return _refusal("The criteria of an alert rule need at least one condition.")
    if not same_text(write.body.get("kind"), "LogToMetric"):
        missing = next((name for name in ALERT_NEEDS if get(write.body, f"/properties/{name}") is None), None)
        if missing is not None:
            return _refusal(f"The {missing} of an alert rule is missing.")
        if get(write.body, "/properties/severity") not in range(5):
            return _refusal("The severity of an alert rule must be from 0 to 4.")
    return identity_fault(write, estate)


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "BadRequest", message)


def _complete(write: Write, estate: Estate) -> Body:
    return with_identity(completed(write), write, estate)


TYPE = ResourceType(
    arm_type="Microsoft.Insights/scheduledQueryRules",
    token="azure-native:monitor:ScheduledQueryRule",
    path=f"{IN_GROUP}/scheduledQueryRules/{{ruleName}}",
    name=RULE_NAME,
    required=("/properties/scopes", "/properties/criteria"),
    required_code="BadRequest",
    links=(watches("/properties/scopes/*"), tells("/properties/actions/actionGroups/*")),
    read_only=(
        *READ_ONLY,
        "/properties/createdWithApiVersion",
        "/properties/isLegacyLogAnalyticsRule",
        "/properties/isWorkspaceAlertsStorageConfigured",
    ),
    # Values of the properties when they are not set, in the REST API's description.
    defaults={
        "/kind": "LogAlert",
        "/properties/enabled": True,
        "/properties/autoMitigate": True,
        "/properties/skipQueryValidation": False,
        "/properties/checkWorkspaceAlertsStorageConfigured": False,
        "/properties/isLegacyLogAnalyticsRule": False,
        "/properties/isWorkspaceAlertsStorageConfigured": False,
    },
    check=_check,
    complete=_complete,
    put=Timing(),
    etag=True,
    system_data=True,
    provisioning_state=None,
    in_resource_graph=True,
    unordered=("/properties/scopes", "/properties/actions/actionGroups"),
)
