"""A local cloud that is served slow, failing or with request limits, as tests ask for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, deployer, error

from azkeep.errors import EmulatorFailed
from azkeep.testing import emulator

FAULTS = "faults:\n  - kind: throttled\n    type: Microsoft.Resources/resourceGroups\n    verb: PUT\n"
REMAINING = "x-ms-ratelimit-remaining-subscription-reads"


def test_faults_and_latency_go_with_the_server(tmp_path: Path) -> None:
    """The declared fault is met once, every answer is late, and the next server on the store knows of neither."""
    file = tmp_path / "faults.yaml"
    file.write_text(FAULTS + "    times: 5\n", encoding="utf-8")
    with emulator(tmp_path / "store", faults=file, latency=150) as ready, deployer(ready) as arm:
        began = time.monotonic()
        refused = arm.send("PUT", f"{arm.subscription}/resourceGroups/g", {"location": "westeurope"})
        assert time.monotonic() - began >= 0.15
        assert error(refused)[0] == 429
    with emulator(tmp_path / "store") as ready, deployer(ready) as arm:
        assert arm.group("g").endswith("/resourceGroups/g")


def test_request_limits_are_switched(tmp_path: Path) -> None:
    """Limits hold where they are on, whatever the pace, and not where they are off."""
    for realistic, throttling, limited in ((False, True, True), (True, False, False), (False, None, False)):
        with emulator(tmp_path, realistic, throttling=throttling) as ready, deployer(ready) as arm:
            answer = arm.send("GET", f"{arm.subscription}/resourceGroups", version=GROUPS_VERSION)
            assert answer.status_code == 200
            assert (REMAINING in answer.headers) is limited, (realistic, throttling)


def test_wrong_file_of_faults_is_told(tmp_path: Path) -> None:
    """The server does not start, and says what is wrong in which file."""
    file = tmp_path / "faults.yaml"
    file.write_text("faults:\n  - kind: earthquake\n", encoding="utf-8")
    with pytest.raises(EmulatorFailed, match="did not start") as caught, emulator(tmp_path / "store", faults=file):
        pass
    assert "'earthquake' is no kind of fault" in caught.value.detail
