"""The state as it was before a fix: a fix that fails or dies has not put right all that it made the state learn."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from azkeep.engine.private import write_private
from azkeep.engine.session import Session
from azkeep.engine.state import State, from_export, to_export
from azkeep.errors import AzkeepError, EngineError

FOLDER = "fix"
WAITING, BEGUN = ".json", ".begun.json"
"""Endings of a copy's name, which begins with the process that wrote it: nothing was written to the cloud, or part."""


class KeptState:
    """A copy of the state in a file for its owner alone, there until the fix has ended well."""

    def __init__(self, session: Session, path: Path) -> None:
        self._session, self._path = session, path

    def write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._path, json.dumps(to_export(self._session.export())))

    def begin(self) -> None:
        """From here on the cloud is written, and the state may know better than the copy."""
        self._path = self._path.rename(self._path.with_name(f"{os.getpid()}{BEGUN}"))

    def put_back(self) -> None:
        """The state is what it was, but for what was put right. Raises EngineError that names the copy."""
        if not self._path.exists():
            return
        try:
            kept = from_export(json.loads(self._path.read_text(encoding="utf-8")))
            self._session.import_(merged(kept, self._session.export()) if self._has_begun else kept)
        except (AzkeepError, ValueError) as error:
            raise EngineError(
                "the state could not be put back as it was before the fix",
                detail=str(error),
                fix=f"azkeep pulumi STACK -- stack import --file {self._path}",
                subject=str(self._path),
            ) from error
        self.remove()

    def remove(self) -> None:
        shutil.rmtree(self._path.parent, ignore_errors=True)

    @property
    def _has_begun(self) -> bool:
        return self._path.name.endswith(BEGUN)


@contextmanager
def kept_state(session: Session, own: Path) -> Iterator[KeptState]:
    """A copy of the state, put back on an abrupt way out of the block and removed at its end.

    `own` is azkeep's folder of the cloud, which all stacks share.
    """
    kept = KeptState(session, _folder(session, own) / f"{os.getpid()}{WAITING}")
    kept.write()
    try:
        yield kept
    except BaseException:
        kept.put_back()
        raise
    kept.remove()


def left_behind(session: Session, own: Path) -> Path | None:
    """The copy of a fix whose process is gone; None where there is none, or where one is at work."""
    return next((path for path in sorted(_folder(session, own).glob("*.json")) if not _runs(path)), None)


def take_up(session: Session, copy: Path) -> None:
    """The state says again what was declared of all that the dead fix had not put right."""
    KeptState(session, copy).put_back()


def merged(kept: State, now: State) -> State:
    """`now` with what `kept` says of resources that are gone from it, or whose inputs are the cloud's and not the
    program's, or whose create failed unread; what was made anew since, under another id, stays."""
    current = {found["urn"]: found for found in _resources(now) if not found.get("delete")}
    before = {found["urn"]: found for found in _resources(kept) if not found.get("delete")}
    resources = [_one(found, current.get(urn)) for urn, found in before.items()]
    others = [found for found in _resources(now) if found.get("delete") or found["urn"] not in before]
    return State({**now.document, "resources": [*resources, *others]})


def _folder(session: Session, own: Path) -> Path:
    return own / FOLDER / session.project / session.stack


def _resources(state: State) -> list[dict[str, object]]:
    return list(state.document.get("resources") or ())


def _one(before: dict[str, object], now: dict[str, object] | None) -> dict[str, object]:
    if now is None:
        return before
    if str(now.get("id", "")).lower() != str(before.get("id", "")).lower():
        return now
    is_unread = bool(now.get("id")) and not now.get("outputs")
    return before if is_unread or now.get("inputs") != before.get("inputs") else now


def _runs(copy: Path) -> bool:
    try:
        os.kill(int(copy.name.split(".")[0]), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
