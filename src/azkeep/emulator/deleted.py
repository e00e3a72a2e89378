"""Soft-deleted resources as clients see them: `deletedVaults` and its like for every type with soft delete."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from azkeep.emulator import faults, running
from azkeep.emulator.cloud import Cloud, rfc3339
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.rights import enter
from azkeep.emulator.store_deleted import Deleted, DeletedRow
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import all_types
from azkeep.types.resource_type import ResourceType
from azkeep.types.soft_delete import Remains, SoftDelete

PURGE_SECONDS = 5.0


def _kept(namespace: str, segment: str) -> tuple[ResourceType, SoftDelete] | None:
    """The type whose deleted resources are called `segment`: vaults for `deletedVaults`."""
    for type_ in all_types():
        rule = type_.soft_delete
        if rule is not None and type_.namespace.lower() == namespace and rule.deleted_kind.lower() == segment:
            return type_, rule
    return None


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path names soft-deleted resources, else None."""
    target = request.target
    if not target.rest or len(target.scope) not in (2, 4) or target.subscription is None:
        return None
    namespace, *rest = (part.lower() for part in target.rest)
    place = rest[1] if len(rest) > 1 and rest[0] == "locations" else None
    rest = rest[2:] if place is not None else rest
    kept = _kept(namespace, rest[0]) if rest else None
    if kept is None or not _answers_there(kept[1], len(target.scope), place, rest):
        return None
    type_, rule = kept
    enter(cloud, request)
    where = f"{type_.namespace}/{'locations/' if place else ''}{rule.deleted_kind}"
    verb = "purge/action" if request.method == "POST" else "read"
    cloud.access.check(request.caller, f"{where}/{verb}", ArmId(target.scope))
    inside = f"{ArmId(target.scope).key}/"
    found = [
        row
        for row in Deleted(cloud.store).of_type(type_.arm_type.lower(), target.subscription)
        if row.key.startswith(inside) and (place is None or row.location.lower() == place)
    ]
    return _reply(cloud, request, type_, found, target.rest[-len(rest) :])


def _answers_there(rule: SoftDelete, scope: int, place: str | None, rest: list[str]) -> bool:
    """A single one is at `deleted_path`; lists are where their kind is, also in groups for some types."""
    if len(rest) > 1 or place is not None:
        return bool(rule.deleted_path) and place is not None and scope == 2
    return scope == 2 or rule.in_groups


def _reply(
    cloud: Cloud, request: Request, type_: ResourceType, found: list[DeletedRow], rest: tuple[str, ...]
) -> Reply:
    if len(rest) == 1:
        return Reply(200, {"value": [_document(type_, row) for row in found]})
    one = next((row for row in found if row.name.lower() == rest[1].lower()), None)
    if one is None:
        raise _missing(type_, rest[1])
    if request.method == "GET" and len(rest) == 2:
        return Reply(200, _document(type_, one))
    if request.method == "POST" and rest[2:] and rest[2].lower() == "purge":
        return _purged(cloud, request, type_, one)
    raise faults.method_not_allowed(request.method)


def _missing(type_: ResourceType, name: str) -> ArmFault:
    rule = type_.soft_delete
    if rule is None:
        raise faults.not_found()
    return ArmFault(404, rule.missing_code, rule.missing_message.replace("{name}", name))


def _purged(cloud: Cloud, request: Request, type_: ResourceType, row: DeletedRow) -> Reply:
    fault = type_.soft_delete.blocks_purge(row.body) if type_.soft_delete else None
    if fault is not None:
        raise fault
    with cloud.store.transaction():
        Deleted(cloud.store).remove(row.key)
        if not cloud.realistic:
            return Reply(200)
        operation = running.begin(cloud, request, ArmId.parse(row.id), seconds=PURGE_SECONDS)
        return Reply(202, None, running.headers(request, type_, operation, row.location, both=True))


def _document(type_: ResourceType, row: DeletedRow) -> Any:
    """The deleted resource as its service shows it."""
    rule = type_.soft_delete
    moments = (rfc3339(datetime.fromtimestamp(each, UTC)) for each in (row.deleted_at, row.purge_at))
    remains = Remains(ArmId.parse(row.id), row.body, *moments)
    return rule.shows(remains) if rule else row.body
