"""Recorded documents: what ARM answered for every resource at the end of an apply, bound to the checkpoint.

They lie beside the checkpoint, so that whoever has the state can audit. Secrets are not in them: ARM does not return
them, and what a type calls secret is replaced by a keyed hash all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azkeep import types
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put, split

FORMAT = 1
HASHED = re.compile(r"\[secret [0-9a-f]{16}\]")


@dataclass(frozen=True)
class Recording:
    """`documents`: ARM id → document, None where it could not be read. `checkpoint` is the state's hash, `at` when they
    were read (RFC 3339 UTC, "" if that was not noted): what was written before is not what makes them differ. `since`:
    the earlier moment of documents that hold values of an earlier recording."""

    checkpoint: str
    documents: Mapping[str, Body | None]
    at: str = ""
    since: Mapping[str, str] = field(default_factory=dict)


def load(path: Path) -> Recording | None:
    """The recording in `path`; None if there is none or it is not one of ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return None
    return Recording(
        checkpoint=found["checkpoint"],
        documents=found["documents"],
        at=str(found.get("at", "")),
        since=dict(found.get("since") or {}),
    )


def save(path: Path, recording: Recording, key: bytes) -> None:
    """Writes `recording` in one step, readable by its owner alone."""
    documents = {id: body and mask(id, body, key) for id, body in sorted(recording.documents.items())}
    content = {
        "format": FORMAT,
        "checkpoint": recording.checkpoint,
        "at": recording.at,
        "since": dict(recording.since),
        "documents": documents,
    }
    text = json.dumps(content, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)


def mask(id: str, body: Body, key: bytes) -> Body:
    """`body` with keyed hashes in place of what its type calls secret; equal secrets stay equal, and so do hashes."""
    type_ = types.by_arm_type(ArmId.parse(id).type)
    if type_ is None:
        return body
    for pointer in type_.secrets:
        for found in expand(body, pointer):
            value = get(body, found)
            if isinstance(value, str) and HASHED.fullmatch(value):
                continue
            digest = hmac.new(key, json.dumps(value).encode(), hashlib.sha256).hexdigest()
            body = put(body, found, f"[secret {digest[:16]}]")
    return body


def expand(document: Any, pointer: str) -> tuple[str, ...]:
    """The pointers that `pointer` matches in `document`, `*` standing for every item; () where it finds nothing."""
    found = [("", document)]
    for part in split(pointer):
        below: list[tuple[str, Any]] = []
        for path, value in found:
            below.extend((f"{path}/{name}", item) for name, item in _members(value, part))
        found = below
    return tuple(path for path, _ in found)


def _members(value: Any, part: str) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(str(key), item) for key, item in value.items() if part in ("*", key)]
    if isinstance(value, list):
        return [(str(index), item) for index, item in enumerate(value) if part in ("*", str(index))]
    return []
