"""The main job on the oldest pulumi and azure-native that azkeep supports."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from azkeep.engine.find import Engine
from tests.engine import oldest
from tests.engine.command import Azkeep, operations
from tests.engine.conftest import DEVELOPER

PLAIN = oldest.CHECKOUT / "examples" / "plain-workspace"
SECURE = oldest.CHECKOUT / "stacks" / "secure-workspace"
NAMES = {"group", "vnet", "training", "store", "vault", "insights", "workspace"}
OF_PROJECT = re.compile(r'^  "(pulumi|pulumi-azure-native)>=([\d.]+),', re.MULTILINE)
OF_LOCK = re.compile(r"^(pulumi|pulumi-azure-native)==([\d.]+) ", re.MULTILINE)


@pytest.fixture(scope="session")
def oldest_python() -> Path:
    """The interpreter that has the oldest pair."""
    if DEVELOPER.get("AZKEEP_OFFLINE") and not oldest.is_made(DEVELOPER):
        pytest.skip("AZKEEP_OFFLINE is set, and the packages of the oldest pair are not in the cache")
    return oldest.make(DEVELOPER)


@pytest.fixture
def azkeep(tmp_path: Path, engine: Engine, oldest_python: Path) -> Azkeep:
    """This checkout's azkeep in an empty folder, run by that interpreter."""
    return oldest.azkeep(tmp_path, oldest_python, engine)


def take(azkeep: Azkeep, folder: Path) -> str:
    shutil.copytree(folder, azkeep.folder / "stack", ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
    return "stack"


def test_the_lock_holds_what_the_project_promises() -> None:
    """The locked pair is the lower end of the ranges in pyproject.toml."""
    promised = dict(OF_PROJECT.findall((oldest.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")))
    locked = dict(OF_LOCK.findall(oldest.LOCK.read_text(encoding="utf-8")))
    assert promised.keys() == locked.keys() == {"pulumi", "pulumi-azure-native"}
    assert {name: re.sub(r"(\.0)+$", "", version) for name, version in locked.items()} == promised


def test_it_is_the_pair_that_runs(azkeep: Azkeep) -> None:
    """doctor names the oldest pair, and says that changes to an SDK that were not checked on it are off."""
    checks = {check["name"]: check["found"] for check in azkeep.json("doctor", code=None)["checks"]}
    locked = dict(OF_LOCK.findall(oldest.LOCK.read_text(encoding="utf-8")))
    assert {name: checks[name] for name in locked} == locked
    minor = ".".join(locked["pulumi"].split(".")[:2])
    assert checks["sdk change waiting"] == f"off: not checked on pulumi {minor}"


ANSWERS = """
import pulumi_azure_native as azure

here = {"resource_group_name": "shop-rg", "account_name": "shopstore"}
later = azure.storage.list_storage_account_keys_output(**here).keys[0].value
now = azure.storage.get_storage_account(**here).kind
tags = {"a": later, "b": now}
azure.resources.ResourceGroup("group", resource_group_name="shop-rg", location="westeurope", tags=tags)
"""


def test_answers_that_exist_only_later(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """A program that asks for what nobody can know without a cloud is declared all the same."""
    write_stack("shop", ANSWERS)
    assert [node["name"] for node in azkeep.json("graph", "shop")["resources"]] == ["group"]


def test_from_preview_to_destroy(azkeep: Azkeep) -> None:
    """What is previewed is applied, then nothing is to do and nothing has drifted; drift is put right, and a destroy
    leaves nothing."""
    stack = take(azkeep, PLAIN)
    assert operations(azkeep.json("preview", stack)) == dict.fromkeys(NAMES, "create")

    outcome = azkeep.json("apply", stack, "--yes")
    assert operations(outcome) == dict.fromkeys(NAMES, "create")
    assert {step["status"] for step in outcome["steps"]} == {"done"}

    again = azkeep.json("preview", stack, "--detailed-exitcode")
    assert operations(again) == dict.fromkeys(NAMES, "same")
    assert again["outside"] == []

    audit = azkeep.json("audit", stack)
    assert (audit["drifts"], audit["coverage"]["percent"]) == ([], 100)

    vault = next(step["id"] for step in outcome["steps"] if step["name"] == "vault")
    opened = "properties.enableRbacAuthorization=false"
    azkeep("local", "edit", vault, opened, "--store", f"{stack}/.azkeep/local/store")
    put_right = operations(azkeep.json("audit", stack, "--fix", "--yes"))
    assert put_right == {**dict.fromkeys(NAMES, "same"), "vault": "update"}

    assert operations(azkeep.json("destroy", stack, "--yes")) == dict.fromkeys(NAMES, "delete")
    assert azkeep.json("destroy", stack, "--yes")["steps"] == []


def test_the_secure_workspace(azkeep: Azkeep) -> None:
    """The secure workspace is declared offline as the engine plans it, is applied, and audits clean."""
    stack = take(azkeep, SECURE)
    declared = azkeep.json("graph", stack, "--env", "dev")
    names = {node["name"] for node in declared["resources"] if node["type"].startswith("Microsoft.")}
    assert {"workspace", "endpoint", "blue"} <= names

    outcome = azkeep.json("apply", stack, "--env", "dev", "--yes")
    assert {step["status"] for step in outcome["steps"]} == {"done"}
    assert operations(outcome).keys() == names

    again = azkeep.json("preview", stack, "--env", "dev", "--detailed-exitcode")
    assert set(operations(again).values()) == {"same"}

    audit = azkeep.json("audit", stack, "--env", "dev")
    assert (audit["drifts"], audit["coverage"]["percent"]) == ([], 100)
