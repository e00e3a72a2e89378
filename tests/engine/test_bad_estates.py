"""Bad input where an estate stands: plans, locks, state, refusals of the cloud, kills; nothing is changed or lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from azkeep.emulator.cloud import SUBSCRIPTION
from tests.engine.bad_input import GROUP, SETTINGS, STACK, STATE, Table, lay
from tests.engine.command import Done

MAIN = f"{STACK}/__main__.py"
MISSING_ID = "/subscriptions/5b0f4ac2-6a6d-4c1e-9f3b-000000000001/resourceGroups/none"
NETWORK = """
space = {"address_prefixes": ["10.0.0.0/16"]}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name="shop-vnet", address_space=space, **here)
"""
STORE = """
store = azure.storage.StorageAccount(
    "store", account_name="shopstore", kind="StorageV2", sku={"name": "Standard_LRS"}, **here
)
"""
VAULT = """
rules = {"tenant_id": azure.authorization.get_client_config().tenant_id, "sku": {"family": "A", "name": "standard"}}
rules["enable_purge_protection"] = True
vault = azure.keyvault.Vault("vault", vault_name="shop-vault", properties=rules, **here)
"""
SOUND = GROUP + NETWORK + STORE
TAGGED = SOUND.replace('"shop-rg"', '"shop-rg", tags={"zone": "one"}')
NETWORKS = "providers/Microsoft.Network/virtualNetworks"
LOCK = f"{STATE}/.pulumi/locks/organization/shop/dev/other.json"
APPLIES = {
    "name-taken": GROUP.replace("shop-rg", "other-rg") + STORE,
    "enum-wrong": GROUP.replace("shop-rg", "other-rg") + STORE.replace("shopstore", "othstore").replace("V2", "V3"),
    "reference-missing": GROUP.replace("shop-rg", "other-rg")
    + """
nowhere = group.id.apply(lambda id: f"{id}/providers/Microsoft.Network/virtualNetworks/none/subnets/none")
azure.network.PrivateEndpoint("door", private_endpoint_name="door", subnet={"id": nowhere}, **here)
""",
}


@pytest.fixture
def applied(table: Table, once: Callable[[Callable[[], None]], None]) -> None:
    """A sound estate was applied from one of two plans of it."""

    def apply() -> None:
        lay(table.folder, {MAIN: SOUND})
        table.azkeep("preview", "shop", "--out", f"{STACK}/overtaken.json")
        table.azkeep("preview", "shop", "--out", f"{STACK}/reviewed.json")
        table.azkeep("apply", "shop", f"{STACK}/reviewed.json")

    once(apply)


@pytest.mark.usefixtures("applied")
def test_applied_estate(table: Table) -> None:
    """Stale and altered plans, wrong passphrases, locks and damaged files leave the applied estate as it is."""
    azkeep, folder = table.azkeep, table.folder

    refused_plans(table)
    refused_names(table, azkeep("outputs", "shop", "group_id", "--raw").out.strip())
    refused_state(table)

    lay(folder, {MAIN: SOUND})
    azkeep("preview", "shop", "--detailed-exitcode")
    azkeep("audit", "shop")


def refused_plans(table: Table) -> None:
    """A plan that was overtaken, one that was applied already, one of another program, one that was written over."""
    table.refused("plan-stale", "apply", "shop", f"{STACK}/overtaken.json", code=4)
    table.refused("plan-applied", "apply", "shop", f"{STACK}/reviewed.json", code=4)
    lay(table.folder, {MAIN: TAGGED})
    table.azkeep("preview", "shop", "--out", "tags.plan")
    head, sealed = (table.folder / "tags.plan").read_text().split("\n", 1)
    middle = len(sealed) // 2
    other = "A" if sealed[middle] != "A" else "B"
    lay(table.folder, {"altered.plan": f"{head}\n{sealed[:middle]}{other}{sealed[middle + 1 :]}"})
    table.refused("plan-altered", "apply", "shop", "altered.plan", code=4)
    lay(table.folder, {MAIN: TAGGED + "# and one thing more\n"})
    table.refused("plan-of-another-program", "apply", "shop", "tags.plan", code=4)


def refused_names(table: Table, group: str) -> None:
    """Names and ids of what is not there, and an edit that ARM refuses."""
    accounts, networks = f"{group}/providers/Microsoft.Storage/storageAccounts", f"{group}/{NETWORKS}"
    table.refused("output-unknown", "outputs", "shop", "grup_id")
    table.refused("config-key-close", "config", "get", "shop", "azure-native:locaton")
    table.refused("only-unknown", "preview", "shop", "--only", f"{accounts}/none")
    table.refused("local-edit-absent", "local", "edit", f"{networks}/none", "tags.a=b")
    table.refused("local-edit-refused", "local", "edit", f"{networks}/shop-vnet", "location=northeurope")
    table.refused("local-edit-type-unknown", "local", "edit", f"{group}/providers/Microsoft.Cdn/profiles/a", "tags.a=b")


def refused_state(table: Table) -> None:
    """A passphrase that does not fit, a live lock, and files that were cut off."""
    folder = table.folder
    table.refused("passphrase-wrong", "apply", "shop", "--yes", PULUMI_CONFIG_PASSPHRASE="wrong")
    holder = {
        "pid": os.getpid(),
        "username": "ann",
        "hostname": socket.gethostname(),
        "timestamp": "2026-01-01T00:00:00Z",
    }
    lay(folder, {LOCK: json.dumps(holder)})
    table.refused("state-locked", "apply", "shop", "--yes")
    lay(folder, {LOCK: None})
    with damaged(folder / STATE / ".pulumi/stacks/shop/dev.json"):
        table.refused("state-damaged", "preview", "shop")
    with damaged(folder / ".azkeep/local/store/store.sqlite3"):
        table.refused("database-damaged", "preview", "shop")


@pytest.mark.usefixtures("applied")
def test_refusals_of_the_cloud(table: Table) -> None:
    """What ARM refuses in the middle of an apply is named by resource; what was made stays known, and a sound program
    then converges."""
    azkeep, folder = table.azkeep, table.folder
    lay(
        folder, {"stacks/other/Pulumi.yaml": "name: other\nruntime: python\n", "stacks/other/Pulumi.dev.yaml": SETTINGS}
    )
    for name, program in APPLIES.items():
        lay(folder, {"stacks/other/__main__.py": program})
        table.failed(name, "apply", "other", "--yes")
    lay(folder, {"stacks/other/__main__.py": GROUP.replace("shop-rg", "other-rg")})
    azkeep("apply", "other", "--yes")
    azkeep("preview", "other", "--detailed-exitcode")
    azkeep("audit", "shop")


def test_vault_that_is_kept_from_removal(table: Table) -> None:
    """Purge protection cannot be taken back, and the name of a vault that is soft-deleted is still taken."""
    azkeep, folder = table.azkeep, table.folder
    lay(folder, {MAIN: GROUP + VAULT})
    azkeep("apply", "shop", "--yes")
    lay(folder, {MAIN: GROUP + VAULT.replace("True", "False")})
    table.failed("property-immutable", "apply", "shop", "--yes")
    lay(folder, {MAIN: GROUP + VAULT})
    azkeep("apply", "shop", "--yes")
    azkeep("preview", "shop", "--detailed-exitcode")
    azkeep("destroy", "shop", "--yes")
    table.failed("vault-soft-deleted", "apply", "shop", "--yes")
    lay(folder, {MAIN: GROUP})
    azkeep("apply", "shop", "--yes")
    azkeep("audit", "shop")


def test_misspelt_properties(table: Table) -> None:
    """A foreign hand that names properties that the type does not have is asked what it meant, all at once, and
    nothing is written; where nothing is alike it is told that Azure would not keep it."""
    body = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}
    lay(table.folder, {"group.json": '{"location": "westeurope"}', "vnet.json": json.dumps(body)})
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop-rg"
    network = f"{group}/{NETWORKS}/shop-vnet"
    table.azkeep("local", "create", group, "--body", "group.json")
    table.azkeep("local", "create", network, "--body", "vnet.json")
    wrong = ("propertis.enableDdosProtection=true", "properties.enableDdosProtecion=true", "/tag/a=b")
    table.refused("local-edit-misspelt", "local", "edit", network, *wrong)
    table.refused("local-edit-subscription", "local", "edit", MISSING_ID, "tags.a=b")
    table.failed("local-edit-strange", "local", "edit", network, "properties.colour=blue", "tags.colour=blue", code=0)


def test_port_in_use(table: Table) -> None:
    """`local serve` on a port that somebody else has says so, and leaves nothing that looks like a server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = table.azkeep("local", "serve", "--port", port, code=1)
    shown = replace(done, err=done.err.replace(port, "PORT"))
    table.says("port-in-use", ("local", "serve", "--port", "PORT"), shown)
    assert not (table.folder / ".azkeep/local/store/serve.json").exists()


