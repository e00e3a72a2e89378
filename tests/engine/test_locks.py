"""Two at once on one stack: one works, the other says who holds it, or waits."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from azkeep.emulator.control import Fault, activity, declare_faults
from tests.engine.command import Azkeep, operations

PROGRAM = """
import pulumi_azure_native as azure

azure.resources.ResourceGroup("group", resource_group_name="held-rg", location="westeurope")
"""
WAITS = 30.0


@pytest.fixture
def stack(write_stack: Callable[..., Path]) -> Path:
    return write_stack("held", PROGRAM)


@pytest.fixture
def at_work(azkeep: Azkeep, stack: Path) -> Iterator[subprocess.Popen[str]]:
    """An apply that holds the stack for some seconds: its cloud answers late."""
    store = stack / ".azkeep" / "local" / "store"
    declare_faults(store, Fault("PUT", "/resourceGroups/held-rg", status=200, code="", after=True, delay=10.0))
    process = azkeep.start("apply", "held", "--yes")
    ends = time.monotonic() + WAITS
    while not activity(store, limit=1) and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    yield process
    process.kill()
    process.communicate()


def locks(stack: Path) -> list[Path]:
    return list((stack / ".azkeep" / "local" / "state").rglob("locks/**/*.json"))


def lock_of(stack: Path, host: str, pid: int) -> Path:
    """A lock as Pulumi writes it."""
    folder = stack / ".azkeep" / "local" / "state" / ".pulumi" / "locks" / "organization" / "held" / "dev"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "11111111-2222-4333-8444-555555555555.json"
    holder = {"pid": pid, "username": "mallory", "hostname": host, "timestamp": datetime.now(UTC).isoformat()}
    path.write_text(json.dumps(holder))
    return path


def test_the_second_apply_says_who_holds_the_stack(azkeep: Azkeep, stack: Path, at_work: subprocess.Popen[str]) -> None:
    """It fails with exit 1 and names the process; with --lock-timeout it waits and then does its work."""
    refused = azkeep("apply", "held", "--yes", code=1)
    assert f"process {at_work.pid}" in refused.err
    assert "--lock-timeout" in refused.err
    assert f"kill {at_work.pid}" in refused.err

    program = stack / "__main__.py"
    program.write_text(program.read_text() + "azure.resources.ResourceGroup('second', location='westeurope')\n")
    outcome = azkeep.json("apply", "held", "--yes", "--lock-timeout", "60")
    assert at_work.wait(WAITS) == 0
    assert operations(outcome) == {"group": "same", "second": "create"}
    assert locks(stack) == []


def test_a_dead_holders_lock_is_removed_by_itself(azkeep: Azkeep, stack: Path) -> None:
    """The lock of a process of this host that is gone hinders nobody, whether it had made the stack or not."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    for operation in ("create", "same"):
        lock = lock_of(stack, socket.gethostname(), gone.pid)
        assert operations(azkeep.json("apply", "held", "--yes")) == {"group": operation}
        assert not lock.exists()


def test_unlock_shows_and_removes_a_lock(azkeep: Azkeep, stack: Path) -> None:
    """A lock of another host stays until somebody removes it: without --yes it is shown alone."""
    lock = lock_of(stack, "elsewhere.example.com", os.getpid())
    refused = azkeep("apply", "held", "--yes", code=1)
    assert f"mallory@elsewhere.example.com, process {os.getpid()}" in refused.err

    shown = azkeep("unlock", "held", code=1)
    assert "mallory@elsewhere.example.com" in shown.out + shown.err
    assert "--yes" in shown.err
    assert lock.exists()

    removed = azkeep.json("unlock", "held", "--yes")
    assert removed["removed"]["host"] == "elsewhere.example.com"
    assert removed["holders"] == []
    assert not lock.exists()
    assert azkeep.json("unlock", "held")["holders"] == []
    assert operations(azkeep.json("apply", "held", "--yes")) == {"group": "create"}
