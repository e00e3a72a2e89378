"""What somebody soft-deleted: the audit says what brings it back, and a fix does it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.command import Azkeep, operations

EXAMPLE = Path(__file__).parents[2] / "examples" / "plain-workspace"
MALLORY = ("--as", "mallory@example.com")


@pytest.fixture
def ids(azkeep: Azkeep, once: Callable[[Callable[[], None]], None]) -> dict[str, str]:
    """Name in the program → ARM id, of an applied stack."""

    def apply() -> None:
        shutil.copytree(EXAMPLE, azkeep.folder / "plain", ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
        (azkeep.folder / "applied.json").write_text(json.dumps(azkeep.json("apply", "plain", "--yes")))

    once(apply)
    outcome = json.loads((azkeep.folder / "applied.json").read_text())
    return {step["name"]: step["id"] for step in outcome["steps"]}


def store(azkeep: Azkeep) -> tuple[str, ...]:
    return ("--store", str(azkeep.folder / "plain" / ".azkeep" / "local" / "store"))


def test_what_is_given_up_is_made_anew(azkeep: Azkeep, ids: dict[str, str]) -> None:
    """A workspace that only the portal recovers: the plain fix is refused by ARM and says what to do, --purge makes it
    anew; a vault is purged too where it is named, and nothing else can be named."""
    for name in ("workspace", "vault"):
        azkeep("local", "delete", ids[name], *MALLORY, *store(azkeep))
    found = {each["id"]: each for each in azkeep.json("audit", "plain", code=2)["drifts"] if each["kind"] == "missing"}
    assert found[ids["workspace"]]["soft_deleted"] is False
    assert "in the Azure portal (Azure Machine Learning, Recently deleted)" in found[ids["workspace"]]["fix"]
    assert f"--purge {ids['workspace']}" in found[ids["workspace"]]["fix"]

    refused = azkeep("audit", "plain", "--fix", "--yes", "--purge", ids["store"], code=1)
    assert "nothing that is soft-deleted was found" in refused.err
    refused = azkeep("audit", "plain", "--fix", "--yes", "--only", ids["workspace"], code=1)
    assert "Soft-deleted workspace exists" in refused.err
    assert "azkeep audit plain --fix --purge ID" in refused.err

    purge = ("--purge", ids["workspace"], "--purge", ids["vault"])
    done = azkeep.json("audit", "plain", "--fix", "--yes", *purge)
    reasons = {step["id"]: step["reason"] for step in done["steps"] if step["op"] == "delete"}
    assert reasons == dict.fromkeys((ids["workspace"], ids["vault"]), "purged: what was in it is lost")
    assert operations({"steps": [step for step in done["steps"] if step["op"] == "create"]}) == {
        "workspace": "create",
        "vault": "create",
    }
    assert azkeep.json("audit", "plain")["drifts"] == []


def test_a_vault_and_its_group_come_back(azkeep: Azkeep, ids: dict[str, str]) -> None:
    """The audit says until when the vault can be recovered. It comes back into its group, which has to be there first;
    all is in order then."""
    azkeep("local", "delete", ids["group"], *MALLORY, *store(azkeep))
    (found,) = azkeep.json("audit", "plain", "--only", ids["vault"], code=2)["drifts"]
    assert (found["kind"], found["soft_deleted"]) == ("missing", True)
    assert found["detail"].startswith("soft-deleted at 20")
    assert "recoverable until 20" in found["detail"]
    assert found["fix"] == f"azkeep audit plain --env dev --fix --only {ids['vault']}"

    done = azkeep.json("audit", "plain", "--fix", "--yes", "--purge", ids["workspace"])
    back = [step["id"] for step in done["steps"] if step["reason"] == "recovered with what was in it"]
    assert back == [ids["group"], ids["vault"]]
    assert azkeep.json("audit", "plain")["drifts"] == []