@pytest.mark.parametrize("victim", ["engine", "local-cloud"])
def test_killed_in_the_middle_of_an_apply(table: Table, victim: str) -> None:
    """An engine or a local cloud that is killed while a network is being made: what was done is known, and the next
    apply converges."""
    azkeep, folder = table.azkeep, table.folder
    lay(folder, {MAIN: GROUP + NETWORK})
    arguments = ("apply", "shop", "--yes")
    with served(table) as cloud, azkeep.start(*arguments) as apply:
        assert apply.stderr
        head = "".join(iter(apply.stderr.readline, "  created   resources:ResourceGroup  group\n"))
        kill(cloud.pid if victim == "local-cloud" else engine_of(apply.pid))
        out, err = apply.communicate(timeout=60)
    done = Done(apply.returncode, out, f"{head}  created   resources:ResourceGroup  group\n{err}")
    table.says(f"{victim}-killed", arguments, done)
    assert done.code == 1
    azkeep(*arguments, "--lock-timeout", "60")
    azkeep("preview", "shop", "--detailed-exitcode")
    azkeep("audit", "shop")


@contextmanager
def served(table: Table) -> Iterator[subprocess.Popen[str]]:
    """The local cloud at Azure's pace."""
    with table.azkeep.start("local", "serve", "--realistic", "--format", "json") as cloud:
        try:
            assert cloud.stdout
            assert cloud.stdout.readline()
            yield cloud
        finally:
            cloud.terminate()


def engine_of(pid: int) -> int:
    found = subprocess.run(["pgrep", "-P", str(pid), "-x", "pulumi"], capture_output=True, text=True, check=True)
    return int(found.stdout)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """`path` cut off in the middle and spoilt at its beginning, and back again."""
    content = path.read_bytes()
    path.write_bytes(b"spoilt" + content[6 : len(content) // 2])
    try:
        yield
        assert path.read_bytes() == b"spoilt" + content[6 : len(content) // 2]
    finally:
        path.write_bytes(content)
