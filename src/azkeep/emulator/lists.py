"""GET of one resource and of collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.filters import Comparison, FilterError, parse_alternatives
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import page, page_size, page_start, shown
from azkeep.emulator.resolve import absent, check_manager_version, check_outermost, known_type, location_of
from azkeep.emulator.rights import action_name, check_any_role, enter, enter_reading
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType

ENVELOPE = ("tags", "kind", "sku", "plan", "identity", "managedBy", "zones", "extendedLocation")
TENANT_KEY = "/providers"
EXPANDED = ("createdTime", "changedTime", "provisioningState")
VIEWS = {"activeonly": False, "archivedonly": True}
"""Value of `listViewType` → whether what it asks for is archived; `All` asks for neither."""


def read(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """GET or HEAD of one resource."""
    version = enter_reading(cloud, request, id, action_name(id.type, "read"))
    row = cloud.store.get(id.key)
    if row is None:
        _check_group(cloud, id)
    type_ = known_type(cloud.store, id.type, version, lambda: location_of(cloud.store, id))
    if request.method == "HEAD":
        return Reply(204 if row else 404)
    check_outermost(cloud.store, id, type_.arm_type, "read")
    row = row or _inherited(cloud, id, type_)
    return Reply(200, _seen_from(id, type_, shown(cloud, row)), {"ETag": row.etag} if type_.etag else {})


def _region(cloud: Cloud, parent: ArmId | None) -> Callable[[], str] | None:
    """What tells the region that a list is asked in: its group's; None for one over a subscription."""
    if parent is None or len(parent.segments) == 2:
        return None
    return lambda: location_of(cloud.store, parent)


def _check_group(cloud: Cloud, id: ArmId) -> None:
    group = id.resource_group_id
    if group is not None and group.key != id.key and not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)


def _inherited(cloud: Cloud, id: ArmId, type_: ResourceType) -> Row:
    """A tenant's resource seen from a scope below it, else ArmFault 404."""
    if type_.is_extension and id.scope is not None and "/providers/" in id.key:
        row = cloud.store.get("/providers/" + id.key.rsplit("/providers/", 1)[1])
        if row is not None:
            return row
    raise absent(id)


