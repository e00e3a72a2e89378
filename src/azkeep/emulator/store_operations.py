"""Long-running operations in SQLite. Their state follows from times alone, so a restart changes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.store import Store
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type
from azkeep.types.write import Caller

COLUMNS = "id, key, resource_id, verb, created, started, ends, settled, subscription, answer, query, caller"
STATES = {"PUT": "Updating", "PATCH": "Updating", "DELETE": "Deleting"}


@dataclass(frozen=True)
class Operation:
    """One operation; times are seconds since 1970. `answer` is sealed JSON of an action's result."""

    id: str
    key: str
    resource_id: str
    verb: str
    created: bool
    started: float
    ends: float
    settled: bool
    subscription: str
    answer: bytes | None
    query: dict[str, str]
    caller: Caller

    def runs_at(self, moment: float) -> bool:
        """True while the operation has not ended."""
        return moment < self.ends

    @property
    def state(self) -> str:
        """The provisioningState of its resource while it runs."""
        if not self.created:
            return STATES.get(self.verb, "Updating")
        type_ = by_arm_type(ArmId.parse(self.resource_id).type)
        return type_.put.creating if type_ else "Creating"


def _operation(found: tuple[Any, ...]) -> Operation:
    *first, created, started, ends, settled, subscription, answer, query, caller = found
    id, key, resource_id, verb = first
    return Operation(
        id, key, resource_id, verb, bool(created), started, ends, bool(settled), subscription, answer,
        json.loads(query), Caller(**json.loads(caller)),
    )  # fmt: skip


class Failures:
    """How operations will end that will not succeed."""

    def __init__(self, store: Store) -> None:
        self._connection = store.connection

    def put(self, operation: str, fault: ArmFault) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO operation_failures VALUES (?, ?, ?, ?)",
            (operation, fault.status, fault.code, fault.message),
        )

    def get(self, operation: str) -> ArmFault | None:
        """The fault with which the operation ends; None for one that succeeds."""
        found = self._connection.execute(
            "SELECT status, code, message FROM operation_failures WHERE id = ?", (operation,)
        ).fetchone()
        return ArmFault(*found) if found else None


class Operations:
    """The operations of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def put(self, operation: Operation) -> None:
        each = operation
        self._connection.execute(
            f"INSERT OR REPLACE INTO operations ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                each.id, each.key, each.resource_id, each.verb, each.created, each.started, each.ends, each.settled,
                each.subscription, each.answer, json.dumps(each.query), json.dumps(vars(each.caller)),
            ),
        )  # fmt: skip

    def get(self, id: str) -> Operation | None:
        found = self._connection.execute(f"SELECT {COLUMNS} FROM operations WHERE id = ?", (id.lower(),)).fetchone()
        return _operation(found) if found else None

    def running(self, key: str) -> Operation | None:
        """The newest operation on exactly this resource that has not ended."""
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM operations WHERE key = ? AND ends > ? ORDER BY ends DESC LIMIT 1",
            (key, self._store.seconds()),
        ).fetchone()
        return _operation(found) if found else None

    def running_below(self, key: str, kind: str) -> Operation | None:
        """An operation that runs on some child of `key` of the type segment `kind`."""
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM operations WHERE key > ? AND key < ? AND ends > ? LIMIT 1",
            (f"{key}/{kind}/", f"{key}/{kind}0", self._store.seconds()),
        ).fetchone()
        return _operation(found) if found else None

    def running_state(self, key: str) -> str | None:
        """The provisioningState that a running operation gives its resource, None if none runs."""
        found = self.running(key)
        return found.state if found and found.verb != "POST" else None

    def running_states(self) -> dict[str, str]:
        """The provisioningState of every resource that an operation runs on, by lower-case id; the newest one's."""
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM operations WHERE ends > ? AND verb <> 'POST' ORDER BY ends",
            (self._store.seconds(),),
        )
        return {each.key: each.state for each in map(_operation, found)}

    def due(self) -> list[Operation]:
        """Operations whose time is over and whose end was not yet carried out, oldest first."""
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM operations WHERE settled = 0 AND ends <= ? ORDER BY ends", (self._store.seconds(),)
        )
        return [_operation(each) for each in found]

    def end_all(self) -> None:
        """Let every operation that runs end now."""
        now = self._store.seconds()
        self._connection.execute("UPDATE operations SET ends = ? WHERE ends > ?", (now, now))

    def settle(self, id: str) -> None:
        """Note that the end of an operation was carried out."""
        self._connection.execute("UPDATE operations SET settled = 1 WHERE id = ?", (id,))
