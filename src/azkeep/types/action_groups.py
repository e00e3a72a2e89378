"""Microsoft.Insights/actionGroups. Source: Action Groups REST API 2024-10-01-preview."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get, put
from azkeep.types._alerts import ACTION_GROUPS, IN_GROUP, RULE_NAME
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

LONGEST_SHORT_NAME = 12
RECEIVERS = (
    "emailReceivers", "smsReceivers", "webhookReceivers", "itsmReceivers", "azureAppPushReceivers",
    "automationRunbookReceivers", "voiceReceivers", "logicAppReceivers", "azureFunctionReceivers", "armRoleReceivers",
    "eventHubReceivers", "incidentReceivers",
)  # fmt: skip
CONFIRMED = ("emailReceivers", "smsReceivers")
"""Receivers that can opt out: the service says whether they have."""


def _check(write: Write, estate: Estate) -> ArmFault | None:
    short = str(get(write.body, "/properties/groupShortName"))
    if not 1 <= len(short) <= LONGEST_SHORT_NAME:
        return _refusal(f"The group short name '{short}' must be 1 to {LONGEST_SHORT_NAME} characters long.")
    names = [
        str(each.get("name")).lower() for kind in RECEIVERS for each in get(write.body, f"/properties/{kind}") or ()
    ]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return _refusal(f"The receiver name '{twice}' is used more than once: names must be unique in an action group.")
    return identity_fault(write, estate)


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "BadRequest", message)


def _complete(write: Write, estate: Estate) -> Body:
    body: Body = write.body
    for kind in CONFIRMED:
        items = get(body, f"/properties/{kind}") or []
        body = put(body, f"/properties/{kind}", [{**item, "status": "Enabled"} for item in items])
    return with_identity(body, write, estate)


TYPE = ResourceType(
    arm_type=ACTION_GROUPS,
    token="azure-native:monitor:ActionGroup",
    path=f"{IN_GROUP}/actionGroups/{{actionGroupName}}",
    name=RULE_NAME,
    global_too=True,
    required=("/properties/groupShortName",),
    required_code="BadRequest",
    read_only=READ_ONLY,
    # Answer of ActionGroups createOrUpdate in the REST examples: lists that are not given are empty.
    defaults={"/properties/enabled": True, **{f"/properties/{kind}": [] for kind in RECEIVERS}},
    check=_check,
    complete=_complete,
    put=Timing(),
    provisioning_state=None,
    in_resource_graph=True,
)
