"""A scripted https server and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from loopback_server import FixedCredential, Script, https_server

from azkeep.azure.client import ArmClient


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    with https_server(tmp_path_factory.mktemp("server")) as script:
        yield script


@pytest.fixture
def server(_server: Script) -> Script:
    _server.got.clear()
    _server.replies.clear()
    _server.connections.clear()
    _server.otherwise = type(_server).otherwise
    return _server


@pytest.fixture
def client(server: Script) -> Iterator[ArmClient]:
    from azkeep.azure.pipeline import Retries

    retries = Retries(total=3, backoff=0.01, maximum=0.05)
    with ArmClient(server.url, FixedCredential(), ca=server.ca, retries=retries) as client:
        yield client
