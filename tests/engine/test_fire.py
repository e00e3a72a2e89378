"""A cloud that misbehaves: every kind of fault at least once, and what a user is told, left with, and can go on from.

Random mixes of the same, with and without kills, are in `test_kills.py`.
"""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

from azkeep.emulator.fault_kinds import KINDS
from azkeep.errors import EXIT_CHANGES, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, credential
from tests.engine.campaign import JOBS, NOBODY, Case, Estate, lay, run
from tests.engine.command import Azkeep, Done
from tests.engine.fire import Fire, is_clear, light, struck

LEARNING = "Microsoft.MachineLearningServices/workspaces"
NETWORK = "Microsoft.Network"
PASSING = Fire(
    (
        {"kind": "throttled", "type": f"{NETWORK}/virtualNetworks", "verb": "PUT", "times": 2},
        {"kind": "error", "type": "Microsoft.KeyVault/vaults", "verb": "PUT", "times": 2},
        {"kind": "unavailable", "type": f"{LEARNING}/computes", "verb": "GET", "times": 1},
        {"kind": "conflict", "type": f"{NETWORK}/virtualNetworks/subnets", "verb": "PUT", "times": 1},
        {"kind": "dropped-before", "type": "Microsoft.Storage/storageAccounts", "verb": "PUT", "times": 2},
        {"kind": "dropped-after", "type": f"{NETWORK}/routeTables", "times": 2},
        {"kind": "gone", "type": f"{NETWORK}/networkSecurityGroups", "skip": 1, "times": 1},
        {"kind": "slow", "type": "Microsoft.Insights/components", "verb": "PUT", "times": 1, "delay": 1.0},
    )
)
REFUSING = Fire(
    (
        {"kind": "late-failure", "type": "Microsoft.KeyVault/vaults", "times": 1, "seconds": 0.0},
        {"kind": "quota", "times": 1, "delay": 0.5},
        {"kind": "capacity", "times": 1, "seconds": 0.5},
        {"kind": "principal-not-replicated", "times": 1, "delay": 0.5},
    )
)
HOLDING = Fire(
    (
        {"kind": "lingering-interface", "times": 1, "delay": 0.5},
        {"kind": "never-ends", "type": f"{LEARNING}/computes", "verb": "DELETE", "times": 1},
    )
)
BLINDING = Fire(
    (
        {"kind": "forbidden", "type": "Microsoft.Network/virtualNetworks", "times": -1},
        {"kind": "error", "type": "Microsoft.Storage/storageAccounts", "verb": "GET", "times": -1},
        {"kind": "gone", "type": f"{LEARNING}/computes", "times": -1},
    )
)


def test_every_kind_of_fault_is_met() -> None:
    """The cases below meet everything that the local cloud can be told to do wrong."""
    fires = (PASSING, REFUSING, HOLDING, BLINDING)
    assert {kind for fire in fires for kind in fire.kinds} == set(KINDS)


def under(fire: Fire, azkeep: Azkeep, job: str) -> tuple[Done, frozenset[str]]:
    """How `job` ended under fire, and the kinds of the faults that it met. The fire goes on."""
    store = Estate(azkeep.folder).store
    light(store, fire)
    done = azkeep(*JOBS[job], code=None)
    is_clear(done)
    return done, struck(store, fire)


def test_an_apply_outlasts_what_passes(azkeep: Azkeep) -> None:
    """Throttling, errors, lost connections and late answers a few times each: one apply, nothing twice, no drift."""
    lay(azkeep.folder)
    done, met = under(PASSING, azkeep, "apply")
    assert (done.code, met) == (EXIT_OK, PASSING.kinds)
    Estate(azkeep.folder).is_whole()
    assert azkeep.json("audit", "killed")["drifts"] == []


def test_an_apply_goes_on_from_every_refusal(azkeep: Azkeep) -> None:
    """Quota, capacity, a principal that is not known yet and an operation that fails late: each apply says so, an audit
    names what it left failed, and the next apply begins where it stopped, until all is there."""
    lay(azkeep.folder)
    estate = Estate(azkeep.folder)
    light(estate.store, REFUSING)
    said, codes, made = "", [], dict[str, str]()
    while not codes or (codes[-1] == EXIT_FAILED and len(codes) <= len(REFUSING.faults)):
        done = azkeep(*JOBS["apply"], code=None)
        is_clear(done)
        assert made.items() <= estate.live().items()
        if not codes:
            audit = azkeep.json("audit", "killed", code=None)
            failed = {drift["id"].lower() for drift in audit["drifts"] if drift["live"] == "Failed"}
            assert failed == estate.broken()
            assert audit["exit"]["code"] == (EXIT_CHANGES if failed else EXIT_OK)
        said, made = said + done.err, estate.acknowledged()
        codes.append(done.code)
    assert codes[-1] == EXIT_OK
    assert "failed during initial provisioning" not in said
    assert struck(estate.store, REFUSING) == REFUSING.kinds
    assert all(str(KINDS[kind]["code"]) in said for kind in REFUSING.kinds)
    estate.is_whole()
    assert azkeep.json("audit", "killed")["drifts"] == []


def test_an_apply_waits_for_an_empty_bucket(azkeep: Azkeep) -> None:
    """The cloud has no writes left for the caller: the apply takes them as they come back, and all is made once."""
    lay(azkeep.folder)
    store = Estate(azkeep.folder).store
    server = azkeep.start("local", "serve", "--store", str(store), "--throttling", "on", "--format", "json")
    try:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        with closing(credential(ready)) as who, Arm(ready, who.get_token(f"{ready['arm']}/.default").token) as arm:
            nothing = f"{arm.subscription}/resourceGroups/none"
            while arm.send("PATCH", nothing, {}, version=GROUPS_VERSION).status_code != 429:
                pass
        done = azkeep(*JOBS["apply"])
    finally:
        server.terminate()
        server.communicate()
    is_clear(done)
    Estate(azkeep.folder).is_whole()


def test_a_destroy_goes_on_when_what_held_it_is_gone(azkeep: Azkeep, whole: Path) -> None:
    """An interface lingers in a subnet, and the deletion of a cluster never ends until somebody gives up waiting: the
    next destroy removes the rest."""
    shutil.copytree(whole, azkeep.folder, dirs_exist_ok=True)
    done = run(azkeep, Case("destroy", NOBODY, 0, 0.0, HOLDING))
    is_clear(done)
    assert done.code == EXIT_INTERRUPTED
    assert "azkeep destroy killed goes on from here" in done.err
    azkeep(*JOBS["destroy"])
    assert Estate(azkeep.folder).made() == set()
    assert Estate(azkeep.folder).recorded() == {}


def test_an_audit_tells_what_it_could_not_see_from_what_is_gone(azkeep: Azkeep, whole: Path) -> None:
    """Forbidden and broken answers are unread; only what the cloud itself says is not there is missing."""
    shutil.copytree(whole, azkeep.folder, dirs_exist_ok=True)
    done, met = under(BLINDING, azkeep, "audit")
    found = {drift["id"].rsplit("/", 1)[-1]: drift["kind"] for drift in done.document["drifts"]}
    assert met == BLINDING.kinds
    assert done.code == EXIT_CHANGES
    assert {name: kind for name, kind in found.items() if name.startswith("kill")} == {
        "kill-vnet": "unread",
        "killstore": "unread",
        "kill-cluster": "missing",
    }
    assert set(found.values()) == {"unread", "missing"}
