"""Who applied what and when: one JSON line per changing run, appended beside the state and never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from azkeep.model.report import Run


def append(path: Path, run: Run, **more: Any) -> None:
    """Adds one record; `more` holds what a record keeps beyond Run (verdicts, waivers). One write: two runs that end
    together both stand in the file. Never give it a secret."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    document = {**asdict(run), "at": run.at.isoformat(), "summary": dict(run.summary), **more}
    line = json.dumps(document, sort_keys=True) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def read(path: Path, *, limit: int | None = None) -> tuple[Run, ...]:
    """The recorded runs, newest first, `limit` at most; () without the file. A damaged line is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    found = [run for run in (_parse(line) for line in reversed(lines)) if run is not None]
    return tuple(found if limit is None else found[:limit])


def _parse(line: str) -> Run | None:
    try:
        document = json.loads(line)
        return _run(document)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _run(document: Mapping[str, Any]) -> Run:
    known = {name: document[name] for name in Run.__dataclass_fields__ if name in document}
    return Run(**{**known, "at": datetime.fromisoformat(document["at"])})
