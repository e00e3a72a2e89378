"""The store: restarts, kills, several processes, damage, and what its files give away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import ssl
import stat
import subprocess
import sys
import threading
from contextlib import closing, suppress
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, deployer

from azkeep.emulator import control
from azkeep.emulator.store import Store
from azkeep.errors import CloudError, EmulatorFailed, StoreDamaged, UsageError
from azkeep.testing import emulator


@pytest.fixture
def store(arm: Arm) -> Path:
    """The store of the cloud that tests share which neither stop it nor start another."""
    return Path(arm.ready["ca"]).parent


def test_restart_changes_nothing(tmp_path: Path) -> None:
    """After a restart the documents, the CA and the principals are the same, and old tokens still open."""
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        network = arm.network(arm.group("kept"), "hub")
        before = arm.send("GET", network).json()
        authority = Path(ready["ca"]).read_bytes()
        token = arm.token
    with emulator(tmp_path) as again, Arm(again, token) as arm:
        assert arm.send("GET", network).json() == before
        assert Path(again["ca"]).read_bytes() == authority
        assert again["principals"] == ready["principals"]


def test_kill_loses_no_answered_write(tmp_path: Path) -> None:
    """Every group whose PUT was answered before SIGKILL is there afterwards."""
    answered: list[str] = []
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        writer = threading.Thread(target=_write_groups, args=(arm, answered))
        writer.start()
        while len(answered) < 30:
            writer.join(0.02)
        os.kill(ready["pid"], signal.SIGKILL)
        writer.join(30)
    assert len(answered) >= 30
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        for group in answered:
            assert arm.send("GET", group, version=GROUPS_VERSION).status_code == 200


def _write_groups(arm: Arm, answered: list[str]) -> None:
    """Adds the path of each group whose PUT was answered, until the server is gone.

    One connection, which is never opened again: Python leaves a TLS socket open whose peer dies between connect and
    handshake (`SSLSocket._create` closes it for errors of the handshake itself only).
    """
    address = urlsplit(arm.ready["arm"])
    connection = HTTPSConnection(
        str(address.hostname), address.port, context=ssl.create_default_context(cafile=arm.ready["ca"]), timeout=30
    )
    connection.connect()
    connection.auto_open = 0
    body = json.dumps({"location": "westeurope"})
    headers = {"Authorization": f"Bearer {arm.token}", "Content-Type": "application/json"}
    with closing(connection), suppress(OSError, HTTPException):
        for number in range(10_000):
            path = f"{arm.subscription}/resourceGroups/group{number}"
            connection.request("PUT", f"{path}?api-version={GROUPS_VERSION}", body, headers)
            with connection.getresponse() as answer:
                answer.read()
                assert answer.status == 201
            answered.append(path)


def test_two_processes_share_a_store(tmp_path: Path) -> None:
    """What one process writes the other reads at once, both may write, and rights granted in one hold in both."""
    with emulator(tmp_path) as one, emulator(tmp_path) as two, deployer(one) as first, deployer(two) as second:
        group = first.group("shared")
        assert second.send("GET", group, version=GROUPS_VERSION).status_code == 200
        workers = [
            threading.Thread(target=lambda arm=arm, name=name: [arm.network(group, f"{name}{i}") for i in range(10)])
            for arm, name in ((first, "first"), (second, "second"))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        listed = first.send("GET", f"{group}/providers/Microsoft.Network/virtualNetworks").json()["value"]
        assert len(listed) == 20
        control.ensure_principal(tmp_path, "late", "Reader")
        found = control.serving(tmp_path)
        assert found is not None
        assert found["pid"] == one["pid"]


def test_serving_is_announced_and_withdrawn(tmp_path: Path) -> None:
    """serve.json names a live process only."""
    with emulator(tmp_path) as ready:
        found = control.serving(tmp_path)
        assert found is not None
        assert (found["pid"], found["arm"]) == (ready["pid"], ready["arm"])
    assert control.serving(tmp_path) is None
    assert not (tmp_path / "serve.json").exists()
    with emulator(tmp_path) as ready:
        os.kill(ready["pid"], signal.SIGKILL)
    assert control.serving(tmp_path) is None


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    """SIGTERM is exit code 0, serve.json is gone, and all that was written stands in the one file of the database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "azkeep.emulator", "--store", str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        ready = json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(15) == 0
    assert ready["env"]["AZURE_TENANT_ID"] == ready["tenant"]
    assert not (tmp_path / "serve.json").exists()
    assert [path.name for path in tmp_path.glob("store.sqlite3*")] == ["store.sqlite3"]


