"""Soft-deleted resources in SQLite."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.store import Row, Store
from azkeep.model.ids import ArmId

COLUMNS = "key, id, type, name, location, body, deleted_at, purge_at"


@dataclass(frozen=True)
class DeletedRow:
    """A resource that was deleted and can come back; times are seconds since 1970."""

    key: str
    id: str
    type: str
    name: str
    location: str
    body: dict[str, Any]
    deleted_at: float
    purge_at: float


def _deleted(found: tuple[Any, ...]) -> DeletedRow:
    key, id, type_, name, location, body, deleted_at, purge_at = found
    return DeletedRow(key, id, type_, name, location, json.loads(body), deleted_at, purge_at)


class Deleted:
    """The soft-deleted resources of a store; those past their time do not count."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def put(self, row: Row, now: float, purge_at: float) -> None:
        name = ArmId.parse(row.id).name
        location = str(row.body.get("location", ""))
        self._connection.execute(
            f"INSERT OR REPLACE INTO soft_deleted ({COLUMNS}, etag) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row.key, row.id, row.type, name, location, json.dumps(row.body), now, purge_at, row.etag),
        )

    def find(self, id: ArmId, *, everywhere: bool) -> DeletedRow | None:
        """What keeps the name of `id`: at the same id, or `everywhere` under any."""
        chosen = "(key = ? OR (type = ? AND name = ? COLLATE NOCASE))" if everywhere else "key = ?"
        given = (id.key, id.type.lower(), id.name) if everywhere else (id.key,)
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM soft_deleted WHERE {chosen} AND purge_at > ?", (*given, self._store.seconds())
        ).fetchone()
        return _deleted(found) if found else None

    def of_type(self, type_: str, subscription: str) -> list[DeletedRow]:
        """All of one lower-case type in one subscription, oldest first."""
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM soft_deleted WHERE type = ? AND key LIKE ? AND purge_at > ? ORDER BY deleted_at",
            (type_, f"/subscriptions/{subscription.lower()}/%", self._store.seconds()),
        )
        return [_deleted(each) for each in found]

    def remove(self, key: str) -> None:
        self._connection.execute("DELETE FROM soft_deleted WHERE key = ?", (key,))
