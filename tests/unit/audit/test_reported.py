"""What the next audit knows of the last one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.audit.reported import load, save, since
from azkeep.model.drift import Drift, DriftKind, Severity
from azkeep.model.plan import Change

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
AT = "2026-11-22T08:00:00Z"


def drift(name: str, kind: DriftKind = DriftKind.DECLARED, path: str = "/tags/a", ignored: str = "") -> Drift:
    change = Change(path, "the old value", "the new value") if kind is DriftKind.DECLARED else None
    return Drift(kind, Severity.LOW, f"{GROUP}/providers/A.B/c/{name}", "A.B/c", change, ignored=ignored)


def test_what_came_and_what_went(tmp_path: Path) -> None:
    """By kind, id in any case, and property; what is unread now is not resolved, what is ignored does not count."""
    file = tmp_path / "recorded" / "dev.reported.json"
    save(file, AT, (drift("a"), drift("b"), drift("c"), drift("d", DriftKind.MISSING), drift("e", ignored="known")))
    assert "value" not in file.read_text()
    now = (drift("A"), drift("a", path="/tags/b"), drift("c", DriftKind.UNREAD), drift("e"))
    moved = since(load(file), now)
    assert moved is not None
    assert moved.at == AT
    assert [(each.id.rsplit("/", 1)[-1], each.change and each.change.path) for each in moved.new] == [
        ("a", "/tags/b"),
        ("e", "/tags/a"),
    ]
    assert [(each.id.rsplit("/", 1)[-1], each.kind) for each in moved.resolved] == [
        ("b", DriftKind.DECLARED),
        ("d", DriftKind.MISSING),
    ]


def test_a_first_audit_compares_with_nothing(tmp_path: Path) -> None:
    """No file, or a folder where it cannot be written."""
    assert since(load(tmp_path / "none.json"), (drift("a"),)) is None
    (tmp_path / "file").write_text("")
    save(tmp_path / "file" / "below.json", AT, (drift("a"),))
    assert load(tmp_path / "file" / "below.json") is None


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reported") / "dev.reported.json"


@given(text=st.one_of(st.text(), st.just('{"format": 1, "at": "", "drifts": [["x"]]}'), st.just("[]")))
def test_whatever_stands_there_is_no_error(file: Path, text: str) -> None:
    """A damaged file is as good as none."""
    file.write_text(text, encoding="utf-8", errors="replace")
    assert load(file) is None