def test_end_of_stdin_ends_it_cleanly(tmp_path: Path) -> None:
    """So it does where a command that started it for itself has ended."""
    command = [sys.executable, "-m", "azkeep.emulator", "--store", str(tmp_path), "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdin.close()
        assert process.wait(15) == 0
    assert not (tmp_path / "serve.json").exists()
    assert [path.name for path in tmp_path.glob("store.sqlite3*")] == ["store.sqlite3"]


def test_files_are_private(arm: Arm, store: Path) -> None:
    """Nobody else can read any file of a store, while it serves and after."""
    arm.group("private")
    open_to_others = [path.name for path in store.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_damaged_database_is_said_and_can_be_reset(tmp_path: Path) -> None:
    """A database that is none is StoreDamaged, the server does not start, and reset makes it usable."""
    (tmp_path / "store.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreDamaged) as caught:
        Store(tmp_path)
    assert caught.value.subject == str(tmp_path / "store.sqlite3")
    with pytest.raises(EmulatorFailed, match="did not start") as failed, emulator(tmp_path):
        pass
    assert "the local cloud's database cannot be read" in failed.value.detail
    control.reset(tmp_path)
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        arm.group("new")


def test_a_full_disk_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SQLite calls an I/O error there is told as want of room: a reset would lose all for nothing."""
    (tmp_path / "store.sqlite3").write_bytes(b"not a database" * 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=8192))
    with pytest.raises(CloudError, match="is full") as caught:
        Store(tmp_path)
    assert not isinstance(caught.value, StoreDamaged)


def test_reset_empties_the_cloud_and_keeps_who_may_use_it(arm: Arm, store: Path) -> None:
    """After reset nothing is left but the principals with their rights."""
    group = arm.group("gone")
    control.reset(store)
    assert arm.send("GET", group, version=GROUPS_VERSION).status_code == 404
    assert control.activity(store, limit=10) == []
    arm.group("new")


def test_second_subscription(arm: Arm, store: Path) -> None:
    """A subscription that is added while the server runs is usable at once."""
    other = "11111111-2222-4333-8444-555555555555"
    control.ensure_subscription(store, other, "other")
    answer = arm.send(
        "PUT",
        f"/subscriptions/{other}/resourceGroups/there",
        {"location": "westeurope"},
        version=GROUPS_VERSION,
    )
    assert answer.status_code == 201, answer.text
    listed = arm.send("GET", "/subscriptions", version="2022-12-01").json()["value"]
    assert {each["subscriptionId"] for each in listed} == {other, arm.ready["subscription"]}


def test_snapshot_comes_back_under_a_running_server(arm: Arm, store: Path) -> None:
    """Restore undoes what was written since the snapshot, rights included, without a restart."""
    kept = arm.group("kept")
    control.snapshot(store, "before")
    later = arm.group("later")
    control.restore(store, "before")
    assert arm.send("GET", kept, version=GROUPS_VERSION).status_code == 200
    assert arm.send("GET", later, version=GROUPS_VERSION).status_code == 404
    arm.group("again")
    with pytest.raises(UsageError, match="no snapshot"):
        control.restore(store, "never")
    with pytest.raises(UsageError, match="no name"):
        control.snapshot(store, "-outside")


def test_known_principal_keeps_its_role(tmp_path: Path) -> None:
    """Asking again for a principal, with another role, gives the same one with the role it has."""
    first = control.ensure_principal(tmp_path, "someone@example.com", "Reader")
    assert (first.kind, first.role) == ("User", "Reader")
    assert control.ensure_principal(tmp_path, "someone@example.com", "Owner") == first
    deployer_before = control.ensure_principal(tmp_path, "azkeep-deployer", "Reader")
    assert (deployer_before.kind, deployer_before.role) == ("ServicePrincipal", "Owner")
    with pytest.raises(UsageError, match="not a built-in role"):
        control.ensure_principal(tmp_path, "other", "Barista")


def test_first_start_of_several_processes(tmp_path: Path) -> None:
    """Processes that start at once on a new store agree on principals and CA."""
    command = [sys.executable, "-m", "azkeep.emulator", "--store", str(tmp_path), "--until-stdin-closes"]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    documents = []
    for process in started:
        assert process.stdout is not None
        documents.append(json.loads(process.stdout.readline()))
    for process in started:
        process.communicate(timeout=15)
        assert process.returncode == 0
    assert documents[0]["principals"] == documents[1]["principals"] == documents[2]["principals"]
