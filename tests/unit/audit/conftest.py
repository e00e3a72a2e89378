"""The example bodies, once on a local cloud for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, deployer

from audit.bodies import Example, written
from azkeep.azure.client import ArmClient
from azkeep.azure.credentials import service_principal
from azkeep.azure.pipeline import LOOPBACK
from azkeep.emulator import control
from azkeep.testing import emulator


@dataclass(frozen=True)
class Ground:
    """A running local cloud with every example in it."""

    ready: Mapping[str, Any]
    arm: Arm
    examples: Mapping[str, Example]

    def client(self, name: str, role: str = "") -> ArmClient:
        """A client of its own principal, that asks again at once; `role` on the first subscription if it is new."""
        store = Path(self.ready["ca"]).parent
        who = control.ensure_principal(store, name, role or "Reader")
        credential = service_principal(
            self.ready["identity"], self.ready["tenant"], who.client_id, who.client_secret, self.ready["ca"]
        )
        return ArmClient(
            self.ready["arm"],
            credential,
            ca=self.ready["ca"],
            scopes=(f"{self.ready['arm'].rstrip('/')}/.default",),
            retries=replace(LOOPBACK, backoff=0),
        )


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with emulator(tmp_path_factory.mktemp("bodies")) as ready:
        arm = deployer(ready)
        yield Ground(ready, arm, written(arm))
        arm.session.close()


@pytest.fixture(scope="session")
def examples(ground: Ground) -> Mapping[str, Example]:
    return ground.examples