def _seen_from(scope: ArmId | None, type_: ResourceType, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document as a request at `scope` shows it: what the tenant has may have its id in that subscription."""
    at_tenant = str(body["id"]).startswith(f"{TENANT_KEY}/")
    if not (type_.tenant_id_in_subscription and at_tenant and scope is not None and scope.subscription):
        return body
    return {**body, "id": f"/subscriptions/{scope.subscription}{body['id']}"}


def _filtered(request: Request) -> tuple[tuple[Comparison, ...], ...]:
    """Alternatives of what `$filter` asks; one that asks nothing without a filter."""
    text = request.query.get("$filter", "").strip()
    try:
        return parse_alternatives(text) if text else ((),)
    except FilterError as error:
        raise _refused(text, str(error)) from None


def _refused(text: str, reason: str) -> ArmFault:
    return ArmFault(
        400, "InvalidFilterInQueryString", f"Invalid $filter '{text}' specified in the query string: {reason}."
    )


def _reply(
    request: Request, rows: list[Row], form: Callable[[Row], Any], keep: Callable[[Row], bool], sized_by: str = ""
) -> Reply:
    """One page of those `rows` that are kept, each in its form; `sized_by` as page_size takes it."""
    after, size = page_start(request), page_size(request, sized_by)
    items: list[Any] = []
    last = 0
    for row in rows:
        if row.position <= after or not keep(row):
            continue
        if len(items) == size:
            return Reply(200, page(request, items, last))
        items.append(form(row))
        last = row.position
    return Reply(200, page(request, items, None))


def collection(cloud: Cloud, request: Request, parent: ArmId | None, arm_type: str) -> Reply:
    """GET of all resources of one type in a subscription, a group, below a parent or on a scope."""
    version = enter_reading(cloud, request, parent, action_name(arm_type, "read"))
    if parent is not None and len(parent.segments) > 2:
        _check_group(cloud, parent.child("x", "x"))
        _check_parent(cloud, parent, arm_type)
    type_ = known_type(cloud.store, arm_type, version, _region(cloud, parent))
    keep = _property_filter(request, type_) if type_.is_extension else _asked(request, type_)
    states = cloud.operations.running_states()
    if parent is not None and _newest_first(request, type_):
        newest = [row for row in reversed(cloud.store.children(parent.key, type_.arm_type.lower())) if keep(row)]
        return _backwards(request, newest, lambda row: shown(cloud, row, states), type_.page_sized_by)
    return _reply(
        request,
        _rows(cloud, request, parent, type_),
        lambda row: _seen_from(parent, type_, shown(cloud, row, states)),
        keep,
        type_.page_sized_by,
    )


def _check_parent(cloud: Cloud, parent: ArmId, arm_type: str) -> None:
    """Raises ArmFault where what a list stands below does not exist; what the first item makes need not exist yet."""
    type_ = by_arm_type(arm_type)
    if type_ is not None and not type_.is_extension:
        check_outermost(cloud.store, parent, type_.arm_type, "read")
    around = parent.parent if type_ is not None and type_.makes_parent else None
    if not cloud.store.exists(parent.key) and (around is None or not cloud.store.exists(around.key)):
        raise absent(around or parent)


def _asked(request: Request, type_: ResourceType) -> Callable[[Row], bool]:
    """What the query parameters that lists of a type have ask of a row."""
    asked = {pointer: request.query.get(name, "") for name, pointer in type_.list_filters.items()}
    wanted = {pointer: text.lower().split(",") for pointer, text in asked.items() if text}
    archived = VIEWS.get(request.query.get("listviewtype", "").lower()) if type_.archived else None

    def keep(row: Row) -> bool:
        if archived is not None and (get(row.body, type_.archived) is True) != archived:
            return False
        return all(_text(get(row.body, pointer)) in values for pointer, values in wanted.items())

    return keep


def _text(value: Any) -> str:
    """A value as a query parameter has it, in lower case."""
    return str(value).lower()


def _newest_first(request: Request, type_: ResourceType) -> bool:
    """True for `$orderBy=createdtime desc`, as lists of assets take it, and where the type's lists are so unasked."""
    order = request.query.get("$orderby", "").lower().split()
    return order == ["createdtime", "desc"] if order else type_.newest_first


def _backwards(request: Request, rows: list[Row], form: Callable[[Row], Any], sized_by: str) -> Reply:
    """One page of `rows`, which stand in falling order of position, from before the position of its token."""
    before, size = page_start(request), page_size(request, sized_by)
    rest = [row for row in rows if not before or row.position < before]
    return Reply(
        200, page(request, [form(row) for row in rest[:size]], rest[size - 1].position if rest[size:] else None)
    )


def _rows(cloud: Cloud, request: Request, parent: ArmId | None, type_: ResourceType) -> list[Row]:
    """Rows of a list from where the page begins, more than a page of them."""
    after, kind = page_start(request), type_.arm_type.lower()
    if parent is None:
        return cloud.store.under(TENANT_KEY, type=kind)
    asked = request.query.get("$filter", "").lower()
    if type_.is_extension and "atexactscope()" in asked:
        return [row for row in cloud.store.of_type(kind) if _holder(row) == parent.key]
    if type_.is_extension and "atscope()" in asked:
        return [row for row in cloud.store.of_type(kind) if _reaches(row, parent)]
    if type_.lists_above:
        below = f"{parent.key}/"
        return [row for row in cloud.store.of_type(kind) if _reaches(row, parent) or row.key.startswith(below)]
    if type_.is_extension or len(parent.segments) in (2, 4):
        inside = cloud.store.under(parent.key, type=kind, after=after)
        return sorted([*inside, *cloud.store.under(TENANT_KEY, type=kind)], key=lambda row: row.position)
    return cloud.store.children(parent.key, kind, after=after)


def _reaches(row: Row, scope: ArmId) -> bool:
    """True if what hangs on a scope above, or on `scope` itself, holds for it."""
    held = _holder(row)
    return scope.key == held or scope.key.startswith(held + "/")


def _holder(row: Row) -> str:
    """The key of what an extension resource hangs on."""
    return row.key.rsplit("/providers/", 1)[0]


def _property_filter(request: Request, type_: ResourceType) -> Callable[[Row], bool]:
    """What a `$filter` of an extension type asks: of a type that says which it knows those, else `property eq 'value'`.

    Raises ArmFault for one that the type does not know.
    """
    if type_.list_queries:
        return _known_queries(request, type_)
    wanted = [[each for each in group if each.operator == "eq"] for group in _filtered(request)]

    def keep(row: Row) -> bool:
        members = {name.lower(): value for name, value in row.body.get("properties", {}).items()}
        return any(
            all(str(members.get(each.name.lower(), "")).lower() == each.value.lower() for each in group)
            for group in wanted
        )

    return keep


def _known_queries(request: Request, type_: ResourceType) -> Callable[[Row], bool]:
    text = request.query.get("$filter", "").strip()
    refused = ArmFault(400, "UnsupportedQuery", f"The filter '{text}' is not supported. {type_.list_refusal}")
    try:
        alternatives = parse_alternatives(text) if text else ((),)
    except FilterError:
        raise refused from None
    wanted: list[tuple[str, str]] = []
    for each in alternatives[0]:
        pointer = type_.list_queries.get((each.name or each.operator).lower())
        if pointer is None or len(alternatives) > 1 or (each.name and each.operator != "eq"):
            raise refused
        if pointer:
            wanted.append((pointer, each.value.lower()))
    return lambda row: all(str(get(row.body, pointer, "")).lower() == value for pointer, value in wanted)


def groups(cloud: Cloud, request: Request) -> Reply:
    """GET of the resource groups of a subscription that the caller may read."""
    version = enter(cloud, request)
    subscription = ArmId(request.target.scope[:2])
    action = action_name(RESOURCE_GROUP_TYPE, "read")
    check_any_role(cloud, request, subscription, action)
    check_manager_version(cloud.store, version)
    matches = _resource_filter(request)
    rows = cloud.store.children(subscription.key, RESOURCE_GROUP_TYPE.lower(), after=page_start(request))

    def keep(row: Row) -> bool:
        return matches(row) and cloud.access.allows(request.caller, action, ArmId.parse(row.id))

    states = cloud.operations.running_states()
    return _reply(request, rows, lambda row: shown(cloud, row, states), keep)


def resources(cloud: Cloud, request: Request, scope: ArmId) -> Reply:
    """GET of all tracked resources of a subscription or group: the envelope, without `properties`."""
    version = enter(cloud, request)
    check_any_role(cloud, request, ArmId(scope.segments[:2]), "Microsoft.Resources/subscriptions/resources/read")
    check_manager_version(cloud.store, version)
    if len(scope.segments) == 4 and not cloud.store.exists(scope.key):
        raise faults.group_not_found(scope.name)
    expanded = {name.strip().lower() for name in request.query.get("$expand", "").split(",")}
    matches = _resource_filter(request)

    def keep(row: Row) -> bool:
        type_ = by_arm_type(row.type)
        if type_ is None or not type_.tracked or not matches(row):
            return False
        return cloud.access.allows(request.caller, action_name(type_.arm_type, "read"), ArmId.parse(row.id))

    rows = cloud.store.under(scope.key, after=page_start(request))
    return _reply(request, rows, lambda row: _envelope(cloud, row, expanded), keep)


def _envelope(cloud: Cloud, row: Row, expanded: set[str]) -> dict[str, Any]:
    body = shown(cloud, row)
    id = ArmId.parse(row.id)
    found: dict[str, Any] = {"id": row.id, "name": "/".join(id.names), "type": body["type"]}
    found.update({name: body[name] for name in ("location", *ENVELOPE) if body.get(name) is not None})
    state = body.get("properties", {}).get("provisioningState", "Succeeded")
    more = {"createdTime": row.created_at, "changedTime": row.changed_at, "provisioningState": state}
    found.update({name: more[name] for name in EXPANDED if name.lower() in expanded})
    return found


def _resource_filter(request: Request) -> Callable[[Row], bool]:
    """What `$filter` asks of a resource or group. Raises ArmFault for a member that cannot be filtered by."""
    alternatives = _filtered(request)
    for each in (each for group in alternatives for each in group):
        if each.name.lower() not in _MEMBERS or each.operator not in ("eq", "ne", "substringof", "startswith"):
            raise _refused(request.query["$filter"], f"'{each.name} {each.operator}' is not supported")

    def keep(row: Row) -> bool:
        return any(_all_hold(group, row) for group in alternatives)

    return keep


def _all_hold(group: tuple[Comparison, ...], row: Row) -> bool:
    tag = next((each.value for each in group if each.name.lower() == "tagname"), "")
    return all(_holds(each, _MEMBERS[each.name.lower()](row, tag)) for each in group)


def _tags(row: Row) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (row.body.get("tags") or {}).items()}


def _inside(member: str, name: str) -> Callable[[Row, str], str]:
    return lambda row, tag: str((row.body.get(member) or {}).get(name, ""))


_MEMBERS: dict[str, Callable[[Row, str], str]] = {
    "resourcetype": lambda row, tag: row.type,
    "resourcegroup": lambda row, tag: ArmId.parse(row.id).resource_group or "",
    "name": lambda row, tag: ArmId.parse(row.id).name,
    "location": lambda row, tag: str(row.body.get("location", "")),
    "tagname": lambda row, tag: next((name for name in _tags(row) if name == tag.lower()), ""),
    "tagvalue": lambda row, tag: _tags(row).get(tag.lower(), ""),
    "identity/principalid": _inside("identity", "principalId"),
    **{
        f"plan/{name.lower()}": _inside("plan", name)
        for name in ("publisher", "product", "name", "version", "promotionCode")
    },
}


def _holds(comparison: Comparison, found: str) -> bool:
    left, right = found.lower(), comparison.value.lower()
    match comparison.operator:
        case "eq":
            return left == right
        case "ne":
            return left != right
        case "startswith":
            return left.startswith(right)
    return right in left
