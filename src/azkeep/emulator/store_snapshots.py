"""Copies of a whole store in one file each: written, looked into, and put back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from azkeep.emulator.store import Store
from azkeep.emulator.store_schema import SCHEMA, SCHEMA_VERSION
from azkeep.emulator.store_secrets import Secrets
from azkeep.errors import UsageError


@dataclass(frozen=True)
class Snapshot:
    """A store as it was. `name` is empty for a file elsewhere; `resources` are those that somebody made."""

    name: str
    file: Path
    taken_at: datetime
    resources: int


def write(store: Store, file: Path) -> None:
    """Write the whole database as it is now to a file of mode 0600; others may go on writing meanwhile."""
    with _draft(file.with_name(f".{file.name}.{os.getpid()}")) as draft:
        with closing(sqlite3.connect(draft)) as target:
            store.connection.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        draft.replace(file)


def read(file: Path, name: str, secrets: Secrets | None = None) -> Snapshot:
    """What is in a snapshot. Raises UsageError where the file is none, or, with `secrets`, none that these open."""
    try:
        with closing(_readable(file)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            sealed = connection.execute("SELECT client_secret FROM principals LIMIT 1").fetchone()
            resources = connection.execute(
                "SELECT count(*) FROM resources WHERE key NOT LIKE '/providers/%'"
                " AND NOT (type = 'microsoft.authorization/roleassignments' AND etag = '')"
            ).fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise UsageError("this file is no snapshot of a local cloud", detail=str(error), subject=str(file)) from error
    if version > SCHEMA_VERSION:
        raise UsageError("the snapshot was made by a newer azkeep", fix="Update azkeep.", subject=str(file))
    if secrets is not None and (sealed is None or not secrets.opens(sealed[0])):
        raise UsageError(
            "the snapshot was made in another local cloud, with whose key its secrets are sealed",
            fix="Restore it there; to have the same cloud elsewhere, copy the whole folder of its store.",
            subject=str(file),
        )
    return Snapshot(name, file, datetime.fromtimestamp(file.stat().st_mtime, UTC), resources)


@contextmanager
def prepared(store: Store, file: Path, facts: Mapping[str, str | None]) -> Iterator[Path]:
    """A copy of a snapshot with these facts in place of its own (None: without), there while the context lasts."""
    with _draft(store.folder / f".restore.{os.getpid()}") as draft:
        with closing(_readable(file)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            target.executescript(SCHEMA)
            for name, value in facts.items():
                target.execute("DELETE FROM facts WHERE name = ?", (name,))
                if value is not None:
                    target.execute("INSERT INTO facts VALUES (?, ?)", (name, value))
            target.commit()
        yield draft


def _readable(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """An empty file of mode 0600, which is gone in the end."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
