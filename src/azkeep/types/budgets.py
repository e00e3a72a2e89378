"""Microsoft.Consumption/budgets. Source: Budgets REST API 2024-08-01."""

from __future__ import annotations

from datetime import datetime

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._alerts import ACTION_GROUPS
from azkeep.types._document import completed
from azkeep.types.resource_type import Immutable, Link, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

MOST_NOTIFICATIONS = 5
START = "/properties/timePeriod/startDate"
END = "/properties/timePeriod/endDate"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    amount = get(write.body, "/properties/amount")
    if not amount > 0:
        return _refusal("The amount of a budget must be greater than 0.")
    notifications = get(write.body, "/properties/notifications") or {}
    if len(notifications) > MOST_NOTIFICATIONS:
        return _refusal(f"A budget can have {MOST_NOTIFICATIONS} notifications at most.")
    for name, each in notifications.items():
        if not 0 < each.get("threshold", 0) <= 1000:
            return _refusal(f"The threshold of notification '{name}' must be between 0 and 1000.")
        if not any(each.get(whom) for whom in ("contactEmails", "contactGroups", "contactRoles")):
            return _refusal(f"The notification '{name}' needs at least one contact.")
    return _period_fault(write.body)


def _period_fault(body: Body) -> ArmFault | None:
    start, end = _date(get(body, START)), _date(get(body, END))
    if start is None or (end is None and get(body, END) is not None):
        return _refusal("The time period of a budget must be given as dates.")
    if start.day != 1:
        return _refusal("The start date of a budget must be the first day of a month.")
    return (
        _refusal("The end date of a budget must be after its start date.") if end is not None and end <= start else None
    )


def _date(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "400", message)


def _complete(write: Write, estate: Estate) -> Body:
    tag = write.guid(f"tag/{write.now}").replace("-", "")[:15]
    once = {"/properties/currentSpend": {"amount": 0.0, "unit": "USD"}}
    return completed(write, once=once, always={"/eTag": f'"{tag}"'})


TYPE = ResourceType(
    arm_type="Microsoft.Consumption/budgets",
    token="azure-native:consumption:Budget",
    path="{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    outside=frozenset({"id", "name", "type", "eTag"}),
    name=NameRule(pattern=r"^[a-zA-Z0-9_-]+$", maximum=63, code="400"),
    location="none",
    tags=False,
    required=tuple(f"/properties/{name}" for name in ("amount", "category", "timeGrain", "timePeriod/startDate")),
    required_code="400",
    links=(Link("/properties/notifications/*/contactGroups/*", types=(ACTION_GROUPS,)),),
    immutable=tuple(
        Immutable(path, "400", "The start date, time grain and category of a budget cannot be changed.", 400)
        for path in (START, "/properties/timeGrain", "/properties/category")
    ),
    read_only=("/eTag", "/properties/currentSpend", "/properties/forecastSpend"),
    check=_check,
    complete=_complete,
    put=Timing(),
    provisioning_state=None,
    tracked=False,
    volatile=("/etag", "/eTag", "/systemData", "/properties/currentSpend", "/properties/forecastSpend"),
)
