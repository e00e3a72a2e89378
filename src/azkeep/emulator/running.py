"""Long-running operations: how they begin, what their URLs answer, and what is done when their time is over."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from azkeep.emulator import changes, faults
from azkeep.emulator.cloud import Cloud, rfc3339
from azkeep.emulator.effects import delete_tree, touch_parent
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import shown
from azkeep.emulator.rights import action_name
from azkeep.emulator.store import Row
from azkeep.emulator.store_changes import Origins
from azkeep.emulator.store_operations import Failures, Operation
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import put
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType

RETRY_AFTER = "1"
NOWHERE = "global"


def begin(
    cloud: Cloud,
    request: Request,
    id: ArmId,
    *,
    seconds: float,
    created: bool = False,
    answer: Any = None,
    failure: ArmFault | None = None,
) -> Operation:
    """Note an operation on `id` that takes `seconds` from now, and ends with `failure` if there is one."""
    now = cloud.store.seconds()
    operation = Operation(
        id=str(uuid.uuid4()),
        key=id.key,
        resource_id=id.text,
        verb=request.method,
        created=created,
        started=now,
        ends=now + seconds,
        settled=request.method != "DELETE" and failure is None,
        subscription=id.subscription or "",
        answer=None if answer is None else cloud.secrets.seal(answer),
        query=dict(request.query),
        caller=request.caller,
    )
    cloud.operations.put(operation)
    if failure is not None:
        Failures(cloud.store).put(operation.id, failure)
    Origins(cloud.store).put(operation.id, request.correlation_id, request.headers.get("user-agent", ""))
    return operation


def headers(
    request: Request, type_: ResourceType, operation: Operation, location: str, *, both: bool
) -> dict[str, str]:
    """`Azure-AsyncOperation`, `Retry-After` and, if `both`, `Location`, as absolute URLs."""
    where = f"{request.base}/subscriptions/{operation.subscription}/providers/{type_.namespace}/locations/{location}"
    version = f"?api-version={request.query.get('api-version', '')}"
    found = {"Azure-AsyncOperation": f"{where}/operations/{operation.id}{version}", "Retry-After": RETRY_AFTER}
    if both:
        found["Location"] = f"{where}/operationResults/{operation.id}{version}"
    return found


def region(cloud: Cloud, id: ArmId) -> str:
    """Where a resource is, or the one around it that says so; `global` where none does."""
    here: ArmId | None = id
    while here is not None and len(here.segments) > 4:
        row = cloud.store.get(here.key)
        if row is not None and row.body.get("location"):
            return str(row.body["location"])
        here = here.parent
    return NOWHERE


def check_idle(cloud: Cloud, request: Request, id: ArmId, type_: ResourceType) -> None:
    """Raises ArmFault while another operation runs on the resource, or where the service allows one at a time.

    Children with a write lock share one with their siblings and their parent.
    """
    running = cloud.operations.running(id.key) or _beside(cloud, id, type_) or _below(cloud, id, type_)
    if running is None:
        return
    where = region(cloud, ArmId.parse(running.resource_id))
    address = (
        f"{request.base}/subscriptions/{running.subscription}/providers/{type_.namespace}/locations/{where}/operations/"
        f"{running.id}?api-version={request.query.get('api-version', '')}"
    )
    raise ArmFault(
        409,
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri:"
        f" {address}.",
        headers={"Retry-After": RETRY_AFTER},
    )


def _beside(cloud: Cloud, id: ArmId, type_: ResourceType) -> Operation | None:
    """What runs on a sibling or the parent of a child that shares their lock."""
    if not type_.regional_write_lock or id.parent is None:
        return None
    kind = type_.arm_type.lower().rsplit("/", 1)[-1]
    return cloud.operations.running_below(id.parent.key, kind) or cloud.operations.running(id.parent.key)


def _below(cloud: Cloud, id: ArmId, type_: ResourceType) -> Operation | None:
    """What runs on a child that shares the lock of its parent."""
    locking = [child for child in map(by_arm_type, type_.inline.values()) if child and child.regional_write_lock]
    kinds = (child.arm_type.lower().rsplit("/", 1)[-1] for child in locking)
    return next((found for kind in kinds if (found := cloud.operations.running_below(id.key, kind))), None)


def check_enclosing(cloud: Cloud, id: ArmId) -> None:
    """Raises ArmFault while something around `id`, its group left out, is being deleted."""
    parent = id.parent
    while parent is not None and len(parent.segments) > 4:
        if cloud.operations.running_state(parent.key) == "Deleting":
            raise ArmFault(
                409,
                "Conflict",
                f"The resource '{parent}' is being deleted and cannot take a write of '{id}'.",
                headers={"Retry-After": RETRY_AFTER},
            )
        parent = parent.parent


def settle(cloud: Cloud) -> None:
    """Carry out the end of every operation whose time is over."""
    if not cloud.operations.due():
        return
    with cloud.store.transaction():
        for operation in cloud.operations.due():
            cloud.operations.settle(operation.id)
            row = cloud.store.get(operation.key)
            if row is not None and Failures(cloud.store).get(operation.id) is not None:
                with changes.recorded(cloud, _hand(cloud, operation)):
                    _fail(cloud, row)
            elif operation.verb == "DELETE" and row is not None:
                with changes.recorded(cloud, _hand(cloud, operation)):
                    delete_tree(cloud, row, query=operation.query)
                    touch_parent(cloud, ArmId.parse(operation.resource_id))


def _fail(cloud: Cloud, row: Row) -> None:
    """Leave a resource as Azure leaves one whose operation failed: there, and in the state Failed."""
    type_ = by_arm_type(row.type)
    if type_ is None or type_.provisioning_state is None:
        return
    body = put(row.body, type_.provisioning_state, "Failed")
    cloud.store.put(ArmId.parse(row.id), body, etag=row.etag, now=cloud.now())


def _hand(cloud: Cloud, operation: Operation) -> changes.Hand:
    """Whoever began the operation."""
    id = ArmId.parse(operation.resource_id)
    correlation, client = Origins(cloud.store).get(operation.id)
    return changes.Hand(operation.caller, id, action_name(id.type, "delete"), correlation or changes.NOBODY, client)


def _known(cloud: Cloud, request: Request, id: str) -> Operation:
    operation = cloud.operations.get(id)
    if operation is None or operation.subscription.lower() != (request.target.subscription or "").lower():
        raise ArmFault(404, "OperationNotFound", f"The operation '{id}' could not be found.")
    return operation


def status(cloud: Cloud, request: Request, id: str) -> Reply:
    """The state of an operation, in the form that `Azure-AsyncOperation` promises."""
    operation = _known(cloud, request, id)
    running = operation.runs_at(cloud.store.seconds())
    state = "InProgress" if running else "Succeeded"
    span = max(operation.ends - operation.started, 0.001)
    body: dict[str, Any] = {
        "id": request.path,
        "name": operation.id,
        "status": state,
        "startTime": _moment(operation.started),
        "percentComplete": min(100.0, round((cloud.store.seconds() - operation.started) / span * 100, 1)),
        "properties": {},
    }
    if running:
        return Reply(200, body, {"Retry-After": RETRY_AFTER})
    ended = {**body, "percentComplete": 100.0, "endTime": _moment(operation.ends)}
    failure = Failures(cloud.store).get(operation.id)
    if failure is not None:
        ended |= {"status": "Failed", "error": {"code": failure.code, "message": failure.message}}
    return Reply(200, ended)


def result(cloud: Cloud, request: Request, id: str) -> Reply:
    """What `Location` promises: 202 while it runs, then the resource, an action's answer, or 204."""
    operation = _known(cloud, request, id)
    if operation.runs_at(cloud.store.seconds()):
        again = f"{request.base}{request.path}?api-version={request.query.get('api-version', '')}"
        return Reply(202, None, {"Location": again, "Retry-After": RETRY_AFTER})
    failure = Failures(cloud.store).get(operation.id)
    if failure is not None:
        raise failure
    if operation.answer is not None:
        return Reply(200, cloud.secrets.unseal(operation.answer))
    row = cloud.store.get(operation.key) if operation.verb in ("PUT", "PATCH") else None
    return Reply(200, shown(cloud, row)) if row else Reply(204)


def _moment(seconds: float) -> str:
    return rfc3339(datetime.fromtimestamp(seconds, UTC))


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path is that of an operation, else None."""
    lowered = request.target.lowered
    if len(lowered) < 4 or request.method != "GET":
        return None
    if lowered[-2] in ("operationresults", "operations", "operationstatuses") and lowered[0] == "subscriptions":
        if lowered[-4] != "locations" and len(lowered) != 4:
            return None
        if cloud.subscriptions.get(lowered[1]) is None:
            raise faults.subscription_not_found(lowered[1])
        answer = result if lowered[-2] == "operationresults" else status
        return answer(cloud, request, lowered[-1])
    return None
