"""Runs that are killed at a random moment or meet a cloud with faults, and the run after each: it converges, without
orphan, duplicate or loss.

`AZKEEP_KILLS` and `AZKEEP_FIRES` set how many cases are tried and `AZKEEP_FIRST_SEED` where they begin; each is drawn
from the seed that the test's name shows. `make soak` tries many.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK
from tests.engine.campaign import ENGINE_NAMED, JOBS, NAMES, NOBODY, STACK, Case, Estate, burning, killed, lay, run
from tests.engine.command import Azkeep, operations
from tests.engine.fire import is_clear

FIRST = int(os.environ.get("AZKEEP_FIRST_SEED", "0"))
KILLS = int(os.environ.get("AZKEEP_KILLS", "20"))
FIRES = int(os.environ.get("AZKEEP_FIRES", "0"))
WAITS = ("--lock-timeout", "60")


def cases(job: str) -> list[object]:
    """A parameter for each case of the campaign that is about `job`."""
    dying = [(f"seed {seed}", killed(seed)) for seed in range(FIRST, FIRST + KILLS)]
    alive = [(f"fire {seed}", burning(seed)) for seed in range(FIRST, FIRST + FIRES)]
    return [pytest.param(case, id=f"{name}: {case}") for name, case in (*dying, *alive) if case.job == job]


def end(azkeep: Azkeep, case: Case) -> None:
    """Runs the case; whoever lived to the end of it says clearly how it ended."""
    done = run(azkeep, case)
    if case.victim == NOBODY or done.code >= 0:
        is_clear(done)


def remove_doubles(azkeep: Azkeep) -> None:
    """What the engine had named and the cloud said is not there stands beside what was made in its place: an audit
    tells it as unmanaged, and a fix removes it by its id."""
    drifts = azkeep.json("audit", STACK, code=None)["drifts"]
    ids = [drift["id"] for drift in drifts if drift["kind"] == "unmanaged"]
    assert all(id.rsplit("/", 1)[-1].startswith(ENGINE_NAMED) for id in ids), ids
    if ids:
        azkeep("audit", STACK, "--fix", "--yes", *(word for id in ids for word in ("--delete", id)), code=None)


@pytest.mark.parametrize("case", cases("apply"))
def test_a_struck_apply_converges(azkeep: Azkeep, case: Case) -> None:
    """Whichever process dies, whenever, and whatever the cloud answers: the next apply makes the estate whole, and
    nothing of it twice."""
    lay(azkeep.folder)
    end(azkeep, case)
    estate = Estate(azkeep.folder)
    acknowledged = estate.acknowledged()

    azkeep(*JOBS["apply"], *WAITS)
    estate.is_whole()
    assert acknowledged.items() <= estate.live().items()
    preview = azkeep.json("preview", STACK)
    assert (operations(preview), preview["outside"]) == (dict.fromkeys(NAMES, "same"), [])
    if case.victim == NOBODY:
        assert azkeep.json("audit", STACK)["drifts"] == []


@pytest.mark.parametrize("case", cases("destroy"))
def test_a_struck_destroy_converges(azkeep: Azkeep, whole: Path, case: Case) -> None:
    """Whichever process dies, whenever, and whatever the cloud answers: the next destroy leaves nothing, in the cloud
    and in the state."""
    shutil.copytree(whole, azkeep.folder, dirs_exist_ok=True)
    end(azkeep, case)

    azkeep(*JOBS["destroy"], *WAITS)
    estate = Estate(azkeep.folder)
    assert estate.recorded() == {}
    assert estate.made() == set()


@pytest.mark.parametrize("case", cases("fix"))
def test_a_struck_fix_converges(azkeep: Azkeep, drifted: Path, case: Case) -> None:
    """Whichever process dies, whenever, and whatever the cloud answers: the drift is still known, and the next fix puts
    all of it right.

    One that died after its last write was not recorded: the next has nothing to do, and says what it cannot compare.
    What the cloud denied is made anew, and what of it had a name of the engine's is there twice, which is told.
    """
    shutil.copytree(drifted, azkeep.folder, dirs_exist_ok=True)
    estate = Estate(azkeep.folder)
    before = estate.live()
    end(azkeep, case)

    is_denied = "gone" in case.fire.kinds
    if is_denied:
        remove_doubles(azkeep)
    done = azkeep(*JOBS["fix"], *WAITS, code=None)
    assert done.code in (EXIT_OK, EXIT_INCOMPLETE), done.err
    estate.is_whole()
    assert is_denied or before.items() <= estate.live().items()
    assert estate.body("/resourcegroups/kill-rg")["tags"] == {"zone": "one"}
    assert estate.body("/networksecuritygroups/kill-nsg")["tags"] == {"tier": "gold"}
    assert estate.body("/subnets/subnet1")["properties"]["addressPrefix"] == "10.0.1.0/24"
    assert {drift["kind"] for drift in azkeep.json("audit", STACK, code=done.code)["drifts"]} <= {"unread"}


@pytest.mark.parametrize("case", cases("audit"))
def test_an_audit_under_fire_says_what_it_could_not_see(azkeep: Azkeep, whole: Path, case: Case) -> None:
    """It ends; nothing is missing but what the cloud said is not there, and nothing is changed or unmanaged; the next
    one is clean."""
    shutil.copytree(whole, azkeep.folder, dirs_exist_ok=True)
    done = run(azkeep, case)
    is_clear(done)
    if done.document["kind"] == "audit":
        found = {drift["kind"] for drift in done.document["drifts"]}
        assert found <= ({"unread", "missing"} if "gone" in case.fire.kinds else {"unread"})
        assert done.code == (EXIT_CHANGES if "missing" in found else EXIT_INCOMPLETE if found else EXIT_OK)
    assert azkeep.json("audit", STACK)["drifts"] == []
