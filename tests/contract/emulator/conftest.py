"""One running local cloud for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, deployer

from azkeep.testing import emulator


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    with emulator(tmp_path_factory.mktemp("store")) as document:
        yield document


@pytest.fixture(scope="module")
def arm(ready: Mapping[str, Any]) -> Iterator[Arm]:
    with deployer(ready) as client:
        yield client
