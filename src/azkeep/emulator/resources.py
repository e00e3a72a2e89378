"""PUT, PATCH, DELETE and POST on resources: the front half of every change, in ARM's order of checks.

Order: api-version, subscription, rights, rights on what the body names, locks, registration, group, type and version,
parent; the rest in `writes`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from azkeep.emulator import actions, activity, changes, checks, faults, injected, linked_access, providers, running
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deserialization import as_defined, as_read
from azkeep.emulator.effects import check_deletable, check_nothing_outside, delete_tree, touch_parent
from azkeep.emulator.locks import check_locks
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import shown
from azkeep.emulator.resolve import absent, check_outermost, known_type, location_of, with_stored_casing
from azkeep.emulator.rights import action_name, enter
from azkeep.emulator.soft_deletes import purged
from azkeep.emulator.store import Row
from azkeep.emulator.writes import Change, Written, write
from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.types.resource_type import Edit, ResourceType, Timing

FAILED = "Failed"


def recorded(cloud: Cloud, request: Request, id: ArmId, action: str, work: Callable[[], tuple[Reply, float]]) -> Reply:
    """The reply of `work`, which gives also when its operation ends, in one transaction with its records.

    A refusal undoes everything and is recorded by itself.
    """
    try:
        with cloud.store.transaction(), changes.recorded(cloud, changes.hand_of(request, id, action)):
            cloud.access.check(request.caller, action, id)
            reply, ends = work()
            activity.record(cloud, request, id, action, reply.status, ends=ends, outcome=reply.outcome)
        return reply
    except ArmFault as fault:
        with cloud.store.transaction():
            activity.record(cloud, request, id, action, fault.status, fault=fault)
        raise


def put_or_patch(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """PUT or PATCH of one resource."""
    version, action = enter(cloud, request), action_name(id.type, "write")

    def work() -> tuple[Reply, float]:
        linked_access.check(cloud, request.caller, id, action, request.body())
        check_locks(cloud.store, id, "write")
        providers.check_registered(cloud, id)
        check_group(cloud, id)
        type_ = known_type(
            cloud.store, id.type, version, lambda: location_of(cloud.store, id, request.body().get("location"))
        )
        row = cloud.store.get(id.key)
        if row is None:
            _check_absent(cloud, request, id, type_)
        running.check_enclosing(cloud, id)
        running.check_idle(cloud, request, id, type_)
        change = Change(
            type=type_,
            id=ArmId.parse(row.id) if row else with_stored_casing(cloud.store, id, type_),
            sent=as_read(type_, as_defined(type_, request.document())),
            caller=request.caller,
            patch=request.method == "PATCH",
            headers=request.headers,
            api_version=version,
        )
        written = write(cloud, change)
        activity.audited(cloud, request, id, written.judgements)
        reply, ends = _written(cloud, request, type_, written)
        return dataclasses.replace(reply, judgements=written.judgements), ends

    return recorded(cloud, request, id, action, work)


def _check_absent(cloud: Cloud, request: Request, id: ArmId, type_: ResourceType) -> None:
    """Raises ArmFault where a resource that does not exist cannot be made here."""
    check_outermost(cloud.store, id, type_.arm_type, "write")
    if request.method == "PATCH":
        raise absent(id)
    parent = id.parent
    if parent is not None and type_.makes_parent:
        parent = parent.parent
    if parent is None or len(parent.segments) == 2 or cloud.store.exists(parent.key):
        return
    if type_.parent_type is None:
        raise faults.resource_not_found(parent)
    raise faults.parent_not_found(type_.arm_type, parent, "write")


def check_group(cloud: Cloud, id: ArmId) -> None:
    """Raises ArmFault if the resource group around `id` does not exist or is being deleted."""
    group = id.resource_group_id
    if group is None:
        return
    if group.key != id.key and not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    if cloud.operations.running_state(group.key) == "Deleting":
        raise ArmFault(
            409,
            "ResourceGroupBeingDeleted",
            f"The resource group '{group.name}' is in deprovisioning state and cannot perform this operation.",
        )


def _written(cloud: Cloud, request: Request, type_: ResourceType, written: Written) -> tuple[Reply, float]:
    row, timing = written.row, type_.put
    status = timing.created if written.created else timing.updated
    tag = {"ETag": row.etag} if type_.etag else {}
    id = ArmId.parse(row.id)
    pace = _pace(cloud, request, timing, id)
    if pace is None:
        return Reply(status, shown(cloud, row), {**tag, **_located(request, written, timing)}), 0.0
    seconds, failure = pace
    operation = running.begin(cloud, request, id, seconds=seconds, created=written.created, failure=failure)
    where = running.region(cloud, id)
    shape = running.headers(request, type_, operation, where, both=timing.accepted)
    if timing.accepted:
        return Reply(202, None, shape, failure), operation.ends
    return Reply(status, shown(cloud, row), {**tag, **shape}, failure), operation.ends


def _located(request: Request, written: Written, timing: Timing) -> dict[str, str]:
    """`Location` of a document that was made, where its service tells that."""
    if not (timing.located and written.created):
        return {}
    return {"Location": f"{request.base}{written.row.id}?api-version={request.query.get('api-version', '')}"}


def _pace(cloud: Cloud, request: Request, timing: Timing, id: ArmId) -> tuple[float, ArmFault | None] | None:
    """(seconds, how it fails) of the operation that a request begins; None if it is over with the answer."""
    if not timing.asynchronous:
        return None
    fault = injected.meet_operation(cloud, request)
    if fault is not None:
        hangs = fault.operation == "hangs"
        failure = None if hangs else ArmFault(max(fault.status, 400), fault.code, fault.told(id))
        return (injected.NEVER_SECONDS if hangs else fault.seconds), failure
    return (timing.seconds, None) if cloud.realistic and timing.seconds > 0 else None


def delete(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """DELETE of one resource and everything below it."""
    version = enter(cloud, request)

    def work() -> tuple[Reply, float]:
        check_locks(cloud.store, id, "delete")
        group = id.resource_group_id
        if group is not None and not cloud.store.exists(group.key):
            raise faults.group_not_found(group.name)
        type_ = known_type(cloud.store, id.type, version, lambda: location_of(cloud.store, id))
        _check_plane(request, type_)
        row = cloud.store.get(id.key)
        if row is None:
            return Reply(200 if purged(cloud.store, type_, id, request.query) else 204), 0.0
        checks.check_match(type_, request.headers, ArmId.parse(row.id), row.etag)
        if cloud.operations.running_state(row.key) != "Deleting":
            running.check_idle(cloud, request, id, type_)
            check_deletable(cloud, row)
            if id.type == RESOURCE_GROUP_TYPE:
                check_nothing_outside(cloud, row)
        return _deleted(cloud, request, type_, row)

    return recorded(cloud, request, id, action_name(id.type, "delete"), work)


def _check_plane(request: Request, type_: ResourceType) -> None:
    """Raises the refusal of a DELETE that ARM does not have, unless the request stands for one of the data plane."""
    asked = all(request.query.get(name.lower()) == value for name, value in type_.delete_query.items())
    if type_.undeletable is not None and not asked:
        raise type_.undeletable
    missing = next((name for name in type_.delete_query if name.lower() not in request.query), None)
    if missing is not None:
        text = f"The {missing} field is required."
        raise ArmFault(400, "ValidationError", text, target=missing)


def _deleted(cloud: Cloud, request: Request, type_: ResourceType, row: Row) -> tuple[Reply, float]:
    id = ArmId.parse(row.id)
    before = cloud.operations.running(row.key)
    pace = None if before else _pace(cloud, request, type_.delete, id)
    if before is None and pace is None:
        told = shown(cloud, row) if type_.shown_when_deleted else None
        delete_tree(cloud, row, query=dict(request.query))
        touch_parent(cloud, id)
        return Reply(type_.delete.created, told), 0.0
    seconds, failure = pace or (0.0, None)
    operation = before or running.begin(cloud, request, id, seconds=seconds, failure=failure)
    where = running.region(cloud, id)
    shape = running.headers(request, type_, operation, where, both=True)
    return Reply(202, None, shape, failure), operation.ends


def edit(cloud: Cloud, request: Request, id: ArmId, around: ArmId, known: Edit) -> Reply:
    """PUT of `id`, which is an edit of the resource `around` it and is recorded as a write of that."""
    version = enter(cloud, request)

    def work() -> tuple[Reply, float]:
        check_locks(cloud.store, around, "write")
        providers.check_registered(cloud, around)
        check_group(cloud, around)
        type_ = known_type(cloud.store, around.type, version, lambda: location_of(cloud.store, around))
        row = cloud.store.get(around.key)
        if row is None:
            raise faults.parent_not_found(id.type, around, "write")
        running.check_idle(cloud, request, around, type_)
        return actions.edit(cloud, request, type_, row, known), cloud.store.seconds()

    return recorded(cloud, request, around, action_name(id.type, "write"), work)


def post(cloud: Cloud, request: Request, id: ArmId, name: str) -> Reply:
    """POST of an action on one resource."""
    version = enter(cloud, request)

    def work() -> tuple[Reply, float]:
        check_locks(cloud.store, id, "action")
        check_group(cloud, id)
        type_ = known_type(cloud.store, id.type, version, lambda: location_of(cloud.store, id))
        row = cloud.store.get(id.key)
        action = actions.find(type_, name)
        within = type_.arm_type if len(id.names) > 1 else f"{type_.arm_type}/{name}"
        check_outermost(cloud.store, id, within, "action")
        if action is not None and action.beforehand:
            if row is None:
                _check_absent(cloud, request, id, type_)
            return actions.ask(cloud, request, id, action), cloud.store.seconds()
        if row is None:
            raise absent(id)
        if action is None:
            raise faults.not_found()
        return actions.act(cloud, request, type_, row, action), cloud.store.seconds()

    return recorded(cloud, request, id, f"{action_name(id.type, name)}/action", work)
