"""Replacements: what has a fixed name is deleted first, and an interrupted one is completed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.command import Azkeep, operations

PROGRAM = """
import pulumi
import pulumi_azure_native as azure

settings = pulumi.Config()
group = azure.resources.ResourceGroup("group", resource_group_name="swap-rg", location="westeurope")
place = {"resource_group_name": "swap-rg", "opts": pulumi.ResourceOptions(depends_on=[group])}
space = {"address_prefixes": ["10.0.0.0/16"]}
vnet = azure.network.VirtualNetwork(
    "vnet", virtual_network_name="swap-vnet", location="westeurope", address_space=space, **place
)
subnet = azure.network.Subnet(
    "subnet",
    resource_group_name="swap-rg",
    virtual_network_name=settings.get("network") or vnet.name,
    subnet_name="subnet",
    address_prefix="10.0.0.0/24",
)
store = azure.storage.StorageAccount(
    "store", account_name="swapstore", location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}, **place
)
azure.storage.BlobContainer(
    "container",
    resource_group_name="swap-rg",
    account_name=settings.get("account") or store.name,
    container_name="data",
    metadata={"subnet": subnet.id.apply(lambda id: id.rsplit("/", 1)[-1])},
)
"""
NAMES = {"group", "vnet", "subnet", "store", "container"}


@pytest.fixture
def container(azkeep: Azkeep, write_stack: Callable[..., Path], once: Callable[[Callable[[], None]], None]) -> str:
    """The container's id, of an applied stack."""

    def apply() -> None:
        write_stack("swap", PROGRAM)
        outcome = azkeep.json("apply", "swap", "--yes")
        (id,) = (step["id"] for step in outcome["steps"] if step["name"] == "container")
        (azkeep.folder / "container").write_text(id)

    once(apply)
    return (azkeep.folder / "container").read_text()


def assert_whole(azkeep: Azkeep) -> None:
    """All is as declared, and it is really there."""
    assert operations(azkeep.json("preview", "swap")) == dict.fromkeys(NAMES, "same")
    audit = azkeep.json("audit", "swap")
    assert (audit["drifts"], audit["coverage"]["read"]) == ([], len(NAMES))


def test_two_failed_replacements_are_completed(azkeep: Azkeep, container: str) -> None:
    """Deleted and not created again, twice over: what was looked for and is not there is a finding, not a gap. The
    corrected program brings both back, and neither is deleted."""
    azkeep("apply", "swap", "--yes", "--config", "account=nosuchaccount", code=1)
    azkeep("apply", "swap", "--yes", "--config", "network=nosuchnetwork", code=1)
    reasons = {step["name"]: step["reason"] for step in azkeep.json("preview", "swap")["steps"]}
    assert reasons["subnet"].startswith("an earlier run deleted")
    drifts = azkeep.json("audit", "swap", code=2)["drifts"]
    assert "Microsoft.Network/virtualNetworks/subnets" in {d["type"] for d in drifts if d["kind"] == "missing"}
    azkeep("apply", "swap", "--yes")
    assert_whole(azkeep)


def test_a_replacement_that_was_asked_for(azkeep: Azkeep, container: str) -> None:
    """--replace deletes and creates again, whether the resource is still there or not."""
    asked = azkeep.json("preview", "swap", "--replace", container)
    assert next(step["reason"] for step in asked["steps"] if step["name"] == "container") == "replacement was asked for"
    outcome = azkeep.json("apply", "swap", "--yes", "--replace", container)
    assert operations(outcome)["container"] == "replace"
    audit = azkeep.json("audit", "swap")
    assert (audit["drifts"], audit["coverage"]["read"]) == ([], len(NAMES))
    store = str(azkeep.folder / "swap" / ".azkeep" / "local" / "store")
    azkeep("local", "delete", container, "--store", store)
    azkeep("apply", "swap", "--yes", "--replace", container)
    assert_whole(azkeep)
