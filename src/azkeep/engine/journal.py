"""What runs that did not end well had begun, from their event logs: the engine forgets a create whose provider died.

A run that applies a saved plan leaves a trace until the plan is done, so that the same file can go on from there.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.engine.event_log import Event, read
from azkeep.engine.private import write_private
from azkeep.engine.state import is_machinery

EVENT_LOG = "events.jsonl"
RECORD = "run.json"
CREATES = frozenset({"create", "create-replacement"})
CHANGES = frozenset({"update", "delete", "delete-replaced"})
REFUSED = ("cannot create already existing resource",)
"""What the azure-native provider says when it sent nothing, because the resource is somebody else's."""

DAY = 86400.0


@dataclass(frozen=True)
class Begun:
    """One step that a run began. `metadata` is the engine's; `refused` is true if the provider sent nothing."""

    urn: str
    operation: str
    metadata: Mapping[str, Any]
    done: bool
    refused: bool

    @property
    def is_create(self) -> bool:
        return self.operation in CREATES


@dataclass(frozen=True)
class Journal:
    """The event log of one changing run that did not end well; `written` is when it was last added to."""

    folder: Path
    steps: tuple[Begun, ...]
    written: float = 0.0


@dataclass(frozen=True)
class Trace:
    """How far a saved plan was applied: URNs that its runs came to, and whether its first pass was done."""

    urns: frozenset[str] = frozenset()
    first_pass_done: bool = False


def journals(run_folder: Path, project: str, stack: str) -> tuple[Journal, ...]:
    """The journals of a stack's dead runs, oldest first; runs of living processes are left alone."""
    return tuple(
        Journal(folder, steps_of(read(log := folder / EVENT_LOG)), _written(log))
        for folder, record in _dead_runs(run_folder, project, stack)
        if "urns" not in record
    )


def forget(found: Iterable[Journal]) -> None:
    """Removes journals that were reconciled; of a saved plan's the trace stays."""
    for journal in found:
        if _record(journal.folder).get("plan"):
            leave_trace(journal.folder)
        else:
            shutil.rmtree(journal.folder, ignore_errors=True)


def leave_trace(folder: Path, *, done: bool = False) -> None:
    """Keeps of a run's journal only what URNs it came to, and whether it was `done`."""
    record = _record(folder)
    urns = {*record.get("urns", ()), *_came_to(read(folder / EVENT_LOG))}
    write_private(folder / RECORD, json.dumps({**record, "urns": sorted(urns), "done": done}))
    (folder / EVENT_LOG).unlink(missing_ok=True)


def trace(run_folder: Path, project: str, stack: str, plan: str) -> Trace:
    """How far the saved plan `plan` was applied; an empty trace if it was not begun, or another run came after it."""
    found = [
        (folder, record) for folder, record in _dead_runs(run_folder, project, stack) if record.get("plan") == plan
    ]
    urns = [record.get("urns") or _came_to(read(folder / EVENT_LOG)) for folder, record in found]
    return Trace(frozenset().union(*urns), any(record.get("done") for _, record in found))


def remove_traces(run_folder: Path, project: str, stack: str, *, but: str = "") -> None:
    """Removes what other saved plans than `but` left: the state has moved on without them."""
    for folder, record in _dead_runs(run_folder, project, stack):
        if "urns" in record and record.get("plan") != but:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(run_folder: Path) -> None:
    """Removes what calls that were killed left behind: folders of dead runs that changed nothing, and temporary ones
    older than a day."""
    if not run_folder.is_dir():
        return
    for folder in run_folder.iterdir():
        record = _record(folder)
        dead = bool(record) and not record.get("changes") and not _runs(int(record.get("pid", 0)))
        if dead or (not record and _age(folder) > DAY):
            shutil.rmtree(folder, ignore_errors=True)


def steps_of(events: Iterable[Event]) -> tuple[Begun, ...]:
    """The changing steps of real resources that began, in that order; how each ended, as far as it did."""
    found = tuple(events)
    refused = {
        str(event.payload.get("urn"))
        for event in found
        if event.kind == "diagnosticEvent" and any(text in str(event.payload.get("message")) for text in REFUSED)
    }
    begun: dict[tuple[str, str], Begun] = {}
    for event in found:
        metadata = event.metadata
        operation = str(metadata.get("op", ""))
        if operation not in CREATES | CHANGES or event.payload.get("planning") or not _is_custom(metadata):
            continue
        urn = str(metadata["urn"])
        done = event.kind == "resOutputsEvent"
        begun[urn, operation] = Begun(urn, operation, metadata, done, refused=urn in refused and not done)
    return tuple(begun.values())


def _came_to(events: Iterable[Event]) -> frozenset[str]:
    """URNs of everything that a run, and not only its dry run, came to: what stayed the same may be recorded anew."""
    steps = (event for event in events if event.metadata and not event.payload.get("planning"))
    return frozenset(
        str(step.metadata["urn"]) for step in steps if not is_machinery(str(step.metadata.get("type", "")))
    )


def _dead_runs(run_folder: Path, project: str, stack: str) -> list[tuple[Path, Mapping[str, Any]]]:
    """Folder and record of every changing run of the stack that is over, oldest first."""
    if not run_folder.is_dir():
        return []
    records = ((folder, _record(folder)) for folder in sorted(run_folder.iterdir()) if folder.is_dir())
    return [(folder, record) for folder, record in records if _is_dead_run(record, project, stack)]


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _written(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _is_custom(metadata: Mapping[str, Any]) -> bool:
    state = metadata.get("new") or metadata.get("old") or {}
    return bool(state.get("custom")) and not is_machinery(str(metadata.get("type", "")))


def _record(folder: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_dead_run(record: Mapping[str, Any], project: str, stack: str) -> bool:
    if not record.get("changes") or record.get("project") != project or record.get("stack") != stack:
        return False
    pid = int(record.get("pid", 0))
    return pid == os.getpid() or not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
