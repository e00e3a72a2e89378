"""A local cloud as it was, kept and put back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, deployer, error

from azkeep.emulator import control
from azkeep.errors import UsageError
from azkeep.testing import emulator


def test_file_elsewhere_is_restored_where_it_was_taken(tmp_path: Path) -> None:
    """A file of mode 0600 holds the whole cloud, and counts what somebody made."""
    file = tmp_path / "base.snapshot"
    with emulator(tmp_path / "store") as ready, deployer(ready) as arm:
        group = arm.group("kept")
        taken = control.snapshot(tmp_path / "store", str(file))
        assert (taken.file, taken.resources) == (file, 1)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        arm.send("DELETE", group, version=GROUPS_VERSION)
    assert control.restore(tmp_path / "store", str(file)).resources == 1
    with emulator(tmp_path / "store") as ready, deployer(ready) as arm:
        assert arm.send("GET", group, version=GROUPS_VERSION).status_code == 200
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_restore_can_be_taken_back(tmp_path: Path) -> None:
    """The present is kept first, and putting that back swaps the two."""
    control.ensure_principal(tmp_path, "first", "Reader")
    control.snapshot(tmp_path, "base")
    control.ensure_principal(tmp_path, "second", "Reader")
    control.restore(tmp_path, "base")
    assert [each.name for each in control.principals(tmp_path)] == ["azkeep-deployer", "first"]
    assert {each.name for each in control.snapshots(tmp_path)} == {"base", "before-restore"}
    control.restore(tmp_path, "before-restore")
    assert [each.name for each in control.principals(tmp_path)] == ["azkeep-deployer", "first", "second"]


def test_how_a_cloud_is_served_is_not_in_a_snapshot(tmp_path: Path) -> None:
    """Faults declared when it was taken do not come back, and those of now stay."""
    refused = control.Fault("PUT", "/now", status=503, code="Now", times=-1)
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        control.declare_faults(tmp_path, control.Fault("PUT", "/then", status=500, code="Then", times=-1))
        control.snapshot(tmp_path, "stormy")
        control.declare_faults(tmp_path, refused)
        control.restore(tmp_path, "stormy")
        assert arm.group("then")
        answer = arm.send("PUT", f"{arm.subscription}/resourceGroups/now", {"location": "westeurope"})
        assert error(answer)[:2] == (503, "Now")


@pytest.mark.parametrize("content", [b"", b"not a database " * 600])
def test_other_file_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    """What is no snapshot is neither restored nor written over."""
    control.ensure_principal(tmp_path / "store", "someone", "Reader")
    file = tmp_path / "notes.snapshot"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="no snapshot of a local cloud"):
        control.restore(tmp_path / "store", str(file))
    with pytest.raises(UsageError, match="no snapshot of a local cloud"):
        control.snapshot(tmp_path / "store", str(file))
    assert file.read_bytes() == content
    assert [each.name for each in control.principals(tmp_path / "store")] == ["azkeep-deployer", "someone"]


def test_snapshot_of_another_cloud_is_refused(tmp_path: Path) -> None:
    """Its secrets are sealed with a key that this cloud does not have, which is said."""
    control.ensure_principal(tmp_path / "theirs", "someone", "Reader")
    file = control.snapshot(tmp_path / "theirs", str(tmp_path / "theirs.snapshot")).file
    with pytest.raises(UsageError, match="made in another local cloud"):
        control.restore(tmp_path / "ours", str(file))
    assert [each.name for each in control.principals(tmp_path / "ours")] == ["azkeep-deployer"]


def test_snapshot_in_no_folder_is_refused(tmp_path: Path) -> None:
    """A file whose folder does not exist is told before anything is written."""
    with pytest.raises(UsageError, match="its folder does not exist"):
        control.snapshot(tmp_path, str(tmp_path / "absent" / "base.snapshot"))
