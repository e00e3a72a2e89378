"""The main job on the smallest estate: preview, apply, nothing to do, a foreign hand, audit, destroy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engine.command import Azkeep, operations, values

EXAMPLE = Path(__file__).parents[2] / "examples" / "plain-workspace"
NAMES = {"group", "vnet", "training", "store", "vault", "insights", "workspace"}


@pytest.fixture
def stack(azkeep: Azkeep) -> str:
    shutil.copytree(EXAMPLE, azkeep.folder / "plain", ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
    return "plain"


def test_from_preview_to_destroy(azkeep: Azkeep, stack: str) -> None:
    """What is previewed is applied, then there is nothing to do, and a destroy leaves only what soft delete keeps."""
    plan = azkeep.json("preview", stack)
    assert operations(plan) == dict.fromkeys(NAMES, "create")

    outcome = azkeep.json("apply", stack, "--yes")
    assert operations(outcome) == dict.fromkeys(NAMES, "create")
    assert {step["status"] for step in outcome["steps"]} == {"done"}
    assert outcome["outputs"]["workspace_id"]["value"].endswith("/workspaces/plainml-mlw")

    again = azkeep.json("preview", stack, "--detailed-exitcode")
    assert operations(again) == dict.fromkeys(NAMES, "same")
    assert again["outside"] == []

    destroyed = azkeep.json("destroy", stack, "--yes")
    assert operations(destroyed) == dict.fromkeys(NAMES, "delete")
    assert azkeep.json("destroy", stack, "--yes")["steps"] == []


def test_a_foreign_hand_is_found(azkeep: Azkeep, stack: str) -> None:
    """What somebody else changed is drift with its path and both values, and a later preview says so."""
    outputs = values(azkeep.json("apply", stack, "--yes"))
    assert azkeep.json("audit", stack)["drifts"] == []

    store = ("--store", str(azkeep.folder / stack / ".azkeep" / "local" / "store"))
    change = "properties.publicNetworkAccess=Disabled"
    azkeep("local", "edit", outputs["workspace_id"], change, "--as", "mallory@example.com", *store)

    audit = azkeep.json("audit", stack, code=2)
    assert [(drift["path"], drift["recorded"], drift["live"]) for drift in audit["drifts"]] == [
        ("/properties/publicNetworkAccess", "Enabled", "Disabled")
    ]
    assert audit["drifts"][0]["id"] == outputs["workspace_id"]
    assert audit["coverage"]["percent"] == 100

    plan = azkeep.json("preview", stack)
    assert [(found["id"], found["changes"][0]["path"]) for found in plan["outside"]] == [
        (outputs["workspace_id"], "/properties/publicNetworkAccess")
    ]
    log = azkeep("local", "log", *store).out
    assert "mallory@example.com" in log


def test_a_deleted_resource_is_missing(azkeep: Azkeep, stack: str) -> None:
    """What somebody else deleted is missing, named by its id."""
    outputs = values(azkeep.json("apply", stack, "--yes"))
    store = ("--store", str(azkeep.folder / stack / ".azkeep" / "local" / "store"))
    azkeep("local", "delete", outputs["training_subnet_id"], "--as", "mallory@example.com", *store)

    audit = azkeep.json("audit", stack, code=2)
    missing = [drift["id"] for drift in audit["drifts"] if drift["kind"] == "missing"]
    assert missing == [outputs["training_subnet_id"]]
