"""Keys and secrets of a vault through Microsoft's own client, which has no way to delete them: nor has ARM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.keyvault import KeyVaultManagementClient
from tests.contract.emulator.arm import Arm, credential, error, local_cloud

CANARY = "canary-41d7"
VERSION = "2024-11-01"


@pytest.fixture(scope="module")
def vaults(ready: Mapping[str, Any], arm: Arm) -> Iterator[KeyVaultManagementClient]:
    """A client, with group `vaults` and vault `azkeep-objects` in it."""
    arm.group("vaults")
    with (
        credential(ready) as own,
        KeyVaultManagementClient(own, ready["subscription"], **local_cloud(ready)) as client,
    ):
        properties = {"tenantId": ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
        body: Any = {"location": "westeurope", "properties": properties}
        client.vaults.begin_create_or_update("vaults", "azkeep-objects", body).result()
        yield client


def secret(value: str) -> Any:
    return {"properties": {"value": value, "contentType": "text/plain", "attributes": {"exp": 1_900_000_000}}}


def test_a_secret_is_written_and_never_read(
    vaults: KeyVaultManagementClient, ready: Mapping[str, Any], arm: Arm
) -> None:
    """The value is in no answer and in no file of the store; address and times are the vault's."""
    made = vaults.secrets.create_or_update("vaults", "azkeep-objects", "password", secret(CANARY))
    found = vaults.secrets.get("vaults", "azkeep-objects", "password")
    assert found.properties.value is None
    assert found.properties.content_type == "text/plain"
    assert found.properties.secret_uri == "https://azkeep-objects.vault.azure.net/secrets/password"
    assert found.properties.attributes.expires.timestamp() == 1_900_000_000
    assert found.properties.attributes.created == made.properties.attributes.created
    assert found.location == "westeurope"
    store = Path(ready["ca"]).parent
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in store.iterdir() if path.is_file())
    assert CANARY not in arm.send("GET", str(found.id), version=VERSION).text


def test_every_put_makes_a_version(vaults: KeyVaultManagementClient) -> None:
    """The address without a version stays, and the one with it moves; the first time is kept."""
    first = vaults.secrets.create_or_update("vaults", "azkeep-objects", "rotated", secret("one")).properties
    second = vaults.secrets.create_or_update("vaults", "azkeep-objects", "rotated", secret("two")).properties
    assert second.secret_uri == first.secret_uri
    assert second.secret_uri_with_version != first.secret_uri_with_version
    assert second.secret_uri_with_version.startswith(f"{first.secret_uri}/")
    assert second.attributes.created == first.attributes.created


def test_a_key_that_exists_is_returned_as_it_is(vaults: KeyVaultManagementClient) -> None:
    """Only the first PUT of a key counts: size, version and tags of the second are not taken."""
    first: Any = {"tags": {"of": "first"}, "properties": {"kty": "RSA"}}
    second: Any = {"tags": {"of": "second"}, "properties": {"kty": "RSA", "keySize": 4096}}
    made = vaults.keys.create_if_not_exist("vaults", "azkeep-objects", "encryption", first)
    again = vaults.keys.create_if_not_exist("vaults", "azkeep-objects", "encryption", second)
    assert (made.properties.key_size, made.properties.attributes.recovery_level) == (2048, "Recoverable+Purgeable")
    assert again.properties.key_size == 2048
    assert again.properties.key_uri_with_version == made.properties.key_uri_with_version
    assert again.tags == {"of": "first"}
    assert [key.name for key in vaults.keys.list("vaults", "azkeep-objects")] == ["encryption"]


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"kty": "RSA", "keySize": 1024}, "Key size 1024 is not supported"),
        ({"kty": "oct"}, "Error converting value \"oct\" to type 'Kty'"),
        ({"kty": "RSA-HSM"}, "need a vault of the premium tier"),
    ],
)
def test_a_key_that_the_vault_cannot_hold_is_refused(
    vaults: KeyVaultManagementClient, properties: dict[str, Any], words: str
) -> None:
    """Kind, size and tier are checked before anything is made."""
    with pytest.raises(HttpResponseError, match=words) as caught:
        vaults.keys.create_if_not_exist("vaults", "azkeep-objects", "refused", {"properties": properties})  # type: ignore[arg-type]
    assert caught.value.status_code == 400


def test_arm_does_not_delete_them(vaults: KeyVaultManagementClient, arm: Arm) -> None:
    """DELETE through ARM is refused, as it is where only the data plane can do it; the vault takes them along."""
    kept = vaults.secrets.create_or_update("vaults", "azkeep-objects", "kept", secret("value"))
    answer = arm.send("DELETE", str(kept.id), version=VERSION)
    assert error(answer)[:2] == (405, "MethodNotAllowed")
    assert arm.send("GET", str(kept.id), version=VERSION).ok
