"""The seam to Azure: what every cloud promises, asked of the real one. One empty resource group is made and removed."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from azkeep.clouds import Cloud, open_cloud

VERSION = "2024-03-01"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with open_cloud("azure", store=tmp_path, environment=os.environ, subscription=None) as opened:
        yield opened


def test_the_caller_is_named(cloud: Cloud) -> None:
    """Tenant, subscription and caller are known before anything is asked for."""
    assert cloud.tenant
    assert cloud.subscription
    assert cloud.caller != "unknown"


def test_a_group_is_made_read_and_removed(cloud: Cloud) -> None:
    """PUT answers 201 then 200, GET gives what was put, DELETE is followed to its end, then GET is 404."""
    id = f"/subscriptions/{cloud.subscription}/resourceGroups/azkeep-live-{uuid.uuid4().hex[:8]}"
    body = {"location": "westeurope", "tags": {"purpose": "azkeep-live"}}
    try:
        assert cloud.transport.run("PUT", id, api_version=VERSION, body=body).status == 201
        assert cloud.transport.run("PUT", id, api_version=VERSION, body=body).status == 200
        answer = cloud.read_all([(id, VERSION)])[id]
        assert answer.body["tags"] == {"purpose": "azkeep-live"}
    finally:
        assert cloud.transport.run("DELETE", id, api_version=VERSION).ok
    gone = cloud.read_all([(id, VERSION)])[id]
    assert (gone.status, gone.error_code) == (404, "ResourceGroupNotFound")
