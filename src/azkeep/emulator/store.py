"""Resources of the local cloud in SQLite, and the transaction that every write runs in.

Several processes may hold one store: WAL, one BEGIN IMMEDIATE per write, so a killed process leaves the last commit.
Other tables live beside it in `store_*.py`; no other module sees SQL.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.emulator.references import identities, targets
from azkeep.emulator.store_schema import SCHEMA, SCHEMA_VERSION
from azkeep.errors import CloudError, StoreDamaged
from azkeep.model.ids import ArmId
from azkeep.model.value import Body

DATABASE = "store.sqlite3"
BUSY_MILLISECONDS = 30_000
ROOM = 2**20
"""Bytes that must be free on the disk: less and SQLite's own files beside the database cannot grow."""
CLOCK = "clock"
COLUMNS = "position, key, id, type, body, etag, instance, created_at, changed_at"


def _unwatched(key: str) -> None:
    """What happens before a resource changes while nobody asked to be told."""


@dataclass(frozen=True)
class Row:
    """One stored resource. `instance` is a UUID that lives from create to delete; times are RFC 3339 UTC."""

    position: int
    key: str
    id: str
    type: str
    body: dict[str, Any]
    etag: str
    instance: str
    created_at: str
    changed_at: str


def _row(found: tuple[Any, ...]) -> Row:
    position, key, id, type_, body, etag, instance, created_at, changed_at = found
    return Row(position, key, id, type_, json.loads(body), etag, instance, created_at, changed_at)


def below(key: str) -> tuple[str, str]:
    """Bounds of all keys under `key`: `0` is the character after `/`."""
    return key + "/", key + "0"


def remove_database(folder: Path) -> None:
    """Throw away the database in `folder`, whatever state it is in."""
    for ending in ("", "-wal", "-shm"):
        (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)


