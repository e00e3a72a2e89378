"""Declared faults: what a client meets, and what was done all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, error

from azkeep.emulator import control
from azkeep.emulator.control import Fault


@pytest.fixture
def store(arm: Arm) -> Iterator[Path]:
    """The store of the running cloud, without faults in the end."""
    folder = Path(arm.ready["ca"]).parent
    yield folder
    control.declare_faults(folder)


def _put(arm: Arm, name: str) -> requests.Response:
    path = f"{arm.subscription}/resourceGroups/{name}"
    return arm.send("PUT", path, {"location": "westeurope"}, version=GROUPS_VERSION)


def _exists(arm: Arm, name: str) -> bool:
    return arm.send("HEAD", f"{arm.subscription}/resourceGroups/{name}", version=GROUPS_VERSION).status_code == 204


def test_throttling_ends_after_as_many_times(arm: Arm, store: Path) -> None:
    """Two 429 with Retry-After, then the request goes through; other paths are not touched."""
    control.declare_faults(
        store, Fault("PUT", "/throttled$", 429, "SubscriptionRequestsThrottled", "slow down", times=2, retry_after=3)
    )
    assert _put(arm, "untouched").status_code == 201
    for _ in range(2):
        answer = _put(arm, "throttled")
        assert error(answer) == (429, "SubscriptionRequestsThrottled", "slow down")
        assert answer.headers["Retry-After"] == "3"
    assert not _exists(arm, "throttled")
    assert _put(arm, "throttled").status_code == 201


def test_lost_answer_of_a_write_that_was_done(arm: Arm, store: Path) -> None:
    """The client gets no answer, yet the group exists."""
    control.declare_faults(store, Fault("PUT", "/lost$", 0, after=True))
    with pytest.raises(requests.exceptions.RequestException):
        _put(arm, "lost")
    assert _exists(arm, "lost")


def test_delay_holds_the_answer_back(arm: Arm, store: Path) -> None:
    """The answer takes as long as declared, and is the declared error."""
    control.declare_faults(store, Fault("*", "/slow$", 503, "ServerBusy", "busy", delay=0.4))
    before = time.monotonic()
    assert error(_put(arm, "slow"))[:2] == (503, "ServerBusy")
    assert time.monotonic() - before >= 0.4
