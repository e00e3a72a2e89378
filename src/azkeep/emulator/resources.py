"""GET, HEAD, PUT, PATCH, DELETE and POST on resources and collections: the front half of every request, in ARM's order.

Order: api-version, subscription, rights, locks, group, type and version, parent; the rest is in `writes`.
"""

from __future__ import annotations

from typing import Any

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.effects import check_deletable, delete_tree, touch_parent
from azkeep.emulator.locks import check_locks
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import page_size, page_start, rows_page, shown
from azkeep.emulator.resolve import known_type, with_stored_casing
from azkeep.emulator.store import Row
from azkeep.emulator.writes import Change, write
from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.types.resource_type import ResourceType

VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
SUBSCRIPTION_GROUPS = "Microsoft.Resources/subscriptions/resourcegroups"


def action_name(type_: str, verb: str) -> str:
    """`Microsoft.Network/virtualNetworks/write`, as RBAC and the activity log call it."""
    shown_type = SUBSCRIPTION_GROUPS if type_.lower() == RESOURCE_GROUP_TYPE.lower() else type_
    return f"{shown_type}/{verb}"


def enter(cloud: Cloud, request: Request, scope: ArmId | None, action: str) -> str:
    """The api-version, once version, subscription and rights were checked."""
    version = request.api_version
    subscription = request.target.subscription
    if subscription is not None and cloud.subscriptions.get(subscription) is None:
        raise faults.subscription_not_found(subscription)
    cloud.access.check(request.caller, action, scope)
    return version


def check_group(cloud: Cloud, id: ArmId) -> None:
    """Raises ArmFault if the resource group around `id` does not exist or is being deleted."""
    group = id.resource_group_id
    if group is None or group.key == id.key:
        return
    if not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    if cloud.operations.running_state(group.key) == "Deleting":
        raise ArmFault(
            409,
            "ResourceGroupBeingDeleted",
            f"The resource group '{group.name}' is in deprovisioning state and cannot perform this operation.",
        )


def read(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """GET of one resource."""
    version = enter(cloud, request, id, action_name(id.type, "read"))
    row = cloud.store.get(id.key)
    group = id.resource_group_id
    if row is None and group is not None and group.key != id.key and not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    type_ = known_type(id.type, version)
    if request.method == "HEAD":
        return Reply(204 if row else 404)
    if row is None:
        row = _inherited(cloud, id)
    return Reply(200, shown(cloud, row), {"ETag": row.etag} if type_.etag else {})


def _inherited(cloud: Cloud, id: ArmId) -> Row:
    """A tenant's resource seen from a scope below it, else ArmFault 404."""
    if id.scope is not None:
        row = cloud.store.get("/providers/" + id.key.rsplit("/providers/", 1)[-1])
        if row is not None:
            return row
    raise faults.resource_not_found(id)


def put_or_patch(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """PUT or PATCH of one resource."""
    action = action_name(id.type, "write")
    version = enter(cloud, request, id, action)
    with cloud.store.transaction():
        check_locks(cloud.store, id, "write")
        check_group(cloud, id)
        type_ = known_type(id.type, version)
        row = cloud.store.get(id.key)
        if row is None:
            if request.method == "PATCH":
                raise faults.resource_not_found(id)
            _check_parent(cloud, id, type_, "write")
        canonical = ArmId.parse(row.id) if row else with_stored_casing(cloud.store, id, type_)
        change = Change(
            type=type_,
            id=canonical,
            sent=request.body(),
            caller=request.caller,
            patch=request.method == "PATCH",
            headers=request.headers,
        )
        written = write(cloud, change)
    status = type_.put.created if written.created else type_.put.updated
    return Reply(status, shown(cloud, written.row), {"ETag": written.row.etag} if type_.etag else {})


def _check_parent(cloud: Cloud, id: ArmId, type_: ResourceType, operation: str) -> None:
    parent = id.parent
    if parent is None or len(parent.segments) == 2 or cloud.store.exists(parent.key):
        return
    if type_.parent_type is None:
        raise faults.resource_not_found(parent)
    raise faults.parent_not_found(id, type_.arm_type, parent, operation)


def delete(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """DELETE of one resource and everything below it."""
    version = enter(cloud, request, id, action_name(id.type, "delete"))
    with cloud.store.transaction():
        check_locks(cloud.store, id, "delete")
        group = id.resource_group_id
        if group is not None and not cloud.store.exists(group.key):
            raise faults.group_not_found(group.name)
        type_ = known_type(id.type, version)
        row = cloud.store.get(id.key)
        if row is None:
            return Reply(204)
        check_deletable(cloud, row)
        delete_tree(cloud, row, query=dict(request.query))
        touch_parent(cloud, id)
    return Reply(type_.delete.created)


def collection(cloud: Cloud, request: Request, parent: ArmId | None, arm_type: str) -> Reply:
    """GET of all resources of one type in a subscription, a group, below a parent or on a scope."""
    version = enter(cloud, request, parent, action_name(arm_type, "read"))
    if parent is not None:
        check_readable_scope(cloud, parent)
    type_ = known_type(arm_type, version)
    size = page_size(request)
    return Reply(200, rows_page(request, cloud, _rows(cloud, request, parent, type_, size + 1), size))


def check_readable_scope(cloud: Cloud, scope: ArmId) -> None:
    """Raises ArmFault 404 where a list is asked for under something that does not exist."""
    group = scope.resource_group_id
    if group is not None and not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    if len(scope.segments) > 4 and not cloud.store.exists(scope.key):
        raise faults.resource_not_found(scope)


def _rows(cloud: Cloud, request: Request, parent: ArmId | None, type_: ResourceType, limit: int) -> list[Row]:
    after, kind = page_start(request), type_.arm_type.lower()
    if parent is None:
        return [row for row in cloud.store.of_type(kind) if row.position > after][:limit]
    if len(parent.segments) in (2, 4):
        return cloud.store.under(parent.key, type=kind, after=after, limit=limit)
    return cloud.store.children(parent.key, kind, after=after, limit=limit)


def groups(cloud: Cloud, request: Request, subscription: ArmId) -> Reply:
    """GET of all resource groups of a subscription."""
    version = enter(cloud, request, subscription, action_name(RESOURCE_GROUP_TYPE, "read"))
    type_ = known_type(RESOURCE_GROUP_TYPE, version)
    size = page_size(request)
    rows = cloud.store.children(
        subscription.key, type_.arm_type.lower(), after=page_start(request), limit=size + 1
    )
    return Reply(200, rows_page(request, cloud, rows, size))


