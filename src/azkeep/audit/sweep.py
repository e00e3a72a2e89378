"""What an audit has to read: lists first, and which of them shows which resource. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from azkeep import types
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.transport import Answer, Listing
from azkeep.model.value import Body
from azkeep.types.resource_graph import RESOURCES, table
from azkeep.types.resource_type import ResourceType

WIDE = 4
"""From so many resource groups on one list of the subscription replaces a list of each."""


CONNECTIONS = "privateEndpointConnections"
"""Private endpoint connections: every target's own document shows them whole, or leaves the list out where it is empty.

Source: REST reference of vaults, storage accounts, registries, workspaces and private link scopes, `Get`.
"""


@dataclass(frozen=True)
class Blind:
    """A collection that could not be listed: what stands in it is not known. `subject` is its path."""

    subject: str
    type: str
    reason: str


def own_lists(ids: Iterable[str]) -> dict[Listing, tuple[str, ...]]:
    """List → the ids that it should hold. An id of an unknown type, or one that no list holds, is in none."""
    found: dict[Listing, list[str]] = defaultdict(list)
    wide = _wide(ids)
    for text in ids:
        id = ArmId.parse(text)
        type_ = types.by_arm_type(id.type)
        if type_ is None or type_.lists_at == "nowhere":
            continue
        key = ((id.subscription or "").lower(), type_.arm_type)
        path = _path(id, type_, is_wide=key in wide)
        found[Listing(path, type_.api_version)].append(text)
    return {listing: tuple(expected) for listing, expected in found.items()}


def child_lists(parents: Mapping[str, Answer], covered: frozenset[str] = frozenset()) -> dict[Listing, str]:
    """List → ARM type of everything that may hang below resources that are there, and that they do not show whole.

    What stands in a Resource Graph table of `covered` was asked for there.
    """
    found: dict[Listing, str] = {}
    for text, answer in parents.items():
        id = ArmId.parse(text)
        parent = types.by_arm_type(id.type)
        if parent is None or not answer.ok:
            continue
        shown = {kind.lower() for kind in parent.inline.values()}
        for type_ in types.all_types():
            if type_.arm_type.lower() in shown or type_.lists_at != "own" or table(type_.arm_type) in covered:
                continue
            if type_.arm_type.endswith(f"/{CONNECTIONS}"):
                continue
            if (type_.parent_type or "").lower() == parent.arm_type.lower():
                found[Listing(f"{id.text}/{type_.arm_type.rsplit('/', 1)[-1]}", type_.api_version)] = type_.arm_type
            elif parent.arm_type in type_.extends:
                found[Listing(f"{id.text}/providers/{type_.arm_type}", type_.api_version)] = type_.arm_type
    return found


def subscription_lists(ids: Iterable[str]) -> dict[Listing, str]:
    """List → ARM type of what is listed for a whole subscription only, such as role assignments."""
    subscriptions = sorted({found.lower() for id in ids if (found := ArmId.parse(id).subscription)})
    return {
        Listing(f"/subscriptions/{subscription}/providers/{type_.arm_type}", type_.api_version): type_.arm_type
        for subscription in subscriptions
        for type_ in types.all_types()
        if type_.lists_at == "subscription"
    }


def tables_around(ids: Iterable[str]) -> tuple[str, ...]:
    """The Resource Graph tables that may hold what stands around these resources: the main one first."""
    parents = {ArmId.parse(id).type.lower() for id in ids}
    found = {
        here
        for type_ in types.all_types()
        if (type_.parent_type or "").lower() in parents and (here := table(type_.arm_type)) is not None
    }
    return (RESOURCES, *sorted(found - {RESOURCES}))


def groups_query(source: str, groups: Iterable[str]) -> str:
    """Resource Graph's query for all of a table in some resource groups, named without their subscription."""
    named = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}'" for name in sorted(groups))
    return (
        f"{source} | where resourceGroup in~ ({named})"
        " | project id, name, type, location, tags, kind, sku, identity, managedBy, properties"
    )


def inline_children(id: str, body: Body) -> dict[str, Body]:
    """Id → document of the children that `body` itself shows."""
    parent = types.by_arm_type(ArmId.parse(id).type)
    found: dict[str, Body] = {}
    for pointer in (*parent.inline, f"/properties/{CONNECTIONS}") if parent else ():
        for item in _items(body, pointer):
            if isinstance(item.get("id"), str):
                found[item["id"]] = item
    return found


def _items(body: Body, pointer: str) -> list[Body]:
    from azkeep.model.value import get

    items = get(body, pointer)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _wide(ids: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(subscription, type) of what lies in so many groups that one list of the subscription is cheaper."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for text in ids:
        id = ArmId.parse(text)
        type_ = types.by_arm_type(id.type)
        if type_ is not None and not type_.is_extension and type_.parent_type is None and id.resource_group:
            groups[((id.subscription or "").lower(), type_.arm_type)].add(id.resource_group.lower())
    return frozenset(key for key, names in groups.items() if len(names) >= WIDE)


def _path(id: ArmId, type_: ResourceType, *, is_wide: bool) -> str:
    if type_.arm_type == RESOURCE_GROUP_TYPE:
        return f"/subscriptions/{id.subscription}/resourcegroups"
    if type_.lists_at == "subscription":
        return f"/subscriptions/{(id.subscription or '').lower()}/providers/{type_.arm_type}"
    if type_.is_extension:
        return f"{id.scope}/providers/{type_.arm_type}"
    if type_.parent_type is not None:
        return f"{id.parent}/{id.segments[-2]}"
    if is_wide or id.resource_group is None:
        return f"/subscriptions/{id.subscription}/providers/{type_.arm_type}"
    return f"{id.resource_group_id}/providers/{type_.arm_type}"
