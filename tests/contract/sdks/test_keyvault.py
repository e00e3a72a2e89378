"""azure-mgmt-keyvault: access policies, and what remains of a deleted vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.keyvault import KeyVaultManagementClient, models
from tests.contract.sdks.conftest import Open, refusal
from tests.contract.sdks.estate import Estate


@pytest.fixture
def vaults(estate: Estate, clients: Open) -> Any:
    client: KeyVaultManagementClient = clients("keyvault")
    return client.vaults


def body(ready: Mapping[str, Any], **more: Any) -> models.VaultCreateOrUpdateParameters:
    sku = models.Sku(family="A", name="standard")
    properties = models.VaultProperties(tenant_id=ready["tenant"], sku=sku, access_policies=[], **more)
    return models.VaultCreateOrUpdateParameters(location="westeurope", properties=properties)


def test_deleted_vault_is_listed_recovered_and_purged(vaults: Any, ready: Mapping[str, Any]) -> None:
    """A deleted vault is among the deleted, keeps its name, comes back when asked to, and is purged for good."""
    made = vaults.begin_create_or_update("rg", "kept-by-sdk", body(ready)).result()
    vaults.delete("rg", "kept-by-sdk")
    assert "kept-by-sdk" in [each.name for each in vaults.list_deleted()]
    assert vaults.get_deleted("kept-by-sdk", "westeurope").properties.vault_id == made.id
    with pytest.raises(HttpResponseError) as caught:
        vaults.begin_create_or_update("rg", "kept-by-sdk", body(ready))
    assert refusal(caught)[:2] == (409, "ConflictError")
    back = vaults.begin_create_or_update("rg", "kept-by-sdk", body(ready, create_mode="recover")).result()
    assert back.properties.vault_uri == made.properties.vault_uri
    vaults.delete("rg", "kept-by-sdk")
    vaults.begin_purge_deleted("kept-by-sdk", "westeurope").result()
    with pytest.raises(ResourceNotFoundError):
        vaults.get_deleted("kept-by-sdk", "westeurope")


def test_taken_and_wrong_names(clients: Open, estate: Estate) -> None:
    """A name that is taken, and one that is none, are each refused with their reason."""
    vaults = clients("keyvault").vaults
    found = {}
    for name in ("vault", "1-is-none"):
        told = vaults.check_name_availability(models.VaultCheckNameAvailabilityParameters(name=name))
        found[name] = (told.name_available, told.reason)
    assert found == {"vault": (False, "AlreadyExists"), "1-is-none": (False, "AccountNameInvalid")}
