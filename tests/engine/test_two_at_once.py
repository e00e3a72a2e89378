"""Two azkeep processes at once: on one stack, on one local cloud, one that changes and one that looks.

A process that serves the local cloud for itself is started by each, so that two servers share one store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from azkeep.emulator.store import DATABASE
from azkeep.errors import EXIT_OK
from tests.engine.command import Azkeep, Done, operations
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


def made(folder: Path, name: str) -> dict[str, int]:
    """Type → number of the resources of the stack called `name` in the cloud."""
    with closing(sqlite3.connect(folder / ".azkeep" / "local" / "store" / DATABASE)) as database:
        rows = database.execute(
            "SELECT type, count(*) FROM resources WHERE lower(id) LIKE ? GROUP BY type", (f"%/{name}-rg%",)
        )
        return {str(kind).rsplit("/", 1)[-1].lower(): int(number) for kind, number in rows}


def is_whole(azkeep: Azkeep, name: str) -> None:
    """Asserts that all of the stack is there once, and that nothing is left to do."""
    assert made(azkeep.folder, name) == {"resourcegroups": 1, "virtualnetworks": 1, "routetables": 3}
    assert operations(azkeep.json("preview", name)) == dict.fromkeys(NAMES, "same")
    assert azkeep.json("audit", name)["drifts"] == []


def test_two_applies_of_one_stack(azkeep: Azkeep, stacks: Path) -> None:
    """One works; the other says who holds the stack, or came when all was done. Nothing is made twice or forgotten."""
    done = together(azkeep, apply("left"), apply("left"))
    refused = [each.err for each in done if each.code]
    assert len(refused) < len(done)
    assert all("stack dev is held by" in err and "--lock-timeout" in err for err in refused)
    is_whole(azkeep, "left")


def test_an_apply_that_waits_for_its_turn(azkeep: Azkeep, stacks: Path) -> None:
    """With --lock-timeout the other one plans when the first is done, and finds nothing to do."""
    done = together(azkeep, apply("left", "--lock-timeout", "60"), apply("left", "--lock-timeout", "60"))
    assert [each.code for each in done] == [EXIT_OK, EXIT_OK]
    assert sorted(each.document["summary"]["create"] for each in done) == [0, len(NAMES)]
    is_whole(azkeep, "left")


def test_two_stacks_on_one_cloud(azkeep: Azkeep, stacks: Path) -> None:
    """Both are made at once, each by a server of its own, on a cloud that neither has used before."""
    done = together(azkeep, apply("left"), apply("right"))
    assert [each.code for each in done] == [EXIT_OK, EXIT_OK]
    is_whole(azkeep, "left")
    is_whole(azkeep, "right")
