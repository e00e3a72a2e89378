"""The recovery campaign: one seed is one run that is killed or meets faults, and the estate that it leaves."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.emulator.injected import NEVER_SECONDS
from azkeep.emulator.store import DATABASE
from azkeep.engine.state import from_checkpoint
from tests.engine.command import Azkeep, Done
from tests.engine.fire import NO_FIRE, Fire, drawn, light, put_out

STACK = "killed"
GROUP = "kill-rg"
PROGRAM = """
import pulumi
import pulumi_azure_native as azure

tenant = azure.authorization.get_client_config_output().tenant_id
group = azure.resources.ResourceGroup(
    "group", resource_group_name="kill-rg", location="westeurope", tags={"zone": "one"}
)
here = {"resource_group_name": group.name, "location": "westeurope"}
space = {"address_prefixes": ["10.0.0.0/16"]}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name="kill-vnet", address_space=space, **here)
for number in range(2):
    azure.network.Subnet(
        f"subnet{number}",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        subnet_name=f"subnet{number}",
        address_prefix=f"10.0.{number}.0/24",
    )
azure.network.NetworkSecurityGroup("rules", network_security_group_name="kill-nsg", tags={"tier": "gold"}, **here)
# Named by the engine: whoever forgets them makes them twice.
for number in range(2):
    azure.network.RouteTable(f"table{number}", **here)
store = azure.storage.StorageAccount(
    "store", account_name="killstore", kind="StorageV2", sku={"name": "Standard_LRS"}, **here
)
rules = {"tenant_id": tenant, "sku": {"family": "A", "name": "standard"}, "enable_rbac_authorization": True}
vault = azure.keyvault.Vault("vault", vault_name="kill-kv", properties=rules, **here)
insights = azure.applicationinsights.Component("insights", resource_name_="kill-appi", kind="web", **here)
workspace = azure.machinelearningservices.Workspace(
    "workspace",
    workspace_name="kill-mlw",
    identity={"type": "SystemAssigned"},
    storage_account=store.id,
    key_vault=vault.id,
    application_insights=insights.id,
    **here,
)
inside = {"resource_group_name": group.name, "workspace_name": workspace.name, "location": "westeurope"}
azure.authorization.RoleAssignment(
    "role",
    role_assignment_name="0a0a0a0a-1b1b-4c2c-8d3d-4e4e4e4e4e4e",
    scope=group.id,
    principal_id=workspace.identity.principal_id,
    principal_type="ServicePrincipal",
    role_definition_id="/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
)
azure.machinelearningservices.Compute(
    "cluster",
    compute_name="kill-cluster",
    # Keys of a dict that may be one of several types reach the oldest SDK's wire as they are written here.
    properties={
        "computeType": "AmlCompute",
        "properties": {
            "vmSize": "Standard_DS3_v2",
            "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 2},
        },
    },
    **inside,
)
endpoint = azure.machinelearningservices.OnlineEndpoint(
    "endpoint",
    endpoint_name="kill-endpoint",
    properties={"auth_mode": "Key"},
    identity={"type": "SystemAssigned"},
    **inside,
)
azure.machinelearningservices.OnlineDeployment(
    "deployment",
    endpoint_name=endpoint.name,
    deployment_name="blue",
    sku={"name": "Default", "capacity": 1},
    properties={
        "endpointComputeType": "Managed",
        "instanceType": "Standard_DS3_v2",
        "model": "azureml://registries/azureml/models/scoring/versions/1",
        "environmentId": "azureml://registries/azureml/environments/scoring/versions/1",
    },
    **inside,
)
"""
ENGINE_NAMED = ("table0", "table1")
BY_SERVICES = re.compile(r"/(default|datastores/[^/]+|shares/[^/]+|containers/[^/]+)$")
NAMES = {
    *("group", "vnet", "subnet0", "subnet1", "rules", "store", "vault", "insights", "workspace", "role", "cluster"),
    *("endpoint", "deployment", *ENGINE_NAMED),
}
JOBS: Mapping[str, tuple[str, ...]] = {
    "apply": ("apply", STACK, "--yes", "--format", "json"),
    "destroy": ("destroy", STACK, "--yes", "--format", "json"),
    "fix": ("audit", STACK, "--fix", "--yes", "--format", "json"),
    "audit": ("audit", STACK, "--format", "json"),
}
CHANGING = ("apply", "destroy", "fix")
WRITES = {"apply": len(NAMES), "destroy": len(NAMES), "fix": 3, "audit": 0}
VICTIMS = ("engine", "azkeep", "azkeep and engine", "emulator")
NOBODY = "nobody"
EARLY_SECONDS = 2.5
JITTER_SECONDS = 0.15
PATIENCE_SECONDS = 0.5
"""What hangs is left alone for so long before it is told to stop."""
POLL_SECONDS = 0.005
END_SECONDS = 120.0
FOREIGN_WRITES = (
    ("edit", f"/resourceGroups/{GROUP}", "tags.zone=two"),
    ("edit", f"/resourceGroups/{GROUP}/providers/Microsoft.Network/networkSecurityGroups/kill-nsg", "tags.tier=lead"),
    ("delete", f"/resourceGroups/{GROUP}/providers/Microsoft.Network/virtualNetworks/kill-vnet/subnets/subnet1"),
)


@dataclass(frozen=True)
class Case:
    """What dies when, and what the cloud is like: `victim` of `job`, so many seconds after its `writes`-th write (its
    start for none). One that hangs is told to stop."""

    job: str
    victim: str
    writes: int
    pause: float
    fire: Fire = NO_FIRE

    def __str__(self) -> str:
        if self.victim == NOBODY:
            return f"{self.job}; {self.fire}"
        when = f"{self.victim} of {self.job}, {self.pause:.2f} s after write {self.writes}"
        return f"{when}; {self.fire}" if self.fire.faults else when


def killed(seed: int) -> Case:
    """The case of a seed in which something dies: jobs and victims in turn, the rest by chance; every other one in a
    cloud with faults."""
    chance = random.Random(seed)
    job, victim = CHANGING[seed % len(CHANGING)], VICTIMS[seed // len(CHANGING) % len(VICTIMS)]
    writes = chance.randint(0, WRITES[job])
    pause = chance.uniform(0, JITTER_SECONDS if writes else EARLY_SECONDS)
    return Case(job, victim, writes, pause, drawn(job, seed) if chance.random() < 0.5 else NO_FIRE)


def burning(seed: int) -> Case:
    """The case of a seed in which only the cloud is at fault: all jobs in turn."""
    job = list(JOBS)[seed % len(JOBS)]
    return Case(job, NOBODY, 0, 0.0, drawn(job, seed))


def lay(folder: Path) -> None:
    """A project with the campaign's stack in `folder`."""
    stack = folder / STACK
    stack.mkdir()
    (folder / "azkeep.yaml").write_text("", encoding="utf-8")
    (stack / "Pulumi.yaml").write_text(f"name: {STACK}\nruntime: python\n", encoding="utf-8")
    (stack / "Pulumi.dev.yaml").write_text("config:\n  azkeep:cloud: local\n", encoding="utf-8")
    (stack / "__main__.py").write_text(PROGRAM, encoding="utf-8")


