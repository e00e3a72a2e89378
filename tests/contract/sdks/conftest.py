"""One local cloud for all tests of SDKs in a process, with all example bodies in it, and the SDKs' clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from tests.contract.emulator.arm import Arm, credential, deployer, local_cloud
from tests.contract.sdks import catalogue, second_machine_learning
from tests.contract.sdks.estate import SUBSCRIPTION, Estate, write_estate

from azkeep.testing import emulator

Open = Callable[[str], Any]


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    with emulator(tmp_path_factory.mktemp("store")) as document:
        yield document


@pytest.fixture(scope="session")
def arm(ready: Mapping[str, Any]) -> Iterator[Arm]:
    with deployer(ready) as client:
        yield client


@pytest.fixture(scope="session")
def estate(arm: Arm) -> Estate:
    return write_estate(arm)


@pytest.fixture(scope="session")
def clients(ready: Mapping[str, Any]) -> Iterator[Open]:
    """`clients(sdk)` is an SDK's client of the examples' subscription, made once."""
    with ExitStack() as stack:
        own = stack.enter_context(credential(ready))
        opened: dict[str, Any] = {}

        def client(sdk: str) -> Any:
            if sdk == "machinelearning2":
                second_machine_learning.load()
            if sdk not in opened:
                made = catalogue.client_class(sdk)(own, SUBSCRIPTION, **local_cloud(ready))
                opened[sdk] = stack.enter_context(made)
            return opened[sdk]

        yield client


def refusal(caught: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str, str]:
    """(status, code, message) of what a client raised."""
    error = caught.value.error
    assert error is not None, caught.value
    return caught.value.status_code, str(error.code), str(error.message)
