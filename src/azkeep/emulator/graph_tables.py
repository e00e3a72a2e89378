"""The tables of the local cloud's Resource Graph, of what the caller may read.

Source: Azure Resource Graph, tables and their columns; `type`, `resourceGroup` are in lower case, `id` is not.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.changes import reversed_ticks
from azkeep.emulator.cloud import CHANGES_LAG, Cloud
from azkeep.emulator.kusto.errors import QueryError
from azkeep.emulator.kusto.kinds import Kind
from azkeep.emulator.kusto.relation import Relation
from azkeep.emulator.kusto.scalars import Row as GraphRow
from azkeep.emulator.reads import shown
from azkeep.emulator.rights import action_name
from azkeep.emulator.store import Row
from azkeep.emulator.store_changes import Change, Changes
from azkeep.model.ids import SUBSCRIPTION_TYPE, ArmId
from azkeep.types import all_types
from azkeep.types.resource_graph import (
    CHANGE_TABLES,
    CONTAINERS,
    OTHER_TABLES,
    RESOURCES,
    change_table,
    shown_type,
)
from azkeep.types.write import Caller

COLUMNS: Mapping[str, Kind] = {
    "id": "string",
    "name": "string",
    "type": "string",
    "tenantId": "string",
    "kind": "string",
    "location": "string",
    "resourceGroup": "string",
    "subscriptionId": "string",
    "managedBy": "string",
    "sku": "dynamic",
    "plan": "dynamic",
    "properties": "dynamic",
    "tags": "dynamic",
    "identity": "dynamic",
    "zones": "dynamic",
    "extendedLocation": "dynamic",
}
ROLES = ("microsoft.authorization/roledefinitions",)
TABLES = frozenset({RESOURCES, *OTHER_TABLES.values(), *CHANGE_TABLES.values()})


@dataclass(frozen=True)
class Scope:
    """Whose view of which subscriptions, lower-case ids."""

    caller: Caller
    subscriptions: tuple[str, ...]


def tables(cloud: Cloud, scope: Scope) -> Callable[[str], Relation]:
    """The tables by lower-case name. The function raises QueryError for a table that the local cloud has not."""

    def found(name: str) -> Relation:
        if name not in TABLES:
            known = ", ".join(sorted(TABLES))
            message = f"Table {name} is invalid, unsupported or disallowed; the local cloud has {known}"
            raise QueryError("DisallowedLogicalTableName", message)
        if name == RESOURCES:
            return Relation(COLUMNS, _resources(cloud, scope))
        return Relation(COLUMNS, _others(cloud, scope, name))

    return found


def _resources(cloud: Cloud, scope: Scope) -> Iterator[GraphRow]:
    covered = [type_.arm_type.lower() for type_ in all_types() if type_.in_resource_graph]
    return _rows(cloud, scope, covered)


def _others(cloud: Cloud, scope: Scope, name: str) -> Iterator[GraphRow]:
    if name in CHANGE_TABLES.values():
        yield from _changes(cloud, scope, name)
    if name == CONTAINERS:
        yield from _subscriptions(cloud, scope)
    yield from _rows(cloud, scope, [each for each, other in OTHER_TABLES.items() if other == name])


def _rows(cloud: Cloud, scope: Scope, types: list[str]) -> Iterator[GraphRow]:
    """Resources of lower-case types that the caller may read, in order of creation."""
    stored = sorted((row for type_ in types for row in cloud.store.of_type(type_)), key=lambda row: row.position)
    for row in stored:
        id = ArmId.parse(row.id)
        if _visible(cloud, scope, row, id):
            yield _Shown(cloud, row, id)


def _visible(cloud: Cloud, scope: Scope, row: Row, id: ArmId) -> bool:
    if id.subscription is None:
        return row.type in ROLES  # what belongs to the tenant is for everyone
    if id.subscription.lower() not in scope.subscriptions:
        return False
    return cloud.access.allows(scope.caller, action_name(id.type, "read"), id)


class _Shown(Mapping[str, Any]):
    """A row of a stored resource; what costs time to show is shown when a query asks for it."""

    def __init__(self, cloud: Cloud, row: Row, id: ArmId) -> None:
        self._cloud = cloud
        self._row = row
        self._body: Mapping[str, Any] | None = None
        self._cheap = {
            "id": row.id,
            "name": id.name,
            "type": shown_type(row.type),
            "tenantId": cloud.identity.tenant,
            "resourceGroup": (id.resource_group or "").lower(),
            "subscriptionId": id.subscription or "",
        }

    def __getitem__(self, name: str) -> Any:
        if name in self._cheap:
            return self._cheap[name]
        if self._body is None:
            self._body = shown(self._cloud, self._row)
        value = self._body.get(name)
        return str(value or "") if COLUMNS[name] == "string" else value

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


def _changes(cloud: Cloud, scope: Scope, name: str) -> Iterator[GraphRow]:
    """Change records of what the caller may read, oldest first."""
    for subscription in scope.subscriptions:
        for change in Changes(cloud.store).visible(subscription, delay=cloud.lag(CHANGES_LAG)):
            id = ArmId.parse(change.document["targetResourceId"])
            if change_table(change.kind) == name and cloud.access.allows(
                scope.caller, action_name(id.type, "read"), id
            ):
                yield _change(cloud, change, id)


def _change(cloud: Cloud, change: Change, id: ArmId) -> GraphRow:
    own = f"{reversed_ticks(change.at)}_{uuid.uuid5(uuid.NAMESPACE_OID, f'{change.target}/{change.at}')}"
    empty: dict[str, Any] = {name: "" if kind == "string" else None for name, kind in COLUMNS.items()}
    return {
        **empty,
        "id": f"{id.text}/providers/Microsoft.Resources/changes/{own}",
        "name": own,
        "type": "microsoft.resources/changes",
        "tenantId": cloud.identity.tenant,
        "resourceGroup": (id.resource_group or "").lower(),
        "subscriptionId": id.subscription or "",
        "properties": change.document,
    }


def _subscriptions(cloud: Cloud, scope: Scope) -> Iterator[dict[str, Any]]:
    for each in cloud.subscriptions.all():
        if each.id.lower() in scope.subscriptions:
            empty: dict[str, Any] = {name: "" if kind == "string" else None for name, kind in COLUMNS.items()}
            yield {
                **empty,
                "id": f"/subscriptions/{each.id}",
                "name": each.name,
                "type": SUBSCRIPTION_TYPE.lower(),
                "tenantId": cloud.identity.tenant,
                "subscriptionId": each.id,
                "properties": {"state": "Enabled", "managementGroupAncestorsChain": [_root(cloud)]},
            }


def _root(cloud: Cloud) -> dict[str, str]:
    return {"name": cloud.identity.tenant, "displayName": "Tenant Root Group"}
