"""Budgets."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.policy import Document, Estate, Needs, Severity, Truth, every, rule, some

from ._places import extensions_on, key_of

BUDGET = "Microsoft.Consumption/budgets"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"


@rule(
    "GOV-CST-001",
    "Each estate has a budget",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.GRAPH,
    paths=(
        "Microsoft.Consumption/budgets: properties.amount",
        "Microsoft.Consumption/budgets: properties.notifications",
    ),
    fix="Add a budget.",
)
def each_estate_has_a_budget(subscription: Document) -> Truth:
    """Each estate has a budget.

    Checks: A budget on the subscription, or one on each resource group that the estate has in it, with at least one
        enabled notification at or below 100 percent.
    Why: GPU spend grows unseen.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: estate
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: estate
        - type: Microsoft.Consumption/budgets
          name: monthly
          scope: "@estate"
          properties: {amount: 1000, notifications: {late: {enabled: true, threshold: 120}}}
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: estate
        - type: Microsoft.Consumption/budgets
          name: monthly
          scope: "@estate"
          properties: {amount: 1000, notifications: {muted: {enabled: false, threshold: 80}}}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: estate
        - type: Microsoft.Consumption/budgets
          name: monthly
          scope: "@estate"
          properties: {amount: 1000, notifications: {early: {enabled: true, threshold: 80}}}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: estate
        - type: Microsoft.Resources/resourceGroups
          name: example
        - type: Microsoft.Consumption/budgets
          name: monthly
          scope: "@example"
          properties: {amount: 1000, notifications: {early: {enabled: true, threshold: 80}}}
    Source: own rule (platform-team practice); no outside rule found
    """
    groups = subscription.estate.kept("groups by subscription", _groups).get(key_of(subscription), ())
    whole = _is_watched(subscription, key_of(subscription))
    each = every(groups, lambda group: _is_watched(subscription, group)) if groups else whole
    found = some((whole, each), lambda truth: truth)
    return found | subscription.fact(False).because("no budget that tells anybody in time")


def _is_watched(subscription: Document, key: str) -> Truth:
    return extensions_on(subscription.estate, (key,), BUDGET).some(_tells_in_time)


def _tells_in_time(budget: Document) -> Truth:
    told = budget["properties.notifications"].some(
        lambda each: each["enabled"].is_true() & each["threshold"].at_most(100)
    )
    return told & budget["properties.amount"].at_least(0.01)


def _groups(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """Key of a subscription → keys of the resource groups in it that the estate has something in."""
    found: dict[str, dict[str, None]] = {}
    for document in estate.documents:
        own = document.arm_id
        group = own.resource_group_id if own else None
        if group is not None and group.scope is not None:
            found.setdefault(group.scope.key, {})[group.key] = None
    return {subscription: tuple(groups) for subscription, groups in found.items()}
