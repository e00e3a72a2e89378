"""The provider in front of the local cloud, over the real ARM client."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from azkeep.azure import credentials
from azkeep.azure.client import ArmClient
from azkeep.emulator.control import ensure_subscription
from azkeep.provider.server import ProviderIdentity, serve
from azkeep.testing import emulator

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "provider"))  # the engine's side is the same in both tiers

from engine_side import Engine

SECOND = "33333333-3333-3333-3333-333333333333"


@dataclass(frozen=True)
class Local:
    """A served local cloud, the provider in front of it, and the plain client."""

    store: Path
    ready: dict[str, Any]
    arm: ArmClient
    port: int

    @property
    def subscription(self) -> str:
        return str(self.ready["subscription"])

    @contextmanager
    def engine(self, **settings: Any) -> Iterator[Engine]:
        """One provider instance, configured."""
        options = [("grpc.use_local_subchannel_pool", 1)]
        with Engine.connect(grpc.insecure_channel(f"127.0.0.1:{self.port}", options=options), **settings) as engine:
            yield engine


@contextmanager
def served(store: Path, *, realistic: bool = False) -> Iterator[Local]:
    ensure_subscription(store, SECOND, "second")
    with emulator(store, realistic=realistic) as ready, ExitStack() as opened:
        me = ready["principals"][0]
        credential = opened.enter_context(
            credentials.service_principal(
                ready["identity"], ready["tenant"], me["client_id"], me["client_secret"], ready["ca"]
            )
        )
        identity = ProviderIdentity(
            me["client_id"],
            me["object_id"],
            ready["tenant"],
            lambda: credentials.token(credential, f"{ready['arm']}/.default"),
        )
        arm = opened.enter_context(ArmClient(ready["arm"], credential, ca=ready["ca"]))
        server = opened.enter_context(serve(arm, identity, subscription=ready["subscription"]))
        yield Local(store, ready, arm, server.port)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    with served(tmp_path_factory.mktemp("cloud")) as local:
        yield local


@pytest.fixture
def realistic(tmp_path: Path) -> Iterator[Local]:
    with served(tmp_path, realistic=True) as local:
        yield local
