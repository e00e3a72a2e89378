"""The history of runs."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

from azkeep.engine.history import append, read
from azkeep.model.report import Run

FIRST = Run(datetime(2026, 1, 1, tzinfo=UTC), "apply", "succeeded", user="ada", summary={"create": 3}, seconds=1.5)
SECOND = Run(datetime(2026, 1, 2, tzinfo=UTC), "destroy", "interrupted", plan_digest="abc", dirty=True)


def test_runs_are_read_newest_first(tmp_path: Path) -> None:
    """Each append is one line; what a record holds beyond a Run does not disturb reading."""
    path = tmp_path / "history" / "dev.jsonl"
    append(path, FIRST, verdicts={"fail": 0})
    append(path, SECOND)
    assert read(path) == (SECOND, FIRST)
    assert read(path, limit=1) == (SECOND,)
    assert len(path.read_text().splitlines()) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_line_hides_only_itself(tmp_path: Path) -> None:
    """A line that a full disk cut off is left out."""
    path = tmp_path / "dev.jsonl"
    append(path, FIRST)
    path.write_text(path.read_text() + '{"at": "2026\n[]\n{}\n')
    assert read(path) == (FIRST,)
    assert read(tmp_path / "none") == ()
