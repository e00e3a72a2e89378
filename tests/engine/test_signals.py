"""Ctrl-C, SIGTERM and what follows: the exit code, what was done, and that the next run goes on from there.

Signals go to azkeep's whole process group, as a terminal sends them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from azkeep.emulator.control import Fault, declare_faults
from tests.engine.command import Azkeep, operations

COUNT = 4
PROGRAM = f"""
import pulumi_azure_native as azure

for number in range({COUNT}):
    azure.resources.ResourceGroup(f"group{{number}}", resource_group_name=f"slow-{{number}}", location="westeurope")
"""
NAMES = {f"group{number}" for number in range(COUNT)}
PATIENCE = 12.0
"""Far less than an operation takes that is not waited for, more than an end takes on a busy machine."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str
    seconds: float

    @property
    def done(self) -> set[str]:
        """Names of the resources whose step is done."""
        document: dict[str, Any] = json.loads(self.out)
        return {step["name"] for step in document["steps"] if step["status"] == "done"}


@pytest.fixture
def slow(azkeep: Azkeep, write_stack: Callable[..., Path], once: Callable[[Callable[[], None]], None]) -> Path:
    """A stack of resource groups whose cloud has been made."""

    def preview() -> None:
        write_stack("slow", PROGRAM)
        azkeep("preview", "slow")

    once(preview)
    return azkeep.folder / "slow"


def answer_late(folder: Path, method: str, seconds: float) -> None:
    """The cloud carries out the first request at once, and answers the others so many seconds after that."""
    quick = Fault(method, "/resourceGroups/slow-", status=200, code="", times=1, after=True)
    late = Fault(method, "/resourceGroups/slow-", status=200, code="", times=COUNT, after=True, delay=seconds)
    declare_faults(folder / ".azkeep" / "local" / "store", quick, late)


def send(process: subprocess.Popen[str], number: signal.Signals, times: int) -> float:
    """Sends the signal so many times, as fast as somebody presses keys; when the first was sent."""
    began = time.monotonic()
    for press in range(times):
        if press:
            time.sleep(0.6)
        os.killpg(process.pid, number)
    return began


def interrupted(process: subprocess.Popen[str], after: str, number: signal.Signals, times: int) -> Ended:
    """How the process ends after signals that are sent half a second after a line with `after` is on its stderr."""
    assert process.stderr is not None
    assert process.stdout is not None
    with process.stderr, process.stdout:
        heard = ""
        while after not in heard:
            line = process.stderr.readline()
            assert line, f"it ended before: {heard}"
            heard += line
        time.sleep(0.5)
        began = send(process, number, times)
        heard += process.stderr.read()
        out = process.stdout.read()
        code = process.wait(60)
    return Ended(code, out, heard, time.monotonic() - began)


def still_running(folder: Path) -> list[str]:
    """Command lines of processes that work in `folder` or were told of it, a moment later."""
    time.sleep(0.5)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = (process / "cwd").readlink()
        except OSError:
            continue
        if int(process.name) != os.getpid() and (place.is_relative_to(folder) or str(folder) in line):
            found.append(line)
    return found


@contextmanager
def nothing_left(folder: Path) -> Iterator[None]:
    yield
    if Path("/proc/self").exists():
        assert still_running(folder) == []


def test_the_first_ctrl_c_lets_what_runs_finish(azkeep: Azkeep, slow: Path) -> None:
    """Nothing further is begun, the operation under way is waited for and recorded, and azkeep ends with 130."""
    answer_late(slow, "PUT", 3.0)
    process = azkeep.start("apply", "slow", "--yes", "--parallel", "1", "--format", "json")
    with nothing_left(azkeep.folder):
        ended = interrupted(process, "created", signal.SIGINT, 1)
    assert ended.code == 130
    assert "nothing new begins" in ended.err
    assert len(ended.done) == 2

    declare_faults(slow / ".azkeep" / "local" / "store")
    again = operations(azkeep.json("apply", "slow", "--yes"))
    assert {name for name, operation in again.items() if operation == "same"} == ended.done
    assert operations(azkeep.json("preview", "slow")) == dict.fromkeys(NAMES, "same")


@pytest.mark.parametrize(("number", "times"), [(signal.SIGINT, 2), (signal.SIGINT, 3), (signal.SIGTERM, 1)])
def test_who_does_not_wait_may_go(azkeep: Azkeep, slow: Path, number: signal.Signals, times: int) -> None:
    """A second Ctrl-C interrupts the engine, a third kills it, SIGTERM does not wait at all: 130 each time, long
    before the cloud answers. The resource that was under way is taken over by the next apply, not made again."""
    answer_late(slow, "PUT", 60.0)
    process = azkeep.start("apply", "slow", "--yes", "--parallel", "1", "--format", "json")
    with nothing_left(azkeep.folder):
        ended = interrupted(process, "created", number, times)
    assert ended.code == 130
    assert ended.seconds < PATIENCE
    assert len(ended.done) == 1

    declare_faults(slow / ".azkeep" / "local" / "store")
    again = operations(azkeep.json("apply", "slow", "--yes"))
    assert {name for name, operation in again.items() if operation == "same"} >= ended.done
    assert sorted(again.values())[:2] == ["create", "create"]
    assert "create" not in sorted(again.values())[2:]
    assert operations(azkeep.json("preview", "slow")) == dict.fromkeys(NAMES, "same")


def test_an_interrupted_destroy_goes_on(azkeep: Azkeep, slow: Path) -> None:
    """Ctrl-C in a destroy ends with 130, and the next one removes the rest."""
    azkeep("apply", "slow", "--yes")
    answer_late(slow, "DELETE", 60.0)
    process = azkeep.start("destroy", "slow", "--yes", "--parallel", "1", "--format", "json")
    with nothing_left(azkeep.folder):
        ended = interrupted(process, "deleted", signal.SIGINT, 2)
    assert ended.code == 130
    assert ended.seconds < PATIENCE

    declare_faults(slow / ".azkeep" / "local" / "store")
    azkeep("destroy", "slow", "--yes")
    assert azkeep.json("preview", "slow")["summary"]["create"] == COUNT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_preview_changes_nothing(
    azkeep: Azkeep, write_stack: Callable[..., Path], number: signal.Signals
) -> None:
    """It ends at once with 130, leaves no process, no lock and no run behind, and no plan file."""
    folder = write_stack("waiting", "import time\nprint('the program begins')\ntime.sleep(60)\n")
    process = azkeep.start("preview", "waiting", "--out", "late.plan")
    with nothing_left(azkeep.folder):
        ended = interrupted(process, "the program begins", number, 1)
    assert (ended.code, ended.out) == (130, "")
    assert ended.seconds < PATIENCE
    assert "Traceback" not in ended.err
    assert not (azkeep.folder / "late.plan").exists()
    assert list((folder / ".azkeep" / "local" / "runs").iterdir()) == []
    assert list((folder / ".azkeep" / "local" / "state").rglob("locks/**/*.json")) == []
