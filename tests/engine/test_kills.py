"""Runs that are killed at a random moment, and the run after each: it converges, without orphan, duplicate or loss.

`AZKEEP_KILLS` sets how many moments are tried and `AZKEEP_FIRST_SEED` where they begin; each is drawn from the seed
that the test's name shows. `make soak` tries many.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from azkeep.engine.find import Engine
from azkeep.errors import EXIT_INCOMPLETE, EXIT_OK
from tests.engine.campaign import FOREIGN_WRITES, JOBS, NAMES, STACK, Estate, interrupt, lay, moment
from tests.engine.command import Azkeep, operations

FIRST = int(os.environ.get("AZKEEP_FIRST_SEED", "0"))
KILLS = int(os.environ.get("AZKEEP_KILLS", "20"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Path:
    """A project whose stack was applied, and then changed by a foreign hand."""
    folder = tmp_path_factory.mktemp("whole")
    azkeep, found = Azkeep(folder), {"AZKEEP_PULUMI": str(engine.path)}
    lay(folder)
    azkeep("apply", STACK, "--yes", **found)
    (group,) = (id for id in Estate(folder).recorded() if id.endswith("/resourcegroups/kill-rg"))
    subscription = group.rsplit("/resourcegroups/", 1)[0]
    for verb, id, *change in FOREIGN_WRITES:
        azkeep("local", verb, subscription + id, *change, "--as", "mallory@example.com", **found)
    return folder


def seeds(job: str) -> list[int]:
    return [seed for seed in range(FIRST, FIRST + KILLS) if moment(seed).job == job]


def shown(seed: int) -> str:
    return f"seed {seed}: {moment(seed)}"


@pytest.mark.parametrize("seed", seeds("apply"), ids=shown)
def test_a_killed_apply_converges(azkeep: Azkeep, seed: int) -> None:
    """Whichever process dies, and whenever: the next apply makes the estate whole, and nothing of it twice."""
    lay(azkeep.folder)
    interrupt(azkeep, moment(seed))
    estate = Estate(azkeep.folder)
    acknowledged = estate.live() if estate.is_laid_out else {}

    azkeep(*JOBS["apply"], "--lock-timeout", "60")
    live, recorded = estate.live(), estate.recorded()
    assert acknowledged.items() <= live.items()
    assert set(recorded.values()) == NAMES
    assert len(recorded) == len(NAMES)
    assert set(recorded) == {id for id in live if "/resourcegroups/kill-rg" in id and not id.endswith("/default")}
    assert operations(azkeep.json("preview", STACK)) == dict.fromkeys(NAMES, "same")


@pytest.mark.parametrize("seed", seeds("destroy"), ids=shown)
def test_a_killed_destroy_converges(azkeep: Azkeep, whole: Path, seed: int) -> None:
    """Whichever process dies, and whenever: the next destroy leaves nothing, in the cloud and in the state."""
    shutil.copytree(whole, azkeep.folder, dirs_exist_ok=True)
    interrupt(azkeep, moment(seed))

    azkeep(*JOBS["destroy"], "--lock-timeout", "60")
    estate = Estate(azkeep.folder)
    assert estate.recorded() == {}
    assert [id for id in estate.live() if "/resourcegroups/kill-rg" in id] == []


@pytest.mark.parametrize("seed", seeds("fix"), ids=shown)
def test_a_killed_fix_converges(azkeep: Azkeep, whole: Path, seed: int) -> None:
    """Whichever process dies, and whenever: the drift is still known, and the next fix puts all of it right.

    One that died after its last write was not recorded: the next has nothing to do, and says what it cannot compare.
    """
    shutil.copytree(whole, azkeep.folder, dirs_exist_ok=True)
    estate = Estate(azkeep.folder)
    before = estate.live()
    interrupt(azkeep, moment(seed))

    done = azkeep(*JOBS["fix"], "--lock-timeout", "60", code=None)
    assert done.code in (EXIT_OK, EXIT_INCOMPLETE), done.err
    live, recorded = estate.live(), estate.recorded()
    assert before.items() <= live.items()
    assert set(recorded.values()) == NAMES
    assert set(recorded) == {id for id in live if "/resourcegroups/kill-rg" in id and not id.endswith("/default")}
    assert estate.body("/resourcegroups/kill-rg")["tags"] == {"zone": "one"}
    assert estate.body("/networksecuritygroups/kill-nsg")["tags"] == {"tier": "gold"}
    assert estate.body("/subnets/subnet2")["properties"]["addressPrefix"] == "10.0.2.0/24"
    assert {drift["kind"] for drift in azkeep.json("audit", STACK, code=done.code)["drifts"]} <= {"unread"}
