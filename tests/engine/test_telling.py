"""What the commands tell: an order one can follow, what was not reached, each error once, and that nothing is left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.command import Azkeep

PROGRAM = """
import pulumi
import pulumi_azure_native as azure

settings = pulumi.Config()
group = azure.resources.ResourceGroup(
    "group", resource_group_name="zz-rg", location=settings.get("region") or "westeurope"
)
here = {"resource_group_name": group.name, "location": "westeurope"}
space = {"address_prefixes": ["10.0.0.0/16"]}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name="zz-vnet", address_space=space, **here)
rules = azure.network.NetworkSecurityGroup("rules", network_security_group_name="zz-nsg", **here)
azure.network.Subnet(
    "subnet",
    resource_group_name=group.name,
    virtual_network_name=vnet.name,
    subnet_name="aa",
    address_prefix=settings.get("prefix") or "10.0.0.0/24",
    network_security_group={"id": rules.id},
)
azure.resources.ResourceGroup(
    "second", resource_group_name="aa-rg", location="westeurope", opts=pulumi.ResourceOptions(depends_on=[vnet])
)
"""


@pytest.fixture
def stack(write_stack: Callable[..., Path]) -> Path:
    return write_stack("told", PROGRAM)


def test_a_stack_is_told_in_the_order_of_the_work(azkeep: Azkeep, stack: Path) -> None:
    """Whatever their ids, resources stand behind what they hang on; the removal is told the other way round. In
    between, the log has a line for each write, however many events Azure records of one. A second destroy says that
    nothing is left, which is no failure."""
    order = ["group", "rules", "vnet", "second", "subnet"]
    assert [step["name"] for step in azkeep.json("preview", "told")["steps"]] == order
    assert [step["name"] for step in azkeep.json("apply", "told", "--yes")["steps"]] == order
    log = azkeep("local", "log", "--store", str(stack / ".azkeep" / "local" / "store")).out.splitlines()
    writes = [line.split()[-1].rsplit("/", 1)[-1] for line in log if "/write" in line]
    assert sorted(writes) == ["aa", "aa-rg", "zz-nsg", "zz-rg", "zz-vnet"]
    assert all("Succeeded" in line for line in log)
    back = [step["name"] for step in azkeep.json("preview", "told", "--destroy")["steps"]]
    assert back == [step["name"] for step in azkeep.json("destroy", "told", "--yes")["steps"]]
    assert back == order[::-1]
    assert "nothing is left" in azkeep("destroy", "told", "--yes").out


def test_a_failure_says_once_what_failed_and_counts_the_rest(azkeep: Azkeep, stack: Path) -> None:
    """The refusal stands on stderr alone; what hangs on the refused resource is counted as not done, by name."""
    done = azkeep("apply", "told", "--yes", "--config", "prefix=10.9.0.0/24", code=1)
    refusal = "is not valid in virtual network"
    assert done.err.count(refusal) == 1
    assert refusal not in done.out
    assert "1 not done" in done.out.splitlines()[-1]


def test_what_was_never_reached_is_told(azkeep: Azkeep, stack: Path) -> None:
    """Where the first resource fails, all others are not started, and the nearest region is proposed."""
    file = azkeep.folder / "outcome.json"
    done = azkeep("apply", "told", "--yes", "--config", "region=westeurop", "--format", f"json={file}", code=1)
    document = json.loads(file.read_text())
    assert {step["name"]: step["status"] for step in document["steps"]} == {
        "group": "failed",
        "rules": "not_started",
        "vnet": "not_started",
        "second": "not_started",
        "subnet": "not_started",
    }
    assert document["summary"] == dict.fromkeys(document["summary"], 0)
    assert "Did you mean westeurope?" in done.err
    assert "5 not done" in done.out.splitlines()[-1]


def test_a_setting_that_changes_says_what_it_was(azkeep: Azkeep, stack: Path) -> None:
    """The old value and the new one; of a secret neither."""
    assert "told:region: northeurope" in azkeep("config", "set", "told", "region", "northeurope").out
    assert "northeurope → westeurope" in azkeep("config", "set", "told", "region", "westeurope").out
    azkeep("config", "set", "told", "key", "--secret", given="first-canary\n")
    done = azkeep("config", "set", "told", "key", "--secret", given="second-canary\n")
    assert "canary" not in done.out + done.err
    document = azkeep.json("config", "set", "told", "region", "northeurope")
    assert (document["changed"], document["before"]) == ("told:region", "westeurope")
