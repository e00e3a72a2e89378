"""One local cloud with a small estate, which no hostile request may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, deployer, token
from tests.contract.hostile.raw import Answer, Wire

from azkeep.emulator import control
from azkeep.testing import LOG, emulator

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


@dataclass(frozen=True)
class Ground:
    """The estate, and how to look at it: `looker` may read everything, `owner_of_one` owns one group alone."""

    arm: Arm
    wire: Wire
    looker: Wire
    owner_of_one: Wire
    log: Path

    def spelled(self, text: str) -> str:
        """`text` with SUB, GROUP, NET and TENANT filled in."""
        group = f"{self.arm.subscription}/resourceGroups/held"
        network = f"{group}/providers/Microsoft.Network/virtualNetworks/held"
        known = {"SUB": self.arm.subscription, "GROUP": group, "NET": network, "TENANT": f"/{self.arm.ready['tenant']}"}
        for word, meaning in known.items():
            text = text.replace(word, meaning)
        return text

    def picture(self) -> list[Any]:
        """What the cloud holds, and what it has said of defects."""
        paths = (f"{self.arm.subscription}/resourceGroups", f"{self.arm.subscription}/resources", self.spelled("NET"))
        shown = [self.arm.send("GET", path, version=GROUPS_VERSION) for path in paths]
        return [*(each.json() for each in shown), self.log.read_text(encoding="utf-8")]

    def refused(self, answer: Answer, before: list[Any]) -> None:
        """The server closed or answered in good order, is alive, and holds what it held."""
        assert answer.status < 500, answer.content
        assert self.picture() == before


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    store = tmp_path_factory.mktemp("store")
    with emulator(store) as ready, deployer(ready) as arm:
        arm.network(arm.group("held"), "held")
        control.ensure_principal(store, "looker", "Reader")
        owner = control.ensure_principal(store, "owner-of-one", "Reader")
        own(arm, arm.group("own"), owner.object_id)
        looker, ownings = (control.mint_token(store, name) for name in ("looker", "owner-of-one"))
        wire = Wire(ready, token(ready, f"{ready['arm']}/.default"))
        yield Ground(arm, wire, Wire(ready, looker), Wire(ready, ownings), store / LOG)


def own(arm: Arm, scope: str, principal: str) -> None:
    """Makes a principal Owner of `scope`."""
    role = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"
    properties = {"roleDefinitionId": role, "principalId": principal, "principalType": "ServicePrincipal"}
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}"
    answer = arm.send("PUT", path, {"properties": properties}, version="2022-04-01")
    assert answer.status_code == 201, answer.text
