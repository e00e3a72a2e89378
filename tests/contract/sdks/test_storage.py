"""azure-mgmt-storage: names, keys and what hangs on an account's kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.mgmt.storage import StorageManagementClient, models
from tests.contract.sdks.conftest import Open, refusal
from tests.contract.sdks.estate import Estate


@pytest.fixture
def storage(estate: Estate, clients: Open) -> StorageManagementClient:
    client: StorageManagementClient = clients("storage")
    return client


@pytest.fixture
def premium(storage: StorageManagementClient) -> Iterator[str]:
    """A premium account for file shares."""
    made = models.StorageAccountCreateParameters(
        location="westeurope", kind="FileStorage", sku=models.Sku(name="Premium_LRS")
    )
    storage.storage_accounts.begin_create("rg", "premiumfiles", made).result()
    yield "premiumfiles"
    storage.storage_accounts.delete("rg", "premiumfiles")


@pytest.mark.parametrize(("name", "reason"), [("account", "AlreadyExists"), ("No-Such", "AccountNameInvalid")])
def test_names_that_cannot_be_had(storage: StorageManagementClient, name: str, reason: str) -> None:
    """A name that is taken, and one that is none, are each refused with their reason."""
    asked = models.StorageAccountCheckNameAvailabilityParameters(name=name, type="Microsoft.Storage/storageAccounts")
    told = storage.storage_accounts.check_name_availability(asked)
    assert (told.name_available, told.reason) == (False, reason)


def test_free_name(storage: StorageManagementClient) -> None:
    """A name that nobody has can be had."""
    asked = models.StorageAccountCheckNameAvailabilityParameters(
        name="nobodyhas", type="Microsoft.Storage/storageAccounts"
    )
    assert storage.storage_accounts.check_name_availability(asked).name_available


def test_keys_are_made_anew_one_at_a_time(storage: StorageManagementClient) -> None:
    """A new second key leaves the first one."""
    before = {each.key_name: each.value for each in storage.storage_accounts.list_keys("rg", "account").keys_property}
    body = models.StorageAccountRegenerateKeyParameters(key_name="key2")
    after = {
        each.key_name: each.value
        for each in storage.storage_accounts.regenerate_key("rg", "account", body).keys_property
    }
    assert before.keys() == after.keys() == {"key1", "key2"}
    assert (after["key1"] == before["key1"], after["key2"] == before["key2"]) == (True, False)


def test_root_of_a_network_share(storage: StorageManagementClient, premium: str) -> None:
    """A share that speaks NFS keeps what becomes of its root user; one that does not has none."""
    share = models.FileShare(enabled_protocols="NFS", root_squash="RootSquash", share_quota=100)
    storage.file_shares.create("rg", premium, "network", share)
    assert storage.file_shares.get("rg", premium, "network").root_squash == "RootSquash"
    share.enabled_protocols = "SMB"
    with pytest.raises(HttpResponseError) as caught:
        storage.file_shares.create("rg", "account", "windows", share)
    assert refusal(caught)[:2] == (400, "InvalidRequestPropertyValue")


def test_kind_of_an_account_stays(storage: StorageManagementClient) -> None:
    """An account does not become one of another kind."""
    body = models.StorageAccountCreateParameters(
        location="westeurope", kind="BlockBlobStorage", sku=models.Sku(name="Premium_LRS")
    )
    with pytest.raises(HttpResponseError) as caught:
        storage.storage_accounts.begin_create("rg", "account", body)
    assert refusal(caught)[:2] == (409, "AccountPropertyCannotBeUpdated")


def test_account_of_another_group(storage: StorageManagementClient, clients: Open) -> None:
    """The name of an account is taken everywhere."""
    clients("resources").resource_groups.create_or_update("second-rg", {"location": "westeurope"})
    body = models.StorageAccountCreateParameters(
        location="westeurope", kind="StorageV2", sku=models.Sku(name="Standard_LRS")
    )
    with pytest.raises(ResourceExistsError) as caught:
        storage.storage_accounts.begin_create("second-rg", "account", body)
    assert refusal(caught)[1] == "StorageAccountInAnotherResourceGroup"
