"""A store of an earlier azkeep, opened or restored by this one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from azkeep.emulator import control
from azkeep.emulator.store import DATABASE

LATER = (
    "changes",
    "operation_origins",
    "operation_failures",
    "principal_resources",
    "principal_certificates",
    "blobs",
    "blob_blocks",
    "soft_deleted_children",
    "soft_deleted_secrets",
)


def _age(database: Path) -> None:
    """Make a database as the first version wrote it."""
    connection = sqlite3.connect(database)
    for table in LATER:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()


def _tables(database: Path) -> set[str]:
    connection = sqlite3.connect(database)
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found


def test_older_store_is_brought_up_to_date(tmp_path: Path) -> None:
    """Opening it adds the later tables, and principals stay."""
    made = control.ensure_principal(tmp_path, "someone@example.com", "Reader")
    _age(tmp_path / DATABASE)
    assert control.ensure_principal(tmp_path, "someone@example.com", "Reader") == made
    assert set(LATER) <= _tables(tmp_path / DATABASE)


def test_older_snapshot_is_brought_up_to_date(tmp_path: Path) -> None:
    """Restoring it gives a store with all tables."""
    made = control.ensure_principal(tmp_path, "someone@example.com", "Reader")
    _age(control.snapshot(tmp_path, "before").file)
    control.restore(tmp_path, "before")
    assert set(LATER) <= _tables(tmp_path / DATABASE)
    assert control.ensure_principal(tmp_path, "someone@example.com", "Reader") == made
