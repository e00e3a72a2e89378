"""The recovery campaign: one seed is one run that is killed, and what must be true after the run that follows it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.emulator.store import DATABASE
from azkeep.engine.state import from_checkpoint
from tests.engine.command import Azkeep

STACK = "killed"
GROUP = "kill-rg"
PROGRAM = """
import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup(
    "group", resource_group_name="kill-rg", location="westeurope", tags={"zone": "one"}
)
here = {"resource_group_name": group.name, "location": "westeurope"}
space = {"address_prefixes": ["10.0.0.0/16"]}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name="kill-vnet", address_space=space, **here)
for number in range(4):
    azure.network.Subnet(
        f"subnet{number}",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        subnet_name=f"subnet{number}",
        address_prefix=f"10.0.{number}.0/24",
    )
azure.network.NetworkSecurityGroup("rules", network_security_group_name="kill-nsg", tags={"tier": "gold"}, **here)
azure.storage.StorageAccount("store", account_name="killstore", kind="StorageV2", sku={"name": "Standard_LRS"}, **here)
# Named by the engine: whoever forgets them makes them twice.
for number in range(3):
    azure.network.RouteTable(f"table{number}", **here)
"""
NAMES = {"group", "vnet", *(f"subnet{number}" for number in range(4)), "rules", "store"} | {
    f"table{number}" for number in range(3)
}
JOBS: Mapping[str, tuple[str, ...]] = {
    "apply": ("apply", STACK, "--yes"),
    "destroy": ("destroy", STACK, "--yes"),
    "fix": ("audit", STACK, "--fix", "--yes"),
}
WRITES = {"apply": len(NAMES), "destroy": len(NAMES), "fix": 3}
VICTIMS = ("engine", "azkeep", "azkeep and engine", "emulator")
EARLY_SECONDS = 2.5
JITTER_SECONDS = 0.15
POLL_SECONDS = 0.005
END_SECONDS = 90.0
FOREIGN_WRITES = (
    ("edit", f"/resourceGroups/{GROUP}", "tags.zone=two"),
    ("edit", f"/resourceGroups/{GROUP}/providers/Microsoft.Network/networkSecurityGroups/kill-nsg", "tags.tier=lead"),
    ("delete", f"/resourceGroups/{GROUP}/providers/Microsoft.Network/virtualNetworks/kill-vnet/subnets/subnet2"),
)


@dataclass(frozen=True)
class Moment:
    """What dies when: `victim` of `job`, so many seconds after its `writes`-th write (its start for none)."""

    job: str
    victim: str
    writes: int
    pause: float

    def __str__(self) -> str:
        return f"{self.victim} of {self.job}, {self.pause:.2f} s after write {self.writes}"


def moment(seed: int) -> Moment:
    """The moment of a seed: jobs and victims in turn, the rest by chance."""
    chance = random.Random(seed)
    job, victim = list(JOBS)[seed % len(JOBS)], VICTIMS[seed // len(JOBS) % len(VICTIMS)]
    writes = chance.randint(0, WRITES[job])
    return Moment(job, victim, writes, chance.uniform(0, JITTER_SECONDS if writes else EARLY_SECONDS))


def lay(folder: Path) -> None:
    """A project with the campaign's stack in `folder`."""
    stack = folder / STACK
    stack.mkdir()
    (folder / "azkeep.yaml").write_text("", encoding="utf-8")
    (stack / "Pulumi.yaml").write_text(f"name: {STACK}\nruntime: python\n", encoding="utf-8")
    (stack / "Pulumi.dev.yaml").write_text("config:\n  azkeep:cloud: local\n", encoding="utf-8")
    (stack / "__main__.py").write_text(PROGRAM, encoding="utf-8")


@dataclass(frozen=True)
class Estate:
    """What the cloud and the state of a project hold, read without azkeep."""

    folder: Path

    def live(self) -> dict[str, str]:
        """Id in lower case → an identity that a resource keeps for as long as it lives."""
        return {row[0].lower(): row[1] for row in self._rows("SELECT id, instance FROM resources")}

    def body(self, ending: str) -> dict[str, Any]:
        """The document of the one resource whose id ends so."""
        (row,) = self._rows("SELECT body FROM resources WHERE lower(id) LIKE ?", f"%{ending.lower()}")
        found: dict[str, Any] = json.loads(row[0])
        return found

    def writes(self) -> int:
        """Events of the activity log so far."""
        return int(self._rows("SELECT count(*) FROM activity")[0][0]) if self.is_laid_out else 0

    def recorded(self) -> dict[str, str]:
        """Id in lower case → name of every Azure resource in the state; nothing in it is pending."""
        path = self.folder / f".azkeep/local/state/.pulumi/stacks/{STACK}/dev.json"
        state = from_checkpoint(json.loads(path.read_text(encoding="utf-8")))
        assert state.pending == ()
        return {found.id.lower(): found.name for found in state.managed if found.id and found.id.startswith("/")}

    @property
    def is_laid_out(self) -> bool:
        """False before a cloud was served at all."""
        return self._database.exists() and bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'activity'"))

    @property
    def _database(self) -> Path:
        return self.folder / ".azkeep" / "local" / "store" / DATABASE

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=rw", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()


def interrupt(azkeep: Azkeep, chosen: Moment) -> None:
    """Starts the job, kills the victim at its moment, and waits until what is left has ended."""
    estate = Estate(azkeep.folder)
    before = estate.writes()
    process = azkeep.start(*JOBS[chosen.job])
    ends = time.monotonic() + END_SECONDS
    while chosen.writes and estate.writes() < before + chosen.writes and process.poll() is None:
        assert time.monotonic() < ends, "the job never wrote"
        time.sleep(POLL_SECONDS)
    time.sleep(chosen.pause)
    children = {
        "engine": _children(process.pid, "-x", "pulumi"),
        "emulator": _children(process.pid, "-f", "azkeep.emulator"),
    }
    if "azkeep" in chosen.victim:
        process.kill()
    for name, pids in children.items():
        if name in chosen.victim:
            _kill(pids)
    process.communicate(timeout=END_SECONDS)
    _wait_for([pid for pids in children.values() for pid in pids])


def _children(parent: int, *how: str) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(parent), *how], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _wait_for(pids: list[int]) -> None:
    """An engine that outlived azkeep gives up by itself once its program and its provider are gone."""
    ends = time.monotonic() + END_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < ends, "a process outlived its run"
        time.sleep(0.05)
