"""The engine's event log: JSON lines in a file, read while the engine writes them or later from a run that died.

`up` writes one file twice, first for its dry run, then for the real one, truncating it between.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.engine.private import write_private

POLL_SECONDS = 0.03


@dataclass(frozen=True)
class Event:
    """One engine event: its document, and when it was seen in seconds of one clock."""

    document: Mapping[str, Any]
    at: float

    @property
    def sequence(self) -> int:
        return int(self.document.get("sequence", 0))

    @property
    def kind(self) -> str:
        """`resourcePreEvent`, `resOutputsEvent`, `diagnosticEvent` …; "" for a document of no known form."""
        return next((key for key in self.document if key.endswith("Event")), "")

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.document.get(self.kind) or {}

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What a step is about; {} for events that are no steps."""
        return self.payload.get("metadata") or {}


def parse(lines: Iterable[str | bytes], *, at: float | None = None) -> tuple[Event, ...]:
    """The events in `lines`; a last line cut off by a kill is left out. Without `at` the engine's own seconds count."""
    found: list[Event] = []
    for line in lines:
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict):
            document = without_plan_values(document)
            found.append(Event(document, float(document.get("timestamp", 0)) if at is None else at))
    return tuple(found)


def without_plan_values(document: dict[str, Any]) -> dict[str, Any]:
    """An event without the values that the engine names when a plan is violated: secrets stand there in clear."""
    payload: dict[str, Any] = document.get("diagnosticEvent") or {}
    message = str(payload.get("message", ""))
    before, mark, after = message.partition("violates plan: ")
    if not mark:
        return document
    return {**document, "diagnosticEvent": {**payload, "message": before + mark + after.partition("[")[0]}}


def scrub(path: Path) -> None:
    """Takes the values of violated plans out of a log that is kept."""
    content = path.read_bytes()
    if b"violates plan" in content:
        write_private(path, "".join(json.dumps(event.document) + "\n" for event in parse(content.splitlines())))


def read(path: Path) -> tuple[Event, ...]:
    """The events of a finished or dead run; () without the file."""
    try:
        return parse(path.read_bytes().splitlines())
    except FileNotFoundError:
        return ()


class Tail:
    """Reads a log while it grows, on a thread of its own.

    `events` are those of the last run in the file, in order; `on_event` gets every event once, dry run included. What
    `on_event` raises does not stop the reading and is raised at the end.
    """

    def __init__(self, path: Path, on_event: Callable[[Event], None]) -> None:
        self._path = path
        self._on_event = on_event
        self._offset = 0
        self._rest = b""
        self._events: list[Event] = []
        self._failure: Exception | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="event-log", daemon=True)

    def __enter__(self) -> Tail:
        self._thread.start()
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._failure is not None and failed is None:
            raise self._failure

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(self._events)

    def _follow(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            self._read()
        self._read()

    def _read(self) -> None:
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._offset:
                    self._restart()
                file.seek(self._offset)
                if not self._take(file.read()):
                    self._restart()
                    file.seek(0)
                    self._take(file.read())
        except FileNotFoundError:
            return

    def _restart(self) -> None:
        self._offset, self._rest, self._events = 0, b"", []

    def _take(self, content: bytes) -> bool:
        """False if `content` does not continue what was read: the file was truncated and has outgrown the offset."""
        if not content:
            return True
        *lines, rest = (self._rest + content).split(b"\n")
        found = parse(lines, at=time.monotonic())
        expected = self._events[-1].sequence + 1 if self._events else 0
        continues = len(found) == len(lines) and all(event.sequence == expected + i for i, event in enumerate(found))
        if self._offset and not continues:
            return False
        self._offset += len(content)
        self._rest = rest
        for event in found:
            self._events.append(event)
            self._tell(event)
        return True

    def _tell(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception as error:
            self._failure = self._failure or error
