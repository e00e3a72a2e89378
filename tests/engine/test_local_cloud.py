"""The local cloud by command: its snapshots, its principals, and how other programs find it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azkeep.testing import emulator
from tests.engine.command import Azkeep, kill_group

STORE = ("--store", "store")
GROUP = "/subscriptions/a2cee900-0000-4000-8000-000000000002/resourceGroups"
START_SECONDS = 20.0
Serve = Callable[[], "subprocess.Popen[str]"]
SCRIPT = """
import os
from azure.identity import DefaultAzureCredential
from azure.mgmt.resource.resources import ResourceManagementClient

client = ResourceManagementClient(
    DefaultAzureCredential(),
    os.environ["AZURE_SUBSCRIPTION_ID"],
    base_url=os.environ["ARM_RESOURCE_MANAGER_ENDPOINT"],
)
with client:
    print(*[group.name for group in client.resource_groups.list()])
"""


@pytest.fixture
def serve(azkeep: Azkeep) -> Iterator[Serve]:
    """`serve()` gives a running `azkeep local serve` on the folder `store`."""
    running: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = azkeep.start("local", "serve", *STORE)
        running.append(process)
        until = time.monotonic() + START_SECONDS
        while not (azkeep.folder / "store" / "serve.json").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, "the local cloud does not become ready"
            time.sleep(0.05)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            kill_group(process)
        process.communicate()


def end(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0, err


def create(azkeep: Azkeep, name: str, *more: str, code: int = 0) -> str:
    """Makes a resource group; stderr of the command."""
    (azkeep.folder / "group.json").write_text('{"location": "westeurope"}', encoding="utf-8")
    return azkeep("local", "create", f"{GROUP}/{name}", "--body", "group.json", *STORE, *more, code=code).err


def remove(azkeep: Azkeep, name: str, code: int = 0) -> str:
    return azkeep("local", "delete", f"{GROUP}/{name}", *STORE, code=code).err


def test_snapshots_of_a_cloud_that_nobody_serves(azkeep: Azkeep) -> None:
    """What is deleted after a snapshot is there again after the restore, and the list names both snapshots."""
    create(azkeep, "hub")
    taken = azkeep.json("local", "snapshot", "base", *STORE)
    assert (taken["action"], taken["snapshot"]["name"], taken["snapshot"]["resources"]) == ("saved", "base", 1)
    remove(azkeep, "hub")
    assert azkeep.json("local", "restore", "base", *STORE)["action"] == "restored"
    remove(azkeep, "hub")
    names = [each["name"] for each in azkeep.json("local", "snapshots", *STORE)["snapshots"]]
    assert sorted(names) == ["base", "before-restore"]


def test_snapshots_of_a_served_cloud(azkeep: Azkeep, serve: Serve) -> None:
    """The serving process answers from what was restored, out of a file, without a restart."""
    process = serve()
    create(azkeep, "hub")
    assert azkeep("local", "snapshot", "base.snapshot", *STORE).out.startswith("Saved base.snapshot: 1 resource\n")
    remove(azkeep, "hub")
    azkeep("local", "restore", "./base.snapshot", *STORE)
    remove(azkeep, "hub")
    end(process)


def test_what_cannot_be_restored_is_refused(azkeep: Azkeep) -> None:
    """No store, no such snapshot, another cloud's snapshot and another kind of file each have a sentence."""
    assert "there is no local cloud here yet" in azkeep("local", "snapshot", "base", *STORE, code=1).err
    create(azkeep, "hub")
    assert "there is no snapshot 'base'" in azkeep("local", "restore", "base", *STORE, code=1).err
    azkeep("local", "principal", "add", "ann", "--store", "theirs")
    azkeep("local", "snapshot", "theirs.snapshot", "--store", "theirs")
    refused = azkeep("local", "restore", "theirs.snapshot", *STORE, code=1).err
    assert "the snapshot was made in another local cloud" in refused
    (azkeep.folder / "notes.snapshot").write_text("notes", encoding="utf-8")
    assert "no snapshot of a local cloud" in azkeep("local", "restore", "notes.snapshot", *STORE, code=1).err
    remove(azkeep, "hub")