class Store:
    """The database of one local cloud. Raises StoreDamaged where the file is no readable store, CloudError where the
    disk has no room for it.

    `watch` is called with the key of a resource before it is created, replaced or deleted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / DATABASE
        self._own_writes = 0
        self._own_rights = 0
        self._moved: tuple[object, float] = (None, 0.0)
        self.watch: Callable[[str], None] = _unwatched
        with self._readable():
            self.connection = self._open()

    def _open(self) -> sqlite3.Connection:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(
            self.path, isolation_level=None, cached_statements=256, timeout=BUSY_MILLISECONDS / 1000
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreDamaged(
                "the local cloud's store was made by a newer azkeep",
                subject=str(self.path),
                fix="update azkeep, or choose another folder with --store",
            )
        if version < SCHEMA_VERSION:
            connection.executescript(SCHEMA)
        return connection

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise
            raise self._damaged(error) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> CloudError:
        if shutil.disk_usage(self.folder).free < ROOM:
            # SQLite calls a full disk an I/O error where it happens to files beside the database.
            return CloudError(
                "the disk of the local cloud's store is full", subject=str(self.path), fix="Make room there."
            )
        return StoreDamaged(
            "the local cloud's database cannot be read",
            detail=str(error),
            subject=str(self.path),
            fix="restore a snapshot, or start afresh with `azkeep local reset`",
        )

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen or none; a second one inside the first joins it."""
        if self.connection.in_transaction:
            yield
            return
        with self._readable():
            self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            self._own_rights += 1
            raise
        self._own_writes += 1
        self.connection.execute("COMMIT")

    def version(self) -> tuple[int, int]:
        """A value that changes with every commit of this or another process."""
        return self.connection.execute("PRAGMA data_version").fetchone()[0], self._own_writes

    def rights_version(self) -> tuple[int, int]:
        """A value that changes with every commit of another process, and when this one touches roles or locks."""
        return self.connection.execute("PRAGMA data_version").fetchone()[0], self._own_rights

    def seconds(self) -> float:
        """Seconds since 1970 on this cloud's own clock, which the fact `clock` sets ahead."""
        version = self.version()
        if self._moved[0] != version:
            found = self.connection.execute("SELECT value FROM facts WHERE name = ?", (CLOCK,)).fetchone()
            self._moved = (version, float(found[0]) if found else 0.0)
        return time.time() + self._moved[1]

    def get(self, key: str) -> Row | None:
        """The resource with lower-case id `key`."""
        found = self.connection.execute(f"SELECT {COLUMNS} FROM resources WHERE key = ?", (key,)).fetchone()
        return _row(found) if found else None

    def exists(self, key: str) -> bool:
        return self.connection.execute("SELECT 1 FROM resources WHERE key = ?", (key,)).fetchone() is not None

    def put(self, id: ArmId, body: Body, *, etag: str, now: str, instance: str = "", refers: bool = True) -> Row:
        """Create or replace; position, instance and creation time of an existing resource stay.

        `refers` false: what the body mentions it only tells of, and does not refer to.
        """
        self.watch(id.key)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        parent = id.parent.key if id.parent else ""
        instance = instance or str(uuid.uuid4())
        found = self.connection.execute(
            "INSERT INTO resources (key, id, type, name, parent, body, etag, instance, created_at, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " body = excluded.body, etag = excluded.etag, changed_at = excluded.changed_at"
            f" RETURNING {COLUMNS}",
            (id.key, id.text, id.type.lower(), id.name.lower(), parent, text, etag, instance, now, now),
        ).fetchone()
        self._refer(id.key, body if refers else {})
        return _row(found)

    def _refer(self, key: str, body: Body) -> None:
        self.connection.execute("DELETE FROM resource_references WHERE source = ?", (key,))
        self.connection.executemany(
            "INSERT OR IGNORE INTO resource_references (source, target) VALUES (?, ?)",
            [(key, target) for target in targets(body) if target != key],
        )
        self.connection.execute("DELETE FROM identities WHERE source = ?", (key,))
        self.connection.executemany(
            "INSERT OR IGNORE INTO identities (object_id, source) VALUES (?, ?)",
            [(object_id, key) for object_id in identities(body)],
        )
        self._note_rights(key)

    def _note_rights(self, key: str) -> None:
        if "/providers/microsoft.authorization/" in key:
            self._own_rights += 1

    def has_identity(self, object_id: str) -> bool:
        """True if some resource brings the directory object with this lower-case id with it."""
        found = self.connection.execute("SELECT 1 FROM identities WHERE object_id = ? LIMIT 1", (object_id,))
        return found.fetchone() is not None

    def set_etag(self, key: str, body: Mapping[str, Any], etag: str) -> None:
        """Replace etag and body of an existing resource, its references left as they are."""
        self.watch(key)
        self.connection.execute(
            "UPDATE resources SET etag = ?, body = ? WHERE key = ?",
            (etag, json.dumps(body, ensure_ascii=False, separators=(",", ":")), key),
        )

    def delete(self, key: str) -> None:
        """Remove one resource with its references, secrets and blobs; what lies below stays."""
        self.watch(key)
        self.connection.execute("DELETE FROM resources WHERE key = ?", (key,))
        self.connection.execute("DELETE FROM resource_references WHERE source = ?", (key,))
        self.connection.execute("DELETE FROM identities WHERE source = ?", (key,))
        self.connection.execute("DELETE FROM secrets WHERE key = ?", (key,))
        for table in ("blobs", "blob_blocks"):
            self.connection.execute(f"DELETE FROM {table} WHERE container = ?", (key,))
        self._note_rights(key)

    def under(self, key: str, *, type: str | None = None, after: int = 0, limit: int = -1) -> list[Row]:
        """Everything below `key` in order of creation, `key` itself left out; `type` in lower case."""
        lower, upper = below(key)
        chosen = "" if type is None else " AND type = ?"
        # the plus keeps SQLite from walking the whole table in the order of positions
        found = self.connection.execute(
            f"SELECT {COLUMNS} FROM resources WHERE key > ? AND key < ?{chosen} AND +position > ?"
            " ORDER BY position LIMIT ?",
            (lower, upper, *(() if type is None else (type,)), after, limit),
        )
        return [_row(each) for each in found]

    def children(self, parent: str, type: str, *, after: int = 0, limit: int = -1) -> list[Row]:
        """Direct children of one type in order of creation."""
        found = self.connection.execute(
            f"SELECT {COLUMNS} FROM resources WHERE parent = ? AND type = ? AND position > ? ORDER BY position LIMIT ?",
            (parent, type, after, limit),
        )
        return [_row(each) for each in found]

    def of_type(self, type: str) -> list[Row]:
        """All resources of one lower-case type in order of creation."""
        found = self.connection.execute(f"SELECT {COLUMNS} FROM resources WHERE type = ? ORDER BY position", (type,))
        return [_row(each) for each in found]

    def named(self, type: str, name: str) -> list[Row]:
        """All resources of one type with one last name, both in lower case."""
        found = self.connection.execute(f"SELECT {COLUMNS} FROM resources WHERE type = ? AND name = ?", (type, name))
        return [_row(each) for each in found]

    def referrers(self, key: str) -> list[Row]:
        """Resources outside `key` whose body mentions it or something below it, in order of creation."""
        lower, upper = below(key)
        columns = ", ".join(f"resources.{column}" for column in COLUMNS.split(", "))
        found = self.connection.execute(
            f"SELECT DISTINCT {columns} FROM resource_references JOIN resources ON resources.key = source"
            " WHERE (target = ? OR (target > ? AND target < ?))"
            " AND source <> ? AND NOT (source > ? AND source < ?) ORDER BY position",
            (key, lower, upper, key, lower, upper),
        )
        return [_row(each) for each in found]

    def clear(self) -> None:
        """Remove every resource and what belongs to them; principals, subscriptions and facts stay."""
        self._own_rights += 1
        for table in (
            "resources",
            "resource_references",
            "identities",
            "secrets",
            "soft_deleted",
            "soft_deleted_children",
            "soft_deleted_secrets",
            "operations",
            "operation_origins",
            "operation_failures",
            "activity",
            "changes",
            "blobs",
            "blob_blocks",
        ):
            self.connection.execute(f"DELETE FROM {table}")

    def copy_from(self, path: Path) -> None:
        """Replace the whole database, as one write, by another of the same schema."""
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            with self._readable():
                source.execute("SELECT count(*) FROM resources")
                source.backup(self.connection)
        finally:
            source.close()
        self.connection.executescript(SCHEMA)
        self._own_rights += 1
        self._own_writes += 1
