"""Two azkeep processes at once: on one stack, on one local cloud, one that changes and one that looks.

A process that serves the local cloud for itself is started by each, so that two servers share one store.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from azkeep.emulator.control import Fault, declare_faults, end_operations
from azkeep.emulator.store import DATABASE
from azkeep.engine.state import State, from_checkpoint
from azkeep.errors import EXIT_OK
from tests.engine.command import Azkeep, Done
from tests.engine.fire import is_clear

PROGRAM = """
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("group", resource_group_name="{name}-rg", location="westeurope")
here = {{"resource_group_name": group.name, "location": "westeurope"}}
space = {{"address_prefixes": ["10.0.0.0/16"]}}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name="{name}-vnet", address_space=space, **here)
# Named by the engine: whoever makes them twice makes two.
for number in range(3):
    azure.network.RouteTable(f"table{{number}}", **here)
"""
MORE = 'azure.network.RouteTable("more", **here)\n'
NAMES = {"group", "vnet", "table0", "table1", "table2"}
PATIENCE = 120.0


@pytest.fixture
def stacks(azkeep: Azkeep, write_stack: Callable[..., Path]) -> Path:
    """Two stacks of one project, and so with one local cloud, which neither has used yet."""
    (azkeep.folder / "azkeep.yaml").write_text("", encoding="utf-8")
    for name in ("left", "right"):
        write_stack(name, PROGRAM.format(name=name))
    return azkeep.folder


def apply(name: str, *options: str) -> tuple[str, ...]:
    return ("apply", name, "--yes", "--format", "json", *options)


def together(azkeep: Azkeep, *commands: tuple[str, ...]) -> list[Done]:
    """Starts all commands at once; how each ended, in their order."""
    running = [azkeep.start(*command) for command in commands]
    said = [each.communicate(timeout=PATIENCE) for each in running]
    done = [Done(each.returncode, *texts) for each, texts in zip(running, said, strict=True)]
    for each in done:
        is_clear(each)
    return done


def made(folder: Path, name: str) -> set[str]:
    """Ids in lower case of what the cloud holds of the stack called `name`."""
    with closing(sqlite3.connect(folder / ".azkeep" / "local" / "store" / DATABASE)) as database:
        rows = database.execute("SELECT lower(id) FROM resources WHERE lower(id) LIKE ?", (f"%/{name}-rg%",))
        return {str(id) for (id,) in rows}


def state_of(folder: Path, name: str) -> State:
    """What the engine has recorded of the stack."""
    path = folder / ".azkeep" / "local" / "state" / ".pulumi" / "stacks" / name / "dev.json"
    return from_checkpoint(json.loads(path.read_text(encoding="utf-8")))


def is_whole(folder: Path, name: str) -> None:
    """Asserts that all of the stack is there, once, and that the state knows all of it."""
    state = state_of(folder, name)
    recorded = [found for found in state.managed if found.id and found.id.startswith("/")]
    assert state.pending == ()
    assert sorted(found.name for found in recorded) == sorted(NAMES)
    assert {str(found.id).lower() for found in recorded} == made(folder, name)


def test_applies_at_once_on_a_cloud_that_nobody_has_used(azkeep: Azkeep, stacks: Path) -> None:
    """Two of one stack: one works, the other says who holds it, or waits its turn and finds nothing to do. Another
    stack is made beside them, by a server of its own. Nothing is made twice or forgotten."""
    hasty, patient, other = together(azkeep, apply("left"), apply("left", "--lock-timeout", "90"), apply("right"))
    assert [patient.code, other.code] == [EXIT_OK, EXIT_OK]
    if hasty.code:
        assert "stack dev is held by" in hasty.err
        assert "--lock-timeout" in hasty.err
    else:
        created = [each.document["summary"]["create"] for each in (hasty, patient)]
        assert sorted(created) == [0, len(NAMES)]
    is_whole(stacks, "left")
    is_whole(stacks, "right")


def test_an_audit_beside_an_apply(azkeep: Azkeep, stacks: Path) -> None:
    """What the apply has made and not recorded yet is no finding, nor is what it is changing: that is unread."""
    azkeep(*apply("left"))
    program = stacks / "left" / "__main__.py"
    program.write_text(program.read_text().replace('"left-vnet"', '"left-vnet", tags={"a": "b"}') + MORE)
    store = stacks / ".azkeep" / "local" / "store"
    endless = Fault("PUT", "/(routeTables|virtualNetworks)/", 200, code="", times=2, operation="hangs")
    declare_faults(store, endless)
    applying = azkeep.start(*apply("left"))
    ends = time.monotonic() + PATIENCE
    while len(state_of(stacks, "left").pending) < 2 or len(made(stacks, "left")) == len(NAMES):
        assert time.monotonic() < ends
        time.sleep(0.05)
    audit = azkeep("audit", "left", "--format", "json", code=None)
    assert applying.poll() is None, "the apply was over too soon to say anything"
    end_operations(store)
    out, err = applying.communicate(timeout=PATIENCE)
    is_clear(Done(applying.returncode, out, err))
    assert applying.returncode == EXIT_OK
    found = {each["id"].rsplit("/", 1)[-1]: (each["kind"], each["detail"]) for each in audit.document["drifts"]}
    assert found == {"left-vnet": ("unread", "BeingChanged: another azkeep run is changing it at this moment")}
    assert sum(line["unmanaged"] for line in audit.document["census"]) == 0
    assert state_of(stacks, "left").pending == ()
