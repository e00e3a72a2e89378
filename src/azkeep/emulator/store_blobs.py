"""Blobs of the local cloud, and the blocks that wait to be committed. A container's key names whose they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from azkeep.emulator.store import Store

_COLUMNS = "name, size, etag, created, modified, headers, metadata, blocks"


@dataclass(frozen=True)
class Blob:
    """A committed blob without its content. Times are seconds since 1970; `blocks` are (id, size) as committed."""

    name: str
    size: int
    etag: str
    created: float
    modified: float
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[tuple[str, int], ...] = ()


class Blobs:
    """Blobs per container, in order of their names."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, container: str, name: str) -> Blob | None:
        """The blob without its content."""
        found = self._store.connection.execute(
            f"SELECT {_COLUMNS} FROM blobs WHERE container = ? AND name = ?", (container, name)
        ).fetchone()
        return _blob(found) if found else None

    def content(self, container: str, name: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes of a blob that exists, from `start` on."""
        end = -1 if length is None else length
        found = self._store.connection.execute(
            "SELECT CASE WHEN ? < 0 THEN substr(content, ?) ELSE substr(content, ?, ?) END FROM blobs"
            " WHERE container = ? AND name = ?",
            (end, start + 1, start + 1, end, container, name),
        ).fetchone()
        return bytes(found[0])

    def put(self, container: str, blob: Blob, content: bytes) -> None:
        """Create or replace a blob; blocks that waited for it go."""
        self._store.connection.execute(
            "INSERT OR REPLACE INTO blobs (container, name, size, etag, created, modified, headers, metadata, blocks,"
            " content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                container,
                blob.name,
                len(content),
                blob.etag,
                blob.created,
                blob.modified,
                json.dumps(dict(blob.headers)),
                json.dumps(dict(blob.metadata)),
                json.dumps(blob.blocks),
                content,
            ),
        )
        self.drop_blocks(container, blob.name)

    def describe(self, container: str, blob: Blob) -> None:
        """Replace what is said of a blob; its content stays."""
        self._store.connection.execute(
            "UPDATE blobs SET etag = ?, modified = ?, headers = ?, metadata = ? WHERE container = ? AND name = ?",
            (
                blob.etag,
                blob.modified,
                json.dumps(dict(blob.headers)),
                json.dumps(dict(blob.metadata)),
                container,
                blob.name,
            ),
        )

    def delete(self, container: str, name: str) -> None:
        """Remove a blob and what waited for it."""
        self._store.connection.execute("DELETE FROM blobs WHERE container = ? AND name = ?", (container, name))
        self.drop_blocks(container, name)

    def named(self, container: str, prefix: str, after: str, limit: int) -> list[Blob]:
        """Blobs whose names begin with `prefix` and come from `after` on, at most `limit`."""
        found = self._store.connection.execute(
            f"SELECT {_COLUMNS} FROM blobs WHERE container = ? AND name >= ? AND substr(name, 1, ?) = ?"
            " ORDER BY name LIMIT ?",
            (container, max(prefix, after), len(prefix), prefix, limit),
        )
        return [_blob(each) for each in found]

    def put_block(self, container: str, name: str, block: str, content: bytes) -> None:
        """Keep a block until the list that names it is committed."""
        self._store.connection.execute(
            "INSERT OR REPLACE INTO blob_blocks (container, name, block, content) VALUES (?, ?, ?, ?)",
            (container, name, block, content),
        )

    def block(self, container: str, name: str, block: str) -> bytes | None:
        """The content of a block that waits."""
        found = self._store.connection.execute(
            "SELECT content FROM blob_blocks WHERE container = ? AND name = ? AND block = ?", (container, name, block)
        ).fetchone()
        return bytes(found[0]) if found else None

    def waiting(self, container: str, name: str) -> list[tuple[str, int]]:
        """(id, size) of the blocks that wait, by id."""
        found = self._store.connection.execute(
            "SELECT block, length(content) FROM blob_blocks WHERE container = ? AND name = ? ORDER BY block",
            (container, name),
        )
        return [(str(block), int(size)) for block, size in found]

    def drop_blocks(self, container: str, name: str) -> None:
        """Forget the blocks that wait."""
        self._store.connection.execute("DELETE FROM blob_blocks WHERE container = ? AND name = ?", (container, name))


def _blob(found: tuple[object, ...]) -> Blob:
    name, size, etag, created, modified, headers, metadata, blocks = found
    return Blob(
        name=str(name),
        size=int(str(size)),
        etag=str(etag),
        created=float(str(created)),
        modified=float(str(modified)),
        headers=json.loads(str(headers)),
        metadata=json.loads(str(metadata)),
        blocks=tuple((str(id), int(length)) for id, length in json.loads(str(blocks))),
    )
