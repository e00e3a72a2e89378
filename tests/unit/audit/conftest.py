"""The example bodies, once on a local cloud for all tests of the folder."""

from __future__ import annotations

import pytest
from tests.contract.emulator.arm import deployer

from audit.bodies import Example, written
from azkeep.testing import emulator


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Example]:
    with emulator(tmp_path_factory.mktemp("bodies")) as ready:
        arm = deployer(ready)
        found = written(arm)
        arm.session.close()
    return found
