"""Reading a stack's state where Pulumi's file backend keeps it, without starting the engine.

Source of the layout: pulumi `pkg/backend/diy/store.go` (version 1: one folder per project).
"""

from __future__ import annotations

import glob
import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from azkeep.engine.state import State, from_checkpoint
from azkeep.errors import StateDamaged

BOOKKEEPING = ".pulumi"
ORGANIZATION = "organization"


def folder_of(backend_url: str) -> Path | None:
    """The folder behind a `file://` backend, `.pulumi` included; None for any other backend."""
    parts = urlsplit(backend_url)
    if parts.scheme != "file":
        return None
    return Path(unquote(parts.netloc + parts.path)).expanduser() / BOOKKEEPING


def url_of(folder: Path) -> str:
    """The `file://` backend whose state stands in `folder`; characters that mean something in a URL are escaped."""
    return folder.absolute().as_uri()


def make_folder(backend_url: str) -> None:
    """The folder of a `file://` backend exists afterwards, for its owner alone; other backends are left alone."""
    folder = folder_of(backend_url)
    if folder is not None:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def checkpoint_file(backend_url: str, project: str, stack: str) -> Path | None:
    """The file that holds the state; None if the backend is no folder or the stack does not exist."""
    folder = folder_of(backend_url)
    if folder is None:
        return None
    base = folder / "stacks" / project / f"{stack}.json"
    return next((path for path in (base, base.with_name(base.name + ".gz")) if path.is_file()), None)


def mend(backend_url: str, project: str, stack: str) -> tuple[Path, ...]:
    """Removes what a killed engine left half-written beside the stack's state, and gives what was removed.

    The state itself is replaced in one step. Its attributes (`.attrs`, a content type and a checksum) are not: with an
    empty file of those the engine cannot read the state any more, without the file it can. To be called only while
    nobody holds the stack. Source of the layout: gocloud.dev `blob/fileblob`.
    """
    folder = folder_of(backend_url)
    found = sorted((folder / "stacks" / project).glob(f"{glob.escape(stack)}.json*")) if folder else []
    broken = [path for path in found if path.suffix == ".tmp" or (path.suffix == ".attrs" and not _is_json(path))]
    for path in broken:
        path.unlink(missing_ok=True)
    return tuple(broken)


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def read_state(backend_url: str, project: str, stack: str) -> State | None:
    """The recorded state; None if there is no such file. Raises StateDamaged if it cannot be read."""
    path = checkpoint_file(backend_url, project, stack)
    if path is None:
        return None
    try:
        document = parse_checkpoint(path.read_bytes())
    except (OSError, ValueError, EOFError) as error:
        put_back = f": cp {path}.bak {path}" if _has_copy(path) else f" of {path}"
        raise StateDamaged(
            f"the state of stack {stack} cannot be read",
            detail=f"{path}: {error}",
            fix=f"Put back a good copy{put_back}",
            subject=str(path),
        ) from error
    return from_checkpoint(document)


def _has_copy(path: Path) -> bool:
    """True if the backup that the engine keeps beside a state can be read."""
    try:
        parse_checkpoint(path.with_name(f"{path.name}.bak").read_bytes())
    except (OSError, ValueError, EOFError):
        return False
    return True


def parse_checkpoint(content: bytes) -> dict[str, Any]:
    """The checkpoint document in a file's bytes, gzip or not. Raises ValueError if it is none."""
    text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("checkpoint"), dict):
        raise ValueError("it holds no checkpoint")
    if document.get("version") != 3:
        raise ValueError(f"its format is version {document.get('version')}, not 3")
    return document
