"""An apply that is killed at a random moment, and the next one: it converges, with no orphan and no duplicate.

`AZKEEP_KILLS` sets how many moments are tried; each is drawn from a seed that the test's name shows.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.command import Azkeep, operations

KILLS = int(os.environ.get("AZKEEP_KILLS", "8"))
PROGRAM = """
import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("group", resource_group_name="kill-rg", location="westeurope")
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
azure.network.NetworkSecurityGroup("rules", network_security_group_name="kill-nsg", **here)
azure.storage.StorageAccount("store", account_name="killstore", kind="StorageV2", sku={"name": "Standard_LRS"}, **here)
"""
NAMES = {"group", "vnet", "subnet0", "subnet1", "subnet2", "subnet3", "rules", "store"}


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_apply_converges(azkeep: Azkeep, write_stack: Callable[..., Path], seed: int) -> None:
    """Whichever of azkeep and its engine dies, and whenever, the next apply makes the estate whole, once."""
    write_stack("killed", PROGRAM)
    chance = random.Random(seed)
    azkeep.json("preview", "killed")
    process = azkeep.start("apply", "killed", "--yes")
    time.sleep(chance.uniform(1.0, 4.5))
    if chance.random() < 0.5:
        _kill_engine(process.pid)
    else:
        _kill_all(process)
    process.communicate(timeout=60)

    # An engine that outlived azkeep gives up by itself once its program and its provider are gone.
    azkeep("apply", "killed", "--yes", "--lock-timeout", "60")
    assert operations(azkeep.json("preview", "killed")) == dict.fromkeys(NAMES, "same")
    assert azkeep.json("audit", "killed")["drifts"] == []

    assert set(operations(azkeep.json("destroy", "killed", "--yes"))) == NAMES
    assert azkeep.json("preview", "killed")["summary"]["create"] == len(NAMES)


def _kill_engine(pid: int) -> None:
    """SIGKILL to the engine alone; azkeep lives and has to cope."""
    subprocess.run(["pkill", "-KILL", "-P", str(pid), "-x", "pulumi"], check=False)


def _kill_all(process: subprocess.Popen[str]) -> None:
    """SIGKILL to azkeep and, a moment later, to the engine it leaves behind."""
    engines = subprocess.run(
        ["pgrep", "-P", str(process.pid), "-x", "pulumi"], capture_output=True, text=True, check=False
    )
    process.kill()
    for pid in engines.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
