"""azure-mgmt-storage: names, keys and what hangs on an account's kind."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import parse_qs

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
    assert {len(b64decode(key, validate=True)) for key in after.values()} == {64}
    assert (after["key1"] == before["key1"], after["key2"] == before["key2"]) == (True, False)


def test_a_new_key_is_of_today(storage: StorageManagementClient) -> None:
    """Whoever makes a key anew sees from when it is; the other one keeps its date."""
    times = {
        each.key_name: each.creation_time for each in storage.storage_accounts.list_keys("rg", "account").keys_property
    }
    body = models.StorageAccountRegenerateKeyParameters(key_name="key1")
    made = storage.storage_accounts.regenerate_key("rg", "account", body).keys_property
    now = {each.key_name: each.creation_time for each in made}
    shown = storage.storage_accounts.get_properties("rg", "account").key_creation_time
    assert (now["key1"] > times["key1"], now["key2"] == times["key2"]) == (True, True)
    assert (shown.key1, shown.key2) == (now["key1"], now["key2"])


def test_an_account_signs(storage: StorageManagementClient) -> None:
    """A signature for the account has what was asked for, times to the second, and another one for another key."""
    asked = {
        "signedServices": "b",
        "signedResourceTypes": "sco",
        "signedPermission": "rl",
        "signedProtocol": "https",
        "signedExpiry": "2099-05-24T11:42:03.1567373Z",
    }
    tokens = [
        parse_qs(
            storage.storage_accounts.list_account_sas("rg", "account", {**asked, "keyToSign": key}).account_sas_token
        )
        for key in ("key1", "key2")
    ]
    signatures = {token.pop("sig")[0] for token in tokens}
    assert tokens[0] == tokens[1]
    assert {name: value for name, (value,) in tokens[0].items() if name != "sv"} == {
        "ss": "b",
        "srt": "sco",
        "sp": "rl",
        "spr": "https",
        "se": "2099-05-24T11:42:03Z",
    }
    assert len(signatures) == 2


def test_a_signature_without_an_end(storage: StorageManagementClient) -> None:
    """An account's signature that says no end is refused with the name of what is missing."""
    asked = models.AccountSasParameters(
        services="b", resource_types="s", permissions="r", shared_access_expiry_time=None
    )
    with pytest.raises(HttpResponseError) as caught:
        storage.storage_accounts.list_account_sas("rg", "account", asked)
    assert refusal(caught) == (
        400,
        "InvalidValuesForRequestParameters",
        "Values for request parameters are invalid: signedExpiry.",
    )


def test_accounts_of_a_region(storage: StorageManagementClient) -> None:
    """A region counts its own accounts, of 250 that it may have."""
    here, there = (list(storage.usages.list_by_location(place)) for place in ("westeurope", "koreasouth"))
    accounts = [each for each in storage.storage_accounts.list() if each.location == "westeurope"]
    assert [(each.name.value, each.current_value, each.limit) for each in (*here, *there)] == [
        ("StorageAccounts", len(accounts), 250),
        ("StorageAccounts", 0, 250),
    ]


def test_an_account_that_is_kept_twice(storage: StorageManagementClient) -> None:
    """A readable copy has its place and addresses, files apart; without the copy none of them is told any more."""
    made = models.StorageAccountCreateParameters(
        location="northeurope", kind="StorageV2", sku=models.Sku(name="Standard_RAGRS")
    )
    first = storage.storage_accounts.begin_create("rg", "keptintwoplaces", made).result()
    changed = models.StorageAccountUpdateParameters(sku=models.Sku(name="Standard_LRS"))
    storage.storage_accounts.update("rg", "keptintwoplaces", changed)
    then = storage.storage_accounts.get_properties("rg", "keptintwoplaces")
    storage.storage_accounts.delete("rg", "keptintwoplaces")
    assert (first.secondary_location, first.status_of_secondary) == ("westeurope", "available")
    assert first.secondary_endpoints.blob == "https://keptintwoplaces-secondary.blob.core.windows.net/"
    assert first.secondary_endpoints.file is None
    assert (then.secondary_location, then.status_of_secondary, then.secondary_endpoints) == (None, None, None)


def test_ways_to_an_account(storage: StorageManagementClient) -> None:
    """Addresses for each way that is published; over the internet there are none for queues."""
    routing = models.RoutingPreference(publish_internet_endpoints=True, publish_microsoft_endpoints=True)
    made = models.StorageAccountCreateParameters(
        location="westeurope", kind="StorageV2", sku=models.Sku(name="Standard_LRS"), routing_preference=routing
    )
    found = storage.storage_accounts.begin_create("rg", "routedaccount", made).result().primary_endpoints
    storage.storage_accounts.delete("rg", "routedaccount")
    assert found.internet_endpoints.blob == "https://routedaccount-internetrouting.blob.core.windows.net/"
    assert found.microsoft_endpoints.queue == "https://routedaccount-microsoftrouting.queue.core.windows.net/"


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
