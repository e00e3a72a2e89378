"""What alert rules share: who is told, how often they look. Pure. Source: Azure Monitor REST APIs, alert rules."""

from __future__ import annotations

from azkeep.types.resource_type import Link, NameRule

IN_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights"
ACTION_GROUPS = "Microsoft.Insights/actionGroups"

RULE_NAME = NameRule(pattern=r"^[^*#&+:<>?@%{}\\/|]*[^*#&+:<>?@%{}\\/| .]$", maximum=260)


def tells(path: str) -> Link:
    """A pointer that names an action group, which must exist."""
    return Link(
        path,
        types=(ACTION_GROUPS,),
        code="BadRequest",
        message="The action group '{target}' of alert rule '{name}' was not found.",
    )


def watches(path: str) -> Link:
    """A pointer that names what an alert rule looks at, which must exist."""
    return Link(path, code="BadRequest", message="The scope '{target}' of alert rule '{name}' was not found.")
