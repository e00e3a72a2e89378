"""Which resources have tags and a region of their own."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.policy import Document
from azkeep.types import by_arm_type

GROUP = "Microsoft.Resources/resourceGroups"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"
ALSO_GLOBAL = (
    "Microsoft.Insights/actionGroups",
    "Microsoft.Insights/activityLogAlerts",
    "Microsoft.AlertsManagement/smartDetectorAlertRules",
)
"""Types that may be global or have a region. Source: Azure, "Azure Monitor alerts", data residency."""


def is_tracked(document: Document) -> bool:
    """It has a region and tags, and somebody has to declare it: neither a part of another nor made by the service."""
    known = by_arm_type(document.type)
    if document.is_a(GROUP, SUBSCRIPTION) or "/" not in document.type:
        return False
    if known is None:
        return document.type.count("/") == 1 and not document["location"].is_missing
    own = document.arm_id
    made = own is not None and isinstance(document.body, Mapping) and known.made_by_service(own, document.body)
    return known.tags and known.location in ("required", "global") and not made


def may_be_global(document: Document) -> bool:
    """`global` is a location of its type, or may be."""
    known = by_arm_type(document.type)
    return known is None or known.location == "global" or document.is_a(*ALSO_GLOBAL)
