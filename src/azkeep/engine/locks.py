"""Locks of Pulumi's file backend: who holds a stack, and the removal of one whose holder is gone.

Source: pulumi `pkg/backend/diy/lock.go`: one JSON file per lock under `.pulumi/locks/organization/PROJECT/STACK/`.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from azkeep.engine.backend import ORGANIZATION, folder_of
from azkeep.errors import StackLocked
from azkeep.model.report import LockHolder

POLL_SECONDS = 0.5
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class Lock:
    """One lock. `taken` is None and the rest empty where the file cannot be read."""

    path: Path
    user: str
    host: str
    pid: int
    taken: datetime | None

    @property
    def seconds(self) -> float:
        """Age, 0 where it is not known."""
        return max(0.0, (datetime.now(UTC) - self.taken).total_seconds()) if self.taken else 0.0

    @property
    def is_dead(self) -> bool:
        """True only if the holder ran on this host and is gone."""
        return self.pid > 0 and self.host == socket.gethostname() and not _runs(self.pid)

    @property
    def holder_record(self) -> LockHolder:
        """The holder for reports; `alive` is None on another host."""
        here = self.host == socket.gethostname()
        since = self.taken or datetime.fromtimestamp(0, UTC)
        return LockHolder(self.user, self.host, self.pid, since, not self.is_dead if here else None)

    @property
    def holder(self) -> str:
        """`user@host, process 123, for 5 minutes`."""
        return f"{self.user}@{self.host}, process {self.pid}, for {describe_age(self.seconds)}"


def list_locks(backend_url: str, project: str, stack: str) -> tuple[Lock, ...]:
    """The locks on a stack, oldest first; () where the backend is no folder."""
    folder = folder_of(backend_url)
    if folder is None:
        return ()
    files = (folder / "locks" / ORGANIZATION / project / stack).glob("*.json")
    return tuple(sorted((holder_in(path) for path in files), key=lambda lock: (-lock.seconds, lock.path.name)))


def clear_dead(backend_url: str, project: str, stack: str) -> tuple[Lock, ...]:
    """Removes the locks whose holder on this host is gone, those files alone, and tells which."""
    dead = tuple(lock for lock in list_locks(backend_url, project, stack) if lock.is_dead)
    for lock in dead:
        unlock(lock)
    return dead


def unlock(lock: Lock) -> bool:
    """Removes one lock with its sidecar, whoever holds it; False if it was gone already."""
    lock.path.with_name(lock.path.name + ".attrs").unlink(missing_ok=True)
    try:
        lock.path.unlink()
    except FileNotFoundError:
        return False
    return True


def wait_until_free(backend_url: str, project: str, stack: str, *, timeout: float = 0.0) -> None:
    """Returns once no live lock is on the stack, dead ones removed. Raises StackLocked after `timeout` seconds."""
    ends = time.monotonic() + timeout
    while True:
        clear_dead(backend_url, project, stack)
        locks = list_locks(backend_url, project, stack)
        if not locks:
            return
        if time.monotonic() >= ends:
            raise locked(locks, stack)
        time.sleep(min(POLL_SECONDS, max(0.0, ends - time.monotonic())))


def locked(locks: tuple[Lock, ...], stack: str) -> StackLocked:
    """The error that names who holds `stack`."""
    return StackLocked(
        f"stack {stack} is held by {locks[0].holder}",
        detail="\n".join(lock.holder for lock in locks[1:]),
        fix=f"Wait for it with --lock-timeout 5m, or, if that run is dead: azkeep unlock STACK --env {stack}",
        subject=stack,
    )


def describe_age(seconds: float) -> str:
    """`12 seconds`, `5 minutes`, `3 hours` or `2 days`."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit:
            count = int(seconds // unit)
            return f"{count} {name}{'s' if count != 1 else ''}"
    count = int(seconds)
    return f"{count} second{'s' if count != 1 else ''}"


def holder_in(path: Path) -> Lock:
    """The lock in a file; its holder is `unknown` where the file cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Lock(
            path=path,
            user=str(found.get("username", "")),
            host=str(found.get("hostname", "")),
            pid=int(found.get("pid", 0)),
            taken=datetime.fromisoformat(_microseconds(str(found["timestamp"]))).astimezone(UTC),
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return Lock(path, "unknown", "unknown", 0, None)


def user_name() -> str:
    """Who runs this process; "" where the system does not say."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _microseconds(text: str) -> str:
    """Go's nanoseconds cut to what `datetime` reads."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
