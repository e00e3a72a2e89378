"""A provider on a real gRPC channel, in front of an ARM in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from engine_side import SUBSCRIPTION, Engine
from fake_arm import FakeArm

from azkeep.provider.server import ProviderIdentity, serve


@dataclass(frozen=True)
class Running:
    """A provider's port, and the cloud behind it."""

    port: int
    arm: FakeArm


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
    with connected(running.port) as engine:
        yield engine


def connected(port: int) -> Any:
    """An engine's own connection, already configured."""
    return Engine.connect(grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]))
