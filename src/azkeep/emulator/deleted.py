"""Soft-deleted resources as clients see them: `deletedVaults` and its like for every type with soft delete."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud, rfc3339
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.rights import enter
from azkeep.emulator.store_deleted import Deleted, DeletedRow
from azkeep.model.ids import ArmId
from azkeep.types import all_types
from azkeep.types.resource_type import ResourceType


def _kept_type(namespace: str, segment: str) -> ResourceType | None:
    """The type whose deleted resources are called `segment`: `deletedVaults` for `vaults`."""
    for type_ in all_types():
        rule = type_.soft_delete
        if rule is None or type_.namespace.lower() != namespace or not rule.deleted_path:
            continue
        if rule.deleted_path.split("/")[-2].lower() == segment:
            return type_
    return None


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path names soft-deleted resources, else None."""
    target = request.target
    if target.rest is None or len(target.scope) != 2 or target.subscription is None:
        return None
    namespace, *rest = (part.lower() for part in target.rest)
    place = rest[1] if len(rest) > 1 and rest[0] == "locations" else None
    rest = rest[2:] if place is not None else rest
    type_ = _kept_type(namespace, rest[0]) if rest else None
    if type_ is None:
        return None
    verb = "purge/action" if request.method == "POST" else "read"
    enter(cloud, request)
    where = f"{type_.namespace}/locations/{target.rest[1 if place is None else 3]}"
    cloud.access.check(request.caller, f"{where}/{verb}", ArmId(target.scope[:2]))
    found = [
        row
        for row in Deleted(cloud.store).of_type(type_.arm_type.lower(), target.subscription)
        if place is None or row.location.lower() == place
    ]
    return _reply(cloud, request, type_, found, rest[1:])


def _reply(cloud: Cloud, request: Request, type_: ResourceType, found: list[DeletedRow], rest: list[str]) -> Reply:
    if not rest:
        return Reply(200, {"value": [_document(type_, row) for row in found]})
    one = next((row for row in found if row.name.lower() == rest[0]), None)
    if one is None:
        raise faults.resource_not_found(ArmId(("providers", *(request.target.rest or ())[: len(rest) + 4])))
    if request.method == "GET":
        return Reply(200, _document(type_, one))
    if request.method == "POST" and rest[1:] == ["purge"]:
        return _purged(cloud, type_, one)
    raise faults.method_not_allowed(request.method)


def _purged(cloud: Cloud, type_: ResourceType, row: DeletedRow) -> Reply:
    fault = type_.soft_delete.blocks_purge(row.body) if type_.soft_delete else None
    if fault is not None:
        raise fault
    with cloud.store.transaction():
        Deleted(cloud.store).remove(row.key)
    return Reply(200)


def _document(type_: ResourceType, row: DeletedRow) -> dict[str, Any]:
    """The deleted resource as its service shows it: what it was, where, and until when it can come back."""
    id = ArmId.parse(row.id)
    path = type_.soft_delete.deleted_path if type_.soft_delete else ""
    shown = path.format(subscriptionId=id.subscription, location=row.location, name=row.name)
    purge_protected = row.body.get("properties", {}).get("enablePurgeProtection")
    return {
        "id": shown,
        "name": row.name,
        "type": f"{type_.namespace}/{path.split('/')[-2]}",
        "properties": {
            "vaultId": row.id,
            "location": row.location,
            "tags": row.body.get("tags", {}),
            "deletionDate": rfc3339(datetime.fromtimestamp(row.deleted_at, UTC)),
            "scheduledPurgeDate": rfc3339(datetime.fromtimestamp(row.purge_at, UTC)),
            **({"purgeProtectionEnabled": True} if purge_protected else {}),
        },
    }
