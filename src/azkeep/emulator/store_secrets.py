"""Secret values of the local cloud: encrypted in SQLite, the key in a file of its own beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from azkeep.emulator.store import Store

KEY_FILE = "secrets.key"


def private_file(path: Path, content: bytes) -> bytes:
    """What `path` holds after this call: `content`, unless another process was first. Mode 0600, never half written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_bytes()
    finally:
        draft.unlink()
    return content


class Secrets:
    """Secret values per resource, by pointer into its document or by name of a generated secret."""

    def __init__(self, store: Store) -> None:
        self._store = store
        path = store.folder / KEY_FILE
        key = path.read_bytes() if path.exists() else private_file(path, Fernet.generate_key())
        self._fernet = Fernet(key)

    def seal(self, value: Any) -> bytes:
        """Any JSON value, encrypted."""
        return self._fernet.encrypt(json.dumps(value).encode())

    def unseal(self, sealed: bytes) -> Any:
        return json.loads(self._fernet.decrypt(sealed))

    def opens(self, sealed: bytes) -> bool:
        """True if `sealed` was sealed with this store's key."""
        try:
            self._fernet.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def of(self, key: str) -> dict[str, Any]:
        """All secrets of one resource."""
        found = self._store.connection.execute("SELECT name, value FROM secrets WHERE key = ?", (key,))
        return {name: self.unseal(value) for name, value in found}

    def names(self, key: str) -> frozenset[str]:
        """Names of the secrets of one resource, nothing decrypted."""
        found = self._store.connection.execute("SELECT name FROM secrets WHERE key = ?", (key,))
        return frozenset(name for (name,) in found)

    def put(self, key: str, values: Mapping[str, Any]) -> None:
        """Add or replace secrets of one resource."""
        self._store.connection.executemany(
            "INSERT OR REPLACE INTO secrets (key, name, value) VALUES (?, ?, ?)",
            [(key, name, self.seal(value)) for name, value in values.items()],
        )
