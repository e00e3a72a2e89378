"""The activity log in SQLite: one row per event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.store import Store

KEPT_SECONDS = 90 * 86_400


@dataclass(frozen=True)
class Event:
    """One event of the log. `at` is seconds since 1970 and may lie ahead: the event is not visible before.

    `resource`, `resource_group` and `provider` are lower-case; `document` is what the API returns; `client` is the
    caller's user agent, which Azure does not return.
    """

    at: float
    subscription: str
    resource_group: str
    resource: str
    provider: str
    correlation: str
    client: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a time span, and for each of `MEMBERS` the lower-case values that it may have."""

    start: float
    end: float
    members: Mapping[str, tuple[str, ...]]


MEMBERS = {
    "resource_group": "resource_group",
    "resource": "resource",
    "provider": "provider",
    "correlation": "correlation",
    "caller": "json_extract(event, '$.caller')",
    "status": "json_extract(event, '$.status.value')",
    "level": "json_extract(event, '$.level')",
}


class Activity:
    """The events of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def add(self, events: list[Event]) -> None:
        self._connection.executemany(
            "INSERT INTO activity (at, subscription, resource_group, resource, provider, correlation, client, event)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    each.at,
                    each.subscription,
                    each.resource_group,
                    each.resource,
                    each.provider,
                    each.correlation,
                    each.client,
                    json.dumps(each.document),
                )
                for each in events
            ],
        )

    def find(self, subscription: str, wanted: Wanted, *, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """(position, document) of visible events, newest first.

        `after` is the position of the last event of the page before, 0 for the first page.
        """
        now = self._store.seconds()
        conditions = ["subscription = ?", "at >= ?", "at <= ?", "(? = 0 OR position < ?)"]
        values: list[Any] = [
            subscription, max(wanted.start, now - KEPT_SECONDS), min(wanted.end, now), after, after,
        ]  # fmt: skip
        for member, options in wanted.members.items():
            conditions.append(f"lower({MEMBERS[member]}) IN ({', '.join('?' * len(options))})")
            values.extend(options)
        found = self._connection.execute(
            f"SELECT position, event FROM activity WHERE {' AND '.join(conditions)} ORDER BY position DESC LIMIT ?",
            (*values, limit),
        )
        return [(position, json.loads(event)) for position, event in found]

    def last(self, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` visible events, newest last: the API's documents, and `client`, the user agent."""
        found = self._connection.execute(
            "SELECT client, event FROM activity WHERE at <= ? ORDER BY at DESC, position DESC LIMIT ?",
            (self._store.seconds(), limit),
        ).fetchall()
        return [{**json.loads(event), "client": client} for client, event in reversed(found)]
