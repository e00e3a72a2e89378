"""Faults for the recovery campaign: which kinds, where and how often, drawn from a seed; and what has come of them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from azkeep.emulator import control
from azkeep.emulator.cloud import opened
from azkeep.emulator.fault_kinds import KINDS
from azkeep.emulator.injected import FACT
from azkeep.errors import EXIT_CHANGES, EXIT_FAILED, EXIT_INCOMPLETE, EXIT_INTERRUPTED, EXIT_OK
from tests.engine.command import Done

CODES = (EXIT_OK, EXIT_FAILED, EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_INTERRUPTED)
"""How a run may end for which no policy was asked and no plan was saved."""
ANYWHERE = "*"
TYPES = (
    "Microsoft.Resources/resourceGroups",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/virtualNetworks/subnets",
    "Microsoft.Network/routeTables",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.KeyVault/vaults",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/computes",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
    "Microsoft.Authorization/roleAssignments",
)
READS = ("throttled", "error", "unavailable", "forbidden", "gone", "dropped-before", "slow")
"""What reading alone can meet."""
OWN_PLACES = frozenset(name for name, kind in KINDS.items() if "type" in kind)
"""Kinds that happen to one type of resource alone."""
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "apply": tuple(kind for kind in KINDS if kind != "lingering-interface"),
    "destroy": tuple(kind for kind in KINDS if kind not in {"quota", "capacity", "principal-not-replicated"}),
    "fix": tuple(kind for kind in KINDS if kind not in {"quota", "capacity", "lingering-interface"}),
    "audit": READS,
}
SENT_AGAIN = 5
"""So often a request is sent again on loopback."""
TIMES = (1, 2, 3, SENT_AGAIN + 2, -1)
"""How often a fault strikes; -1 for ever."""


@dataclass(frozen=True)
class Fire:
    """Faults as the file of them has them."""

    faults: tuple[Mapping[str, Any], ...] = ()
    seed: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(str(fault["kind"]) for fault in self.faults)

    def __str__(self) -> str:
        return ", ".join(_shown(fault) for fault in self.faults)


NO_FIRE = Fire()


def drawn(job: str, seed: int) -> Fire:
    """One to three faults that `job` can meet."""
    chance = random.Random(f"fire {seed}")
    return Fire(tuple(_fault(job, chance) for _ in range(chance.randint(1, 3))), seed)


def _fault(job: str, chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(KINDS_OF[job])
    found: dict[str, Any] = {"kind": kind, "times": chance.choice(TIMES)}
    if kind not in OWN_PLACES:
        found["type"] = ANYWHERE if chance.random() < 0.4 else chance.choice(TYPES)
    if kind == "slow":
        found["delay"] = round(chance.uniform(0.2, 1.5), 1)
    if kind == "late-failure":
        found["seconds"] = round(chance.uniform(0, 1.5), 1)
    if chance.random() < 0.5:
        found["skip"] = chance.randint(1, 6)
    return found


def _shown(fault: Mapping[str, Any]) -> str:
    place = str(fault.get("type", ANYWHERE)).rsplit("/", 1)[-1]
    times = "always" if fault["times"] < 0 else str(fault["times"])
    return f"{times} {fault['kind']}" + (f" of {place}" if place != ANYWHERE else "")


def light(store: Path, fire: Fire) -> None:
    """The local cloud in `store` meets the faults from now on; it is made where there is none yet."""
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = store.parent / "faults.yaml"
    file.write_text(yaml.safe_dump({"seed": fire.seed, "faults": [dict(fault) for fault in fire.faults]}))
    control.declare_fault_file(store, file)


def put_out(store: Path) -> None:
    """No fault strikes any more, and what was never to end has ended."""
    control.declare_faults(store)
    control.end_operations(store)


def struck(store: Path, fire: Fire) -> frozenset[str]:
    """Kinds of the faults that struck at least once."""
    with opened(store) as cloud:
        text = yaml.safe_load(cloud.facts.current(FACT) or "{}")
    return frozenset(
        str(fault["kind"]) for fault, times in zip(fire.faults, text.get("struck", ()), strict=True) if times
    )


def is_clear(done: Done) -> None:
    """Asserts that a run ended as promised: by a code of the table, without a traceback, its document says why, and a
    failure says what to do next."""
    assert "Traceback" not in done.err + done.out, done.err
    assert done.code in CODES, f"exit {done.code}\n{done.err}"
    document = done.document
    if document["kind"] == "error":
        assert all(error["summary"] and error["fix"] for error in document["errors"]), document
        return
    assert document["exit"]["code"] == done.code, document["exit"]
    if done.code == EXIT_OK:
        return
    assert all(document["exit"]["reasons"]), document["exit"]
    if done.code == EXIT_FAILED:
        assert re.search(r"^Error: \S", done.err, re.MULTILINE), done.err
        assert re.search(r"^  try  \S", done.err, re.MULTILINE), done.err
