"""The tags of any resource, by themselves: `{scope}/providers/Microsoft.Resources/tags/default`."""

from __future__ import annotations

from typing import Any

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deserialization import check_tags
from azkeep.emulator.locks import check_locks
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resources import recorded
from azkeep.emulator.rights import enter, enter_reading
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId

MOST = 50
PATH = ("microsoft.resources", "tags", "default")


def named(request: Request) -> ArmId | None:
    """The resource whose tags the path names, if it names tags."""
    rest = request.target.rest
    if rest is None or tuple(part.lower() for part in rest) != PATH or len(request.target.scope) < 4:
        return None
    return ArmId.parse("/".join(request.target.scope))


def answer(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """GET, PUT, PATCH (Merge, Replace, Delete) and DELETE of the tags of `id`."""
    if request.method == "GET":
        enter_reading(cloud, request, id, "Microsoft.Resources/tags/read")
        row = _row(cloud, id)
        return Reply(200, _document(row, row.body.get("tags") or {}))
    verb = "delete" if request.method == "DELETE" else "write"
    if request.method not in ("PUT", "PATCH", "DELETE"):
        raise faults.method_not_allowed(request.method)
    enter(cloud, request)

    def work() -> tuple[Reply, float]:
        check_locks(cloud.store, id, "write")
        row = _row(cloud, id)
        tags = _changed(request, row.body.get("tags") or {})
        if len(tags) > MOST:
            raise ArmFault(400, "TagsLimitExceeded", f"A resource cannot have more than {MOST} tags.")
        cloud.store.put(ArmId.parse(row.id), {**row.body, "tags": tags}, etag=row.etag, now=cloud.now())
        return (Reply(200) if verb == "delete" else Reply(200, _document(row, tags))), 0.0

    return recorded(cloud, request, id, f"Microsoft.Resources/tags/{verb}", work)


def _row(cloud: Cloud, id: ArmId) -> Row:
    row = cloud.store.get(id.key)
    if row is None:
        raise faults.resource_not_found(id)
    return row


def _document(row: Row, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "id": f"{row.id}/providers/Microsoft.Resources/tags/default",
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": tags},
    }


def _changed(request: Request, before: dict[str, str]) -> dict[str, str]:
    if request.method == "DELETE":
        return {}
    body = request.body()
    check_tags(body)
    sent: dict[str, str] = dict((body.get("properties") or {}).get("tags") or {})
    operation = str(body.get("operation", "Merge")) if request.method == "PATCH" else "Replace"
    spelled = {name.lower(): name for name in before}
    match operation.lower():
        case "replace":
            return sent
        case "delete":
            return {name: value for name, value in before.items() if name.lower() not in {n.lower() for n in sent}}
        case "merge":
            return {**before, **{spelled.get(name.lower(), name): value for name, value in sent.items()}}
    raise ArmFault(
        400, "InvalidRequestContent", f"The tags operation '{operation}' is not one of Merge, Replace, Delete."
    )
