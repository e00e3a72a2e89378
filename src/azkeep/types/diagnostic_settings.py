"""Microsoft.Insights/diagnosticSettings. Source: Azure Monitor REST API 2021-05-01-preview, diagnostic settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE, ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import same_text
from azkeep.types._log_categories import CATEGORIES, OF_SUBSCRIPTIONS, Categories, categories_of
from azkeep.types.resource_type import Link, LinkedAccess, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

ARM_TYPE = "Microsoft.Insights/diagnosticSettings"
CATEGORY_TYPE = "Microsoft.Insights/diagnosticSettingsCategories"
SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId", "serviceBusRuleId")
MOST_SETTINGS = 5  # per resource: diagnostic-settings
NO_RETENTION: Mapping[str, Any] = {"enabled": False, "days": 0}


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if not any(get(write.body, f"/properties/{sink}") for sink in SINKS):
        return ArmFault(400, "BadRequest", "At least one data sink needs to be specified.")
    if not any(True for _ in _categories(write.body)):
        return ArmFault(400, "BadRequest", "At least one category of logs or metrics needs to be enabled.")
    fault = _category_fault(write)
    if fault is not None:
        return fault
    others = _others(write, estate)
    if write.is_create and len(others) >= MOST_SETTINGS:
        return ArmFault(
            409, "Conflict", f"A resource can have {MOST_SETTINGS} diagnostic settings at most, and this one has them."
        )
    return _sink_fault(write, others)


def _known(write: Write) -> Categories | None:
    """What the resource can send; None where it has no diagnostic settings."""
    scope = write.id.scope
    if scope is None or scope.type == RESOURCE_GROUP_TYPE:
        return None
    return OF_SUBSCRIPTIONS if scope.type == SUBSCRIPTION_TYPE else categories_of(scope.type)


def _category_fault(write: Write) -> ArmFault | None:
    known = _known(write)
    if known is None:
        kind = write.id.scope.type.lower() if write.id.scope else ""
        text = f"The resource type '{kind}' does not support diagnostic settings."
        return ArmFault(400, "ResourceTypeNotSupported", text)
    for kind, names in (("logs", known.logs), ("metrics", known.metrics)):
        for item in get(write.body, f"/properties/{kind}") or []:
            group, category = item.get("categoryGroup"), item.get("category")
            if group and not any(same_text(group, one) for one in known.groups):
                return ArmFault(400, "BadRequest", f"Category group '{group}' is not supported.")
            if category and not any(same_text(category, one) for one in names):
                what = "Metric category" if kind == "metrics" else "Category"
                return ArmFault(400, "BadRequest", f"{what} '{category}' is not supported.")
    return None


def _others(write: Write, estate: Estate) -> list[Body]:
    scope = write.id.scope
    prefix = f"{scope}/providers/{ARM_TYPE}/".lower()
    found = (item for item in estate.of_type(ARM_TYPE) if str(item["id"]).lower().startswith(prefix))
    return [item for item in found if not same_text(item["id"], write.id.text)]


def _sink_fault(write: Write, others: list[Body]) -> ArmFault | None:
    """A sink takes each category of a resource from one setting only."""
    wanted = set(_categories(write.body))
    for sink in SINKS:
        target = get(write.body, f"/properties/{sink}")
        for other in others:
            shared = wanted & set(_categories(other))
            if target and same_text(get(other, f"/properties/{sink}"), target) and shared:
                return ArmFault(
                    409,
                    "Conflict",
                    f"Data sink '{target}' is already used in diagnostic setting '{other['name']}' for category"
                    f" '{sorted(shared)[0]}'. Data sinks can't be reused in different settings on the same category for"
                    " the same resource.",
                )
    return None


def _categories(body: Body) -> Iterator[str]:
    for kind in ("logs", "metrics"):
        for item in get(body, f"/properties/{kind}") or []:
            if item.get("enabled") is True:
                yield str(item.get("category") or item.get("categoryGroup") or "")


def _complete(write: Write, estate: Estate) -> Body:
    """The setting with what it does not send: where it names groups every other group, else every other category."""
    known, body = _known(write) or Categories(), write.body
    for kind, names in (("logs", known.logs), ("metrics", known.metrics)):
        items = get(body, f"/properties/{kind}") or []
        grouped = kind == "logs" and any(item.get("categoryGroup") for item in items)
        member, every = ("categoryGroup", known.groups) if grouped else ("category", names)
        sent = [{"retentionPolicy": dict(NO_RETENTION), **item} for item in items]
        given = {str(item.get(member) or "").lower() for item in items}
        unsent = [
            {member: name, "enabled": False, "retentionPolicy": dict(NO_RETENTION)}
            for name in every
            if name.lower() not in given
        ]
        body = put(body, f"/properties/{kind}", [*sent, *unsent])
    return body


def _known_categories(id: ArmId, body: Body, estate: Estate) -> Body:
    """What a resource can send: each log with the groups that it is in, and the metrics."""
    known = categories_of(id.type) or Categories((), ())
    kinds = [(name, "Logs", list(known.groups)) for name in known.logs]
    kinds += [(name, "Metrics", []) for name in known.metrics]
    return {
        "value": [
            {
                "id": f"{id}/providers/{CATEGORY_TYPE}/{name}",
                "type": CATEGORY_TYPE,
                "name": name,
                "properties": {"categoryType": kind, **({"categoryGroups": groups} if groups else {})},
            }
            for name, kind, groups in kinds
        ]
    }


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:monitor:DiagnosticSetting",
    path="{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    outside=frozenset({"id", "name", "type"}),
    name=NameRule(pattern=r"^[^*<>%&:\\?+/]*[^*<>%&:\\?+/ .]$", maximum=260),
    location="none",
    tags=False,
    # Permissions of the destinations: what the service writes with is read by whoever makes the setting.
    linked=(
        LinkedAccess("/properties/workspaceId", "Microsoft.OperationalInsights/workspaces/sharedKeys/action"),
        LinkedAccess("/properties/storageAccountId", "Microsoft.Storage/storageAccounts/listKeys/action"),
        LinkedAccess(
            "/properties/eventHubAuthorizationRuleId",
            "Microsoft.EventHub/namespaces/authorizationRules/listKeys/action",
        ),
    ),
    links=(
        Link("/properties/workspaceId", types=("Microsoft.OperationalInsights/workspaces",)),
        Link("/properties/storageAccountId", types=("Microsoft.Storage/storageAccounts",)),
    ),
    # A setting shows every category that its resource has; what nobody asked for is switched off.
    assumed={"/properties/logs/*": {"enabled": False}, "/properties/metrics/*": {"enabled": False}},
    beside={CATEGORY_TYPE: _known_categories},
    check=_check,
    complete=_complete,
    put=Timing(created=200),
    provisioning_state=None,
    extends=tuple(CATEGORIES),
    tracked=False,
    unordered=("/properties/logs", "/properties/metrics"),
)
