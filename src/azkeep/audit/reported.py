"""What the last audit found, kept beside the recording, so that the next one can say what is new. No value is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from azkeep.model.drift import Drift, DriftKind, Severity, SinceLast
from azkeep.model.plan import Change

FORMAT = 1
Key = tuple[DriftKind, str, str]


@dataclass(frozen=True)
class Reported:
    """The findings of one audit, without their values. `at` is when it was made (RFC 3339)."""

    at: str
    drifts: tuple[Drift, ...]


def load(path: Path) -> Reported | None:
    """The report in `path`; None if there is none or it is not one of ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            return None
        return Reported(str(found["at"]), tuple(_drift(*each) for each in found["drifts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(path: Path, at: str, drifts: Iterable[Drift]) -> None:
    """Keeps what counts of `drifts`, in one step. Where nothing may be written the next audit compares with nothing."""
    rows = [(each.kind.value, each.severity.value, each.id, each.type, _path(each)) for each in _counting(drifts)]
    text = json.dumps({"format": FORMAT, "at": at, "drifts": rows})
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)


def since(last: Reported | None, drifts: Iterable[Drift]) -> SinceLast | None:
    """What moved since `last`; None without one. What cannot be read now is not resolved."""
    if last is None:
        return None
    all_ = tuple(drifts)
    before, now = {_key(each): each for each in last.drifts}, {_key(each): each for each in _counting(all_)}
    unread = {each.id.lower() for each in all_ if each.kind is DriftKind.UNREAD}
    new = tuple(each for key, each in now.items() if key not in before)
    resolved = tuple(each for key, each in before.items() if key not in now and each.id.lower() not in unread)
    return SinceLast(last.at, new, resolved)


def _counting(drifts: Iterable[Drift]) -> list[Drift]:
    return [each for each in drifts if each.counts and each.kind is not DriftKind.UNREAD]


def _key(drift: Drift) -> Key:
    return drift.kind, drift.id.lower(), _path(drift).lower()


def _path(drift: Drift) -> str:
    return drift.change.path if drift.change else ""


def _drift(kind: str, severity: str, id: str, type_: str, path: str) -> Drift:
    return Drift(DriftKind(kind), Severity(severity), id, type_, Change(path) if path else None)