def test_restore_waits_for_a_command_at_work(azkeep: Azkeep) -> None:
    """Nothing is restored under a command that serves the cloud for itself."""
    create(azkeep, "hub")
    azkeep("local", "snapshot", "base", *STORE)
    with emulator(azkeep.folder / "store"):
        assert "an azkeep command is at work" in azkeep("local", "restore", "base", *STORE, code=1).err
    azkeep("local", "restore", "base", *STORE)


def test_log_has_a_line_for_each_write(azkeep: Azkeep) -> None:
    """Started and Succeeded are one line, the limit counts writes, and the newest is the last."""
    for name in ("one", "two", "three"):
        create(azkeep, name)
    remove(azkeep, "one")
    lines = [line.split() for line in azkeep("local", "log", "--limit", "3", *STORE).out.splitlines()]
    assert [(line[1], line[2].rpartition("/")[2], line[3], line[4].rpartition("/")[2]) for line in lines] == [
        ("azkeep-deployer", "write", "Succeeded", "two"),
        ("azkeep-deployer", "write", "Succeeded", "three"),
        ("azkeep-deployer", "delete", "Succeeded", "one"),
    ]


def test_principals_have_names_and_rights(azkeep: Azkeep) -> None:
    """A Reader may not create, the secret is in no list, and who is removed is not known any more."""
    added = azkeep.json("local", "principal", "add", "reader", "--role", "Reader", *STORE)
    assert "AuthorizationFailed" in create(azkeep, "hub", "--as", "reader", code=1)
    listed = azkeep("local", "principal", "list", *STORE)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["azkeep-deployer", "reader"]
    assert added["client_secret"]
    assert added["client_secret"] not in listed.out + str(azkeep.json("local", "principal", "list", *STORE))
    kinds = azkeep.json("local", "principal", "add", "svc@x", "--kind", "service-principal", *STORE)["principal"]
    assert (kinds["kind"], kinds["role"]) == ("ServicePrincipal", "Contributor")
    assert "there is a principal 'reader' already" in azkeep("local", "principal", "add", "reader", *STORE, code=1).err
    removed = azkeep.json("local", "principal", "remove", "reader", *STORE)
    assert (removed["principal"]["name"], removed["client_secret"]) == ("reader", None)
    assert "has no principal 'reader'" in azkeep("local", "principal", "remove", "reader", *STORE, code=1).err


def test_management_client_needs_only_the_environment(azkeep: Azkeep, serve: Serve) -> None:
    """After `eval` of what is printed, a script with DefaultAzureCredential lists groups, as whom it was asked for."""
    process = serve()
    create(azkeep, "hub")
    azkeep("local", "principal", "add", "reader", "--role", "Reader", *STORE)
    printed = azkeep("local", "env", "--client", "mgmt", "--as", "reader", *STORE).out
    assert "SECRET" not in printed
    (azkeep.folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ARM_"))}
    done = subprocess.run(
        ["sh", "-c", f'eval "$PRINTED"; exec {sys.executable} script.py'],
        cwd=azkeep.folder,
        env={**kept, "PRINTED": printed},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("hub\n", 0), done.stderr
    end(process)


def test_environment_is_json_too(azkeep: Azkeep, serve: Serve) -> None:
    """The document has the same variables, and its file is there for its owner alone."""
    process = serve()
    found = azkeep.json("local", "env", "--client", "mgmt", *STORE)
    assert (found["client"], found["principal"]) == ("mgmt", "azkeep-deployer")
    assert Path(found["variables"]["AZURE_FEDERATED_TOKEN_FILE"]).stat().st_mode & 0o777 == 0o600
    end(process)


@pytest.mark.parametrize("client", ["azapi", "pulumi", "mlflow"])
def test_untested_clients_are_not_offered(azkeep: Azkeep, client: str) -> None:
    """One sentence says what is missing, whether or not the cloud is served."""
    refused = azkeep("local", "env", "--client", client, *STORE, code=1)
    assert f"the local cloud is not offered to {client}: " in refused.err
    assert refused.out == ""


def test_environment_needs_a_served_cloud(azkeep: Azkeep) -> None:
    """A cloud that nobody serves has no address, which is said with the command that serves it."""
    create(azkeep, "hub")
    refused = azkeep("local", "env", "--client", "mgmt", *STORE, code=1)
    assert "not being served" in refused.err
    assert "azkeep local serve" in refused.err
