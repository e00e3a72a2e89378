"""The main job on the smallest estate: preview, apply, nothing to do, a foreign hand, audit, destroy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.command import Azkeep, operations, values

EXAMPLE = Path(__file__).parents[2] / "examples" / "plain-workspace"
NAMES = {"group", "vnet", "training", "store", "vault", "insights", "workspace"}


@pytest.fixture
def stack(azkeep: Azkeep) -> str:
    shutil.copytree(EXAMPLE, azkeep.folder / "plain", ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
    return "plain"


@pytest.fixture
def outputs(azkeep: Azkeep, stack: str, once: Callable[[Callable[[], None]], None]) -> dict[str, Any]:
    """What the stack gives out, applied."""

    def apply() -> None:
        (azkeep.folder / "applied.json").write_text(json.dumps(azkeep.json("apply", stack, "--yes")))

    once(apply)
    return values(json.loads((azkeep.folder / "applied.json").read_text()))


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


def test_a_foreign_hand_is_found(azkeep: Azkeep, stack: str, outputs: dict[str, Any]) -> None:
    """What somebody else changed is drift with its path and both values, and a later preview says so."""
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


def test_a_deleted_resource_is_missing(azkeep: Azkeep, stack: str, outputs: dict[str, Any]) -> None:
    """What somebody else deleted is missing, named by its id."""
    store = ("--store", str(azkeep.folder / stack / ".azkeep" / "local" / "store"))
    azkeep("local", "delete", outputs["training_subnet_id"], "--as", "mallory@example.com", *store)

    audit = azkeep.json("audit", stack, code=2)
    missing = [drift["id"] for drift in audit["drifts"] if drift["kind"] == "missing"]
    assert missing == [outputs["training_subnet_id"]]


def test_an_apply_does_not_hide_what_somebody_else_did(azkeep: Azkeep, stack: str, outputs: dict[str, Any]) -> None:
    """Drift and a missing resource stay findings after an apply that had something else to do, and it says so."""
    store = ("--store", str(azkeep.folder / stack / ".azkeep" / "local" / "store"))
    change = "properties.publicNetworkAccess=Disabled"
    azkeep("local", "edit", outputs["workspace_id"], change, "--as", "mallory@example.com", *store)
    azkeep("local", "delete", outputs["training_subnet_id"], "--as", "mallory@example.com", *store)
    found = {
        ("/properties/publicNetworkAccess", outputs["workspace_id"], "undeclared_drift"),
        (None, outputs["training_subnet_id"], "missing"),
    }

    def drifts() -> set[tuple[str | None, str, str]]:
        audit = azkeep.json("audit", stack, code=2)
        return {(drift["path"], drift["id"], drift["kind"]) for drift in audit["drifts"]}

    assert found <= drifts()
    program = azkeep.folder / stack / "__main__.py"
    program.write_text(program.read_text() + '\nazure.resources.ResourceGroup("late", resource_group_name="late-rg")\n')
    azkeep("config", "set", stack, "azure-native:location", "westeurope")
    azkeep("preview", stack, "--out", "reviewed.plan")
    outcome = azkeep.json("apply", stack, "reviewed.plan")
    assert operations(outcome)["late"] == "create"
    warnings = [said["message"] for said in outcome["diagnostics"] if said["severity"] == "warning"]
    assert any("changed outside azkeep and left as found" in message for message in warnings)
    assert found <= drifts()
    again = azkeep("apply", stack, "--yes")
    assert "changed outside azkeep" in again.out
    assert found <= drifts()
