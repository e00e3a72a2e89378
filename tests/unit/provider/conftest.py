"""A provider on a real gRPC channel, in front of an ARM in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engine_side import SUBSCRIPTION, Engine, Running
from fake_arm import FakeArm

from azkeep.provider.server import ProviderIdentity, serve


@pytest.fixture
def running() -> Iterator[Running]:
    arm = FakeArm()
    identity = ProviderIdentity("client-1", "object-1", "tenant-1", lambda: "token-1")
    with serve(arm, identity, subscription=SUBSCRIPTION) as server:
        yield Running(server.port, arm)


@pytest.fixture
def arm(running: Running) -> FakeArm:
    return running.arm


@pytest.fixture
def engine(running: Running) -> Iterator[Engine]:
    with Engine.connect(running.channel()) as engine:
        yield engine
