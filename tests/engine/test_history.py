"""Who applied what: every changing run is in the history, with commit, dirty flag and plan."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engine.command import Azkeep

PROGRAM = """
import pulumi_azure_native as azure

azure.resources.ResourceGroup("group", resource_group_name="past-rg", location="westeurope")
"""
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]


def test_runs_are_listed_with_commit_and_plan(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """Newest first: a destroy, an apply of a changed folder, and one of a saved plan with its seal; an apply that
    failed before it changed anything is none. --limit leaves the newest."""
    program = write_stack("past", PROGRAM) / "__main__.py"
    (azkeep.folder / ".gitignore").write_text(".azkeep/\n__pycache__/\n*.plan\n")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "stack"]):
        subprocess.run([*GIT, *arguments], cwd=azkeep.folder, check=True)
    commit = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=azkeep.folder, capture_output=True, text=True, check=True)

    azkeep("preview", "past", "--out", "reviewed.plan")
    azkeep("apply", "past", "reviewed.plan")
    text = program.read_text()
    program.write_text(text + "raise ValueError('no such zone')\n")
    azkeep("apply", "past", "--yes", code=1)
    program.write_text(text.replace("westeurope", "northeurope"))
    azkeep("apply", "past", "--yes")
    azkeep("destroy", "past", "--yes")

    newest = azkeep("history", "past", "--limit", "1").out
    assert "destroy" in newest
    assert "apply" not in newest
    removed, changed, first = runs(azkeep)
    assert [run["command"] for run in (first, changed, removed)] == ["apply", "apply", "destroy"]
    assert [run["result"] for run in (first, changed, removed)] == ["succeeded"] * 3
    assert {run["commit"] for run in (first, changed, removed)} == {commit.stdout.strip()}
    assert [run["dirty"] for run in (first, changed, removed)] == [False, True, True]
    assert first["plan_digest"] == hashlib.sha256((azkeep.folder / "reviewed.plan").read_bytes()).hexdigest()
    assert re.fullmatch(r"[0-9a-f]{64}", changed["plan_digest"])
    assert removed["plan_digest"] is None
    assert (first["summary"]["create"], changed["summary"]["replace"], removed["summary"]["delete"]) == (1, 1, 1)
    assert {run["principal"] for run in (first, changed, removed)} == {"azkeep-deployer"}
    assert [run["at"] for run in (first, changed, removed)] == sorted(run["at"] for run in runs(azkeep))


def runs(azkeep: Azkeep) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = azkeep.json("history", "past")["runs"]
    return found
