"""The seam to the local cloud: the same promises that the live tier asks of Azure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from azkeep.clouds import Cloud, open_cloud
from azkeep.clouds.hand import somebody
from azkeep.errors import StoreDamaged

VERSION = "2024-03-01"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with open_cloud("local", store=tmp_path / "store", environment={}, subscription=None) as opened:
        yield opened


def test_the_caller_is_named(cloud: Cloud) -> None:
    """Tenant, subscription and caller are known before anything is asked for, and the provider's address with them."""
    assert (cloud.name, cloud.caller) == ("local", "azkeep-deployer")
    assert cloud.engine_environment["PULUMI_DEBUG_PROVIDERS"].startswith("azure-native:")


def test_a_group_is_made_read_and_removed(cloud: Cloud) -> None:
    """PUT answers 201 then 200, GET gives what was put, DELETE is followed to its end, then GET is 404."""
    id = f"/subscriptions/{cloud.subscription}/resourceGroups/azkeep-live"
    body = {"location": "westeurope", "tags": {"purpose": "azkeep-live"}}
    assert cloud.transport.run("PUT", id, api_version=VERSION, body=body).status == 201
    assert cloud.transport.run("PUT", id, api_version=VERSION, body=body).status == 200
    answer = cloud.read_all([(id, VERSION)])[id]
    assert answer.body["tags"] == {"purpose": "azkeep-live"}
    assert cloud.transport.run("DELETE", id, api_version=VERSION).ok
    gone = cloud.read_all([(id, VERSION)])[id]
    assert (gone.status, gone.error_code) == (404, "ResourceGroupNotFound")


def test_a_store_outlives_its_server(tmp_path: Path) -> None:
    """What one command wrote the next one finds."""
    store = tmp_path / "store"
    with open_cloud("local", store=store, environment={}, subscription=None) as cloud:
        id = f"/subscriptions/{cloud.subscription}/resourceGroups/kept"
        cloud.transport.run("PUT", id, api_version=VERSION, body={"location": "westeurope"})
    with open_cloud("local", store=store, environment={}, subscription=None) as cloud:
        assert cloud.read_all([(id, VERSION)])[id].status == 200


def test_a_foreign_hand_has_its_own_rights(tmp_path: Path) -> None:
    """A Reader is refused with ARM's own words, a Contributor is not."""
    store = tmp_path / "store"
    body = {"location": "westeurope"}
    with open_cloud("local", store=store, environment={}, subscription=None) as cloud:
        id = f"/subscriptions/{cloud.subscription}/resourceGroups/theirs"
    with somebody(store, "reader@example.com", "Reader") as reader:
        refused = reader.transport.run("PUT", id, api_version=VERSION, body=body)
    with somebody(store, "writer@example.com", None) as writer:
        allowed = writer.transport.run("PUT", id, api_version=VERSION, body=body)
    assert (refused.status, refused.error_code) == (403, "AuthorizationFailed")
    assert "reader@example.com" in refused.error_message
    assert allowed.status == 201


def test_a_damaged_database_is_told_with_its_folder(tmp_path: Path) -> None:
    """Nothing is thrown away; the error names the folder and the way out."""
    store = tmp_path / "store"
    with open_cloud("local", store=store, environment={}, subscription=None):
        pass
    for file in store.glob("store.sqlite3*"):
        file.write_bytes(b"not a database " * 600)
    with (
        pytest.raises(StoreDamaged) as caught,
        open_cloud("local", store=store, environment={}, subscription=None),
    ):
        pass
    assert caught.value.subject == str(store)
    assert "azkeep local reset" in caught.value.fix
