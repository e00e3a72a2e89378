"""Soft-deleted resources in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable
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

    def put(self, row: Row, now: float, purge_at: float, children: Iterable[Row] = ()) -> None:
        """Keep a stored resource with its secrets, and `children` with theirs, in place of what was kept before."""
        self.remove(row.key)
        name = ArmId.parse(row.id).name
        location = str(row.body.get("location", ""))
        self._connection.execute(
            f"INSERT INTO soft_deleted ({COLUMNS}, etag) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row.key, row.id, row.type, name, location, json.dumps(row.body), now, purge_at, row.etag),
        )
        self._keep_secrets(row.key, row.key)
        for each in children:
            self._connection.execute(
                "INSERT INTO soft_deleted_children (root, position, id, body, etag, instance, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.key, each.position, each.id, json.dumps(each.body), each.etag, each.instance, each.created_at),
            )
            self._keep_secrets(row.key, each.key)

    def _keep_secrets(self, root: str, key: str) -> None:
        self._connection.execute(
            "INSERT INTO soft_deleted_secrets SELECT ?, key, name, value FROM secrets WHERE key = ?", (root, key)
        )

    def restore(self, key: str) -> None:
        """Give back the secrets and the children that were kept with a resource, and keep nothing of it any more."""
        found = self._connection.execute(
            "SELECT id, body, etag, instance, created_at FROM soft_deleted_children WHERE root = ? ORDER BY position",
            (key,),
        )
        for id, body, etag, instance, created_at in found.fetchall():
            self._store.put(ArmId.parse(id), json.loads(body), etag=etag, now=created_at, instance=instance)
        self._connection.execute(
            "INSERT OR REPLACE INTO secrets SELECT key, name, value FROM soft_deleted_secrets WHERE root = ?", (key,)
        )
        self.remove(key)

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
        """Forget a deleted resource and all that was kept with it."""
        self._connection.execute("DELETE FROM soft_deleted WHERE key = ?", (key,))
        for table in ("soft_deleted_children", "soft_deleted_secrets"):
            self._connection.execute(f"DELETE FROM {table} WHERE root = ?", (key,))