def change(folder: Path, azkeep: Azkeep) -> None:
    """A foreign hand does its writes to the applied stack in `folder`."""
    (group,) = (id for id in Estate(folder).recorded() if id.endswith(f"/resourcegroups/{GROUP}"))
    subscription = group.rsplit("/resourcegroups/", 1)[0]
    for verb, id, *values in FOREIGN_WRITES:
        azkeep("local", verb, subscription + id, *values, "--as", "mallory@example.com")


@dataclass(frozen=True)
class Estate:
    """What the cloud and the state of a project hold, read without azkeep."""

    folder: Path

    def live(self) -> dict[str, str]:
        """Id in lower case → an identity that a resource keeps for as long as it lives."""
        return {row[0].lower(): row[1] for row in self._rows("SELECT id, instance FROM resources")}

    def made(self) -> set[str]:
        """Ids in lower case of what stands in the stack's group, without what services make for themselves."""
        return {id for id in self.live() if f"/resourcegroups/{GROUP}" in id and not BY_SERVICES.search(id)}

    def acknowledged(self) -> dict[str, str]:
        """The same of what the cloud has said is made: not of what an operation has failed on, or will."""
        if not self.is_laid_out:
            return {}
        failed = {key for (key,) in self._rows("SELECT key FROM operations JOIN operation_failures USING (id)")}
        return {id: instance for id, instance in self.live().items() if id not in failed}

    def broken(self) -> set[str]:
        """Ids in lower case of what an operation has left in the state Failed."""
        state = "json_extract(body, '$.properties.provisioningState')"
        return {id.lower() for (id,) in self._rows(f"SELECT id FROM resources WHERE {state} = 'Failed'")}

    def hangs(self) -> bool:
        """True while an operation runs that was declared never to end."""
        far = time.time() + NEVER_SECONDS / 2
        return self.is_laid_out and bool(self._rows("SELECT 1 FROM operations WHERE ends > ?", far))

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

    def is_whole(self) -> None:
        """Asserts that the state knows everything that is there, once, that nothing is missing, and nothing failed."""
        recorded = self.recorded()
        assert set(recorded.values()) == NAMES
        assert len(recorded) == len(NAMES)
        assert set(recorded) == self.made()
        assert self.broken() == set()

    @property
    def is_laid_out(self) -> bool:
        """False before a cloud was served at all."""
        return self._database.exists() and bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'activity'"))

    @property
    def store(self) -> Path:
        """The folder of the project's local cloud."""
        return self.folder / ".azkeep" / "local" / "store"

    @property
    def _database(self) -> Path:
        return self.store / DATABASE

    def _rows(self, query: str, *values: str | float) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=rw", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()


def run(azkeep: Azkeep, case: Case) -> Done:
    """How the job of a case ended, after everything that it had started has ended, and the fire is out."""
    estate = Estate(azkeep.folder)
    light(estate.store, case.fire)
    process = azkeep.start(*JOBS[case.job])
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(process.communicate)
        children = _strike(process, case, estate)
        out, err = ended.result(END_SECONDS)
    _wait_for(children)
    put_out(estate.store)
    return Done(process.returncode, out, err)


def _strike(process: subprocess.Popen[str], case: Case, estate: Estate) -> list[int]:
    """Ends what the case says at its moment, or what hangs; the children that the process had then."""
    is_reached = _wait_for_moment(process, case, estate)
    time.sleep(case.pause if is_reached else PATIENCE_SECONDS)
    children = {
        "engine": _children(process.pid, "-x", "pulumi"),
        "emulator": _children(process.pid, "-f", "azkeep.emulator"),
    }
    if not is_reached and process.poll() is None:
        process.terminate()
    if is_reached and "azkeep" in case.victim:
        process.kill()
    for name, pids in children.items():
        if is_reached and name in case.victim:
            _kill(pids)
    return [pid for pids in children.values() for pid in pids]


def _wait_for_moment(process: subprocess.Popen[str], case: Case, estate: Estate) -> bool:
    """True once the job has written so often; False once it has ended, or waits for what never ends."""
    before = estate.writes()
    while process.poll() is None:
        if case.victim != NOBODY and estate.writes() >= before + case.writes:
            return True
        if estate.hangs():
            return False
        time.sleep(POLL_SECONDS)
    return False


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
