"""Alerts on the activity log."""

from __future__ import annotations

from collections.abc import Iterable

from azkeep.model.ids import ArmId
from azkeep.model.value import Reference
from azkeep.policy import FALSE, TRUE, Candidates, Document, Node, Truth, deferred, every
from azkeep.policy.truth import State

ALERT = "Microsoft.Insights/activityLogAlerts"
RESOURCE_GROUP = "Microsoft.Resources/resourceGroups"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"


def is_alerted(subscription: Document, categories: tuple[str, ...], operations: Iterable[str] = ("",)) -> Truth:
    """An enabled alert on one of `categories` with an action group watches `subscription`, or a group in it.

    There is one for each of `operations`; one on the whole category counts for all, and "" asks for such.
    """
    estate = subscription.estate
    alerts = estate.kept(f"alerts {categories} {id(subscription)}", lambda _: _alerts_on(subscription, categories))
    return every(operations, lambda operation: _is_followed(subscription, alerts, operation or categories[0]))


def _alerts_on(subscription: Document, categories: tuple[str, ...]) -> Candidates:
    alerts = subscription.estate.all(ALERT)
    return alerts.where(lambda alert: _is_ready(alert, categories)).where(lambda alert: _watches(alert, subscription))


def _is_followed(subscription: Document, alerts: Candidates, operation: str) -> Truth:
    followed = alerts.some(lambda alert: _names(alert, operation))
    if followed.state is not State.FALSE:
        return followed
    return subscription.fact(False).because(f"no alert follows {operation}")


def _is_ready(alert: Document, categories: tuple[str, ...]) -> Truth:
    """Enabled (the service's default), on one of `categories`, and somebody hears of it."""
    enabled = alert["properties.enabled"].is_true(missing=True)
    heard = alert["properties.actions.actionGroups"].some(lambda group: group["actionGroupId"].has_text())
    return enabled & heard & _has_condition(alert, "category", *categories)


def _names(alert: Document, operation: str) -> Truth:
    """The alert is on `operation`, or on every operation."""
    everything = ~alert["properties.condition.allOf"].some(_is_on_operations)
    return everything | _has_condition(alert, "operationName", operation)


def _is_on_operations(condition: Node) -> Truth:
    return condition["field"].equals("operationName") | condition["anyOf"].some(
        lambda each: each["field"].equals("operationName")
    )


def _has_condition(alert: Document, field: str, *values: str) -> Truth:
    """Source: Activity Log Alerts REST API 2020-10-01: `equals`, `containsAny`, or several of them in `anyOf`."""
    return alert["properties.condition.allOf"].some(
        lambda condition: (
            _is_met(condition, field, values) | condition["anyOf"].some(lambda each: _is_met(each, field, values))
        )
    )


def _is_met(condition: Node, field: str, values: tuple[str, ...]) -> Truth:
    given = condition["equals"].equals(*values) | condition["containsAny"].some(lambda each: each.equals(*values))
    return condition["field"].equals(field) & given


def _watches(alert: Document, subscription: Document) -> Truth:
    return alert["properties.scopes"].some(lambda scope: _is_in(scope, subscription))


def _is_in(scope: Node, subscription: Document) -> Truth:
    """The id of `subscription`, or of a resource group in it, stands at `scope`."""
    if not isinstance(scope.value, Reference):
        return scope.satisfies(lambda text: _is_id_in(text, subscription))
    target = scope.resolve()
    if target is None or target.id is None:
        return scope.shown(deferred("the scope of the alert is not known yet"))
    return scope.shown(TRUE if _is_id_in(target.id, subscription) else FALSE)


def _is_id_in(text: str, subscription: Document) -> bool:
    found = ArmId.parse(text)
    within = subscription.arm_id is not None and found.is_within(subscription.arm_id)
    return within and found.type.casefold() in (SUBSCRIPTION.casefold(), RESOURCE_GROUP.casefold())
