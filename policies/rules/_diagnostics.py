"""Diagnostic settings of a resource, shared by the rules of every service."""

from __future__ import annotations

from azkeep.policy import Candidates, Document, Node, Truth, all_of, some

SETTING = "Microsoft.Insights/diagnosticSettings"
GROUPS = ("audit", "allLogs")
DESTINATIONS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


def is_logged(resource: Document, *categories: str, groups: tuple[str, ...] = GROUPS) -> Truth:
    """Each of `categories` leaves `resource` for some destination, by itself or in one of `groups`."""
    settings = resource.extensions(SETTING)
    return all_of(_is_sent(resource, settings, category, groups) for category in categories)


def has_destination(setting: Document) -> Truth:
    """The setting names a place that its logs go to."""
    return some(DESTINATIONS, lambda name: setting["properties"].member(name).has_text())


def _is_sent(resource: Document, settings: Candidates, category: str, groups: tuple[str, ...]) -> Truth:
    found = settings.some(
        lambda setting: (
            setting["properties.logs"].some(lambda log: _covers(log, category, groups)) & has_destination(setting)
        )
    )
    return found | resource.fact(False).because(f"no diagnostic setting sends {category} anywhere")


def _covers(log: Node, category: str, groups: tuple[str, ...]) -> Truth:
    return log["enabled"].is_true() & (log["category"].equals(category) | log["categoryGroup"].equals(*groups))
