"""Locks of the file backend."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from azkeep.engine.locks import clear_dead, describe_age, list_locks, unlock, wait_until_free
from azkeep.errors import StackLocked


@pytest.fixture
def gone() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def write(root: Path, name: str, *, pid: int, host: str = socket.gethostname(), age: float = 60.0) -> Path:
    folder = root / ".pulumi" / "locks" / "organization" / "shop" / "dev"
    folder.mkdir(parents=True, exist_ok=True)
    taken = (datetime.now(UTC) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"pid": pid, "username": "ada", "hostname": host, "timestamp": taken}))
    return path


def test_only_a_dead_process_of_this_host_loses_its_lock(tmp_path: Path, gone: int) -> None:
    """A living process keeps its lock, another host's too; the dead one's goes with its sidecar."""
    dead = write(tmp_path, "dead", pid=gone)
    sidecar = dead.with_name("dead.json.attrs")
    sidecar.touch()
    alive = write(tmp_path, "alive", pid=os.getpid())
    elsewhere = write(tmp_path, "elsewhere", pid=gone, host="another-host")
    removed = clear_dead(f"file://{tmp_path}", "shop", "dev")
    assert [lock.path for lock in removed] == [dead]
    assert not dead.exists()
    assert not sidecar.exists()
    assert alive.exists()
    assert elsewhere.exists()


def test_holder_and_age_are_told_oldest_first(tmp_path: Path) -> None:
    """Nanoseconds are read; what cannot be read is a lock all the same, of nobody known."""
    write(tmp_path, "young", pid=7, host="other", age=5)
    write(tmp_path, "old", pid=8, host="other", age=7300)
    first, second = list_locks(f"file://{tmp_path}", "shop", "dev")
    assert first.holder == "ada@other, process 8, for 2 hours"
    assert second.holder_record.alive is None
    (tmp_path / ".pulumi/locks/organization/shop/dev/broken.json").write_text("{")
    broken = next(lock for lock in list_locks(f"file://{tmp_path}", "shop", "dev") if lock.path.stem == "broken")
    assert (broken.user, broken.taken, broken.is_dead) == ("unknown", None, False)


def test_waiting_ends_with_the_holders_name(tmp_path: Path, gone: int) -> None:
    """A free or dead lock does not hold; a live one raises after the time given, naming who."""
    write(tmp_path, "dead", pid=gone)
    wait_until_free(f"file://{tmp_path}", "shop", "dev")
    lock = write(tmp_path, "alive", pid=os.getpid())
    with pytest.raises(StackLocked, match=f"ada@.*process {os.getpid()}"):
        wait_until_free(f"file://{tmp_path}", "shop", "dev", timeout=0.1)
    assert unlock(list_locks(f"file://{tmp_path}", "shop", "dev")[0])
    assert not lock.exists()
    wait_until_free(f"file://{tmp_path}", "shop", "dev")


def test_unlock_of_a_lock_that_is_gone(tmp_path: Path) -> None:
    """Removing what another has removed is no error."""
    path = write(tmp_path, "one", pid=os.getpid())
    (lock,) = list_locks(f"file://{tmp_path}", "shop", "dev")
    path.unlink()
    assert unlock(lock) is False


def test_other_backends_have_no_lock_files() -> None:
    """Their locks are told by the engine itself."""
    assert list_locks("azblob://state", "shop", "dev") == ()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 seconds"), (1, "1 second"), (60, "1 minute"), (7199, "1 hour"), (200000, "2 days")]
)
def test_ages(seconds: float, text: str) -> None:
    """The largest whole unit."""
    assert describe_age(seconds) == text
