"""Resource Graph's change records in SQLite, and who began an operation that ends later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.store import Store

KEPT_SECONDS = 14 * 86_400


@dataclass(frozen=True)
class Change:
    """One record. `at` is seconds since 1970, `subscription`, `target` and `kind`, its ARM type, are lower-case;
    `document` is the record's `properties`."""

    at: float
    subscription: str
    target: str
    kind: str
    document: Mapping[str, Any]


class Changes:
    """The change records of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def add(self, change: Change) -> None:
        self._connection.execute(
            "INSERT INTO changes (at, subscription, target, kind, document) VALUES (?, ?, ?, ?, ?)",
            (change.at, change.subscription, change.target, change.kind, json.dumps(change.document)),
        )

    def last_snapshot(self, target: str) -> str | None:
        """Name of the snapshot that the newest record of a resource left behind."""
        found = self._connection.execute(
            "SELECT document FROM changes WHERE target = ? ORDER BY position DESC LIMIT 1", (target,)
        ).fetchone()
        return json.loads(found[0])["changeAttributes"].get("newResourceSnapshotId") if found else None

    def visible(self, subscription: str, *, delay: float) -> list[Change]:
        """Records of the last fourteen days that are older than `delay` seconds, oldest first."""
        now = self._store.seconds()
        found = self._connection.execute(
            "SELECT at, subscription, target, kind, document FROM changes"
            " WHERE subscription = ? AND at >= ? AND at <= ? ORDER BY position",
            (subscription, now - KEPT_SECONDS, now - delay),
        )
        return [Change(at, held, target, kind, json.loads(text)) for at, held, target, kind, text in found]


class Origins:
    """Correlation id and client of the requests that began operations, by operation."""

    def __init__(self, store: Store) -> None:
        self._connection = store.connection

    def put(self, operation: str, correlation: str, client: str) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO operation_origins VALUES (?, ?, ?)", (operation, correlation, client)
        )

    def get(self, operation: str) -> tuple[str, str]:
        """(correlation id, user agent); empty where the operation is older than these records."""
        found = self._connection.execute(
            "SELECT correlation, client FROM operation_origins WHERE id = ?", (operation,)
        ).fetchone()
        return (str(found[0]), str(found[1])) if found else ("", "")
