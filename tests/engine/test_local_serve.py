"""A local cloud that is served for longer than one command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.command import Azkeep, kill_group, operations, values

EXAMPLE = Path(__file__).parents[2] / "examples" / "plain-workspace"
STORE = "plain/.azkeep/local/store"
START_SECONDS = 20.0
Serve = Callable[..., tuple["subprocess.Popen[str]", dict[str, Any]]]


@pytest.fixture
def serve(azkeep: Azkeep) -> Iterator[Serve]:
    """`serve(…)` gives a running `azkeep local serve` on the stack's own store, and what it published."""
    shutil.copytree(EXAMPLE, azkeep.folder / "plain", ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        process = azkeep.start("local", "serve", "--store", STORE, *arguments)
        running.append(process)
        published = azkeep.folder / STORE / "serve.json"
        until = time.monotonic() + START_SECONDS
        while not published.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, "the local cloud does not become ready"
            time.sleep(0.05)
        return process, json.loads(published.read_text(encoding="utf-8"))

    yield start
    for process in running:
        if process.poll() is None:
            kill_group(process)
        process.communicate()


def end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str]:
    """Output and errors of `process`, which ends well on the signal."""
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    return out, err


def test_commands_use_the_served_cloud(azkeep: Azkeep, serve: Serve) -> None:
    """Apply, a foreign edit and audit go to the serving process, which ends on SIGTERM and leaves the cloud's state."""
    process, published = serve()
    assert published["pid"] == process.pid
    outputs = values(azkeep.json("apply", "plain", "--yes"))
    change = ("properties.publicNetworkAccess=Disabled", "--as", "mallory@example.com", "--store", STORE)
    azkeep("local", "edit", outputs["workspace_id"], *change)
    assert [drift["id"] for drift in azkeep.json("audit", "plain", code=2)["drifts"]] == [outputs["workspace_id"]]

    out, err = end(process, signal.SIGTERM)
    assert out.startswith("The local cloud is ready.\n")
    assert published["arm"] in out
    answered = [line.split() for line in err.splitlines()]
    inside = outputs["workspace_id"].split("/resourceGroups/")[1].replace("/providers/", "/")
    workspace = [(line[1], line[3], line[6]) for line in answered if line[2] == inside]
    assert ("PUT", "200", "azkeep-deployer") in workspace
    assert ("GET", "200", "azkeep-deployer") in workspace
    assert ("PUT", "200", "mallory@example.com") in workspace
    secrets = {principal["client_secret"] for principal in published["principals"]}
    assert not [secret for secret in secrets if secret in out + err]

    assert not (azkeep.folder / STORE / "serve.json").exists()
    assert [drift["id"] for drift in azkeep.json("audit", "plain", code=2)["drifts"]] == [outputs["workspace_id"]]
    assert set(operations(azkeep.json("destroy", "plain", "--yes")).values()) == {"delete"}


def test_one_line_says_all_that_a_client_needs(serve: Serve) -> None:
    """With --format json stdout is the published document on one line, and Ctrl-C is a good end."""
    process, published = serve("--format", "json")
    out, err = end(process, signal.SIGINT)
    assert {**json.loads(out), "pid": process.pid, "lasting": True} == published
    assert out.count("\n") == 1
    assert err == ""
    assert [principal["name"] for principal in published["principals"]] == ["azkeep-deployer"]


def test_a_store_is_served_once(azkeep: Azkeep, serve: Serve) -> None:
    """A second server on the same store is refused with the address of the first, which stays."""
    process, published = serve()
    refused = azkeep("local", "serve", "--store", STORE, code=1)
    assert f"this local cloud is already served at {published['arm']}" in refused.err
    assert azkeep("local", "log", "--store", STORE).code == 0
    end(process, signal.SIGTERM)


def test_a_cloud_is_served_as_bad_as_declared(azkeep: Azkeep, serve: Serve) -> None:
    """A fault of the file meets the first write, and -v tells paths in full, `-` for who showed no token."""
    faults = azkeep.folder / "faults.yaml"
    faults.write_text("faults:\n  - kind: forbidden\n    verb: PUT\n", encoding="utf-8")
    process, published = serve("--faults", "faults.yaml", "--latency", "1", "--throttling", "on", "-v")
    id = f"/subscriptions/{published['subscription']}/resourceGroups/stormy"
    (azkeep.folder / "group.json").write_text('{"location": "westeurope"}', encoding="utf-8")
    create = ("local", "create", id, "--body", "group.json", "--store", STORE)
    assert azkeep(*create, code=1).err
    assert azkeep(*create).code == 0
    _, err = end(process, signal.SIGINT)
    told = [line.split() for line in err.splitlines()]
    assert [line[3] for line in told if line[1:3] == ["PUT", id]] == ["403", "201"]
    assert "-" in [line[6] for line in told if line[2].endswith("/token")]


def test_a_wrong_file_of_faults_is_refused(azkeep: Azkeep, serve: Serve) -> None:
    """The file and the line are named, and nothing is served."""
    (azkeep.folder / "faults.yaml").write_text("latency: soon\n", encoding="utf-8")
    refused = azkeep("local", "serve", "--store", STORE, "--faults", "faults.yaml", code=1)
    assert "faults.yaml:1" in refused.err
    assert "'latency' must be a number" in refused.err
