"""azure-storage-blob against the blob endpoint of a storage account, over https with the local cloud's CA."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import (
    BlobClient,
    BlobServiceClient,
    ContainerClient,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.contract.emulator.arm import Arm, credential

VERSION = "2024-01-01"
ROLES = "2022-04-01"
READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
ACCOUNT = "azkeepblobs"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def group(arm: Arm) -> str:
    return arm.group("blobs")


@pytest.fixture(scope="module")
def account(arm: Arm, group: str) -> Callable[..., str]:
    """`account(name, **properties)` makes or changes a storage account and is its path."""

    def make(name: str, **properties: Any) -> str:
        path = f"{group}/providers/Microsoft.Storage/storageAccounts/{name}"
        body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
        answer = arm.send("PUT", path, {**body, "properties": properties}, version=VERSION)
        assert answer.ok, answer.text
        return path

    return make


def keys(arm: Arm, path: str) -> list[str]:
    listed = arm.send("POST", f"{path}/listKeys", version=VERSION).json()["keys"]
    return [each["value"] for each in listed]


@pytest.fixture(scope="module")
def key(arm: Arm, account: Callable[..., str]) -> str:
    return keys(arm, account(ACCOUNT))[0]


def service(ready: Mapping[str, Any], proof: Any, name: str = ACCOUNT, **more: Any) -> BlobServiceClient:
    return BlobServiceClient(
        f"{ready['arm']}/{name}", credential=proof, connection_verify=ready["ca"], retry_total=0, **more
    )


@pytest.fixture(scope="module")
def blobs(ready: Mapping[str, Any], key: str) -> Iterator[BlobServiceClient]:
    """The service as one who has the account's key."""
    with service(ready, {"account_name": ACCOUNT, "account_key": key}) as client:
        yield client


@pytest.fixture(scope="module")
def container(blobs: BlobServiceClient) -> ContainerClient:
    made = blobs.create_container("first", metadata={"owner": "tests"})
    made.upload_blob("folder/hello.txt", b"hello")
    return made


def refusal(work: Callable[[], Any]) -> tuple[int | None, str | None]:
    """(status, code) of a call that must fail."""
    with pytest.raises(HttpResponseError) as caught:
        work()
    return caught.value.status_code, getattr(caught.value, "error_code", None)


def test_container_is_one_with_arms(
    arm: Arm, container: ContainerClient, account: Callable[..., str], key: str
) -> None:
    """What the data plane makes ARM shows; what ARM deletes takes its blobs with it."""
    path = f"{account(ACCOUNT)}/blobServices/default/containers"
    first = arm.send("GET", f"{path}/first", version=VERSION).json()
    assert first["properties"]["metadata"] == {"owner": "tests"}
    assert first["etag"] == container.get_container_properties().etag
    assert re.fullmatch(r'"0x[0-9A-F]{15}"', first["etag"])
    assert arm.send("PUT", f"{path}/second", {"properties": {}}, version=VERSION).status_code == 201
    with service(arm.ready, {"account_name": ACCOUNT, "account_key": key}) as client:
        second = client.get_container_client("second")
        second.upload_blob("gone", b"1")
        assert arm.send("DELETE", f"{path}/second", version=VERSION).status_code == 200
        assert refusal(lambda: list(second.list_blobs())) == (404, "ContainerNotFound")
        assert arm.send("PUT", f"{path}/second", {"properties": {}}, version=VERSION).status_code == 201
        assert list(second.list_blobs()) == []


def test_blob_goes_through_its_life(container: ContainerClient) -> None:
    """Upload, refusal to overwrite, properties, range, metadata, conditions, deletion."""
    blob = container.get_blob_client("life/it self.txt")
    blob.upload_blob(b"0123456789", metadata={"a": "1"})
    assert refusal(lambda: blob.upload_blob(b"x")) == (409, "BlobAlreadyExists")
    found = blob.get_blob_properties()
    assert (found.size, found.metadata, found.blob_type) == (10, {"a": "1"}, "BlockBlob")
    assert blob.download_blob(offset=2, length=3).readall() == b"234"
    assert refusal(lambda: blob.download_blob(offset=10, length=1)) == (416, "InvalidRange")
    blob.set_blob_metadata({"upload_status": "completed"})
    changed = blob.get_blob_properties()
    assert changed.metadata == {"upload_status": "completed"}
    assert changed.etag != found.etag
    stale = {"etag": found.etag, "match_condition": MatchConditions.IfNotModified, "overwrite": True}
    assert refusal(lambda: blob.upload_blob(b"x", **stale)) == (412, "ConditionNotMet")
    blob.delete_blob()
    assert refusal(blob.get_blob_properties) == (404, "BlobNotFound")


def test_large_blob_comes_in_blocks(ready: Mapping[str, Any], key: str, container: ContainerClient) -> None:
    """Blocks are kept until the list is committed; a list with a block that nobody sent is refused."""
    content = bytes(range(256)) * 40
    proof = {"account_name": ACCOUNT, "account_key": key}
    with service(ready, proof, max_single_put_size=1024, max_block_size=1024) as small:
        blob = small.get_blob_client("first", "blocks")
        blob.upload_blob(content, overwrite=True)
        assert blob.download_blob().readall() == content
        committed, waiting = blob.get_block_list("all")
        assert ([each.size for each in committed], waiting) == ([1024] * 10, [])
        blob.stage_block("bmV3", b"tail")
        assert blob.download_blob().readall() == content
        assert [each.id for each in blob.get_block_list("uncommitted")[1]] == ["bmV3"]
        blob.commit_block_list([committed[0], "bmV3"])
        assert blob.download_blob().readall() == content[:1024] + b"tail"
        assert refusal(lambda: blob.commit_block_list(["bm9uZQ=="])) == (400, "InvalidBlockList")


def test_lists_have_prefixes_and_pages(blobs: BlobServiceClient) -> None:
    """Names come in order; a delimiter folds what they share; pages go on where the last one ended."""
    names = ["a", "b/1", "b/2", "b/3/x", "c", "c/1", "d"]
    listed = blobs.create_container("listed")
    for name in names:
        listed.upload_blob(name, b"", metadata={"name": name.replace("/", "_")})
    assert [each.name for each in listed.list_blobs(results_per_page=2)] == names
    assert [each.name for each in listed.list_blobs(name_starts_with="b/")] == names[1:4]
    assert sorted(each.name for each in listed.walk_blobs(results_per_page=2)) == ["a", "b/", "c", "c/", "d"]
    assert sorted(each.name for each in listed.walk_blobs("b/")) == ["b/1", "b/2", "b/3/"]
    assert [each.metadata["name"] for each in listed.list_blobs("c", include=["metadata"])] == ["c", "c_1"]
    assert "listed" in [each.name for each in blobs.list_containers(results_per_page=1)]


def test_container_signature_allows_what_it_says(
    ready: Mapping[str, Any], key: str, container: ContainerClient
) -> None:
    """A service SAS reads and lists, and does not write, look at other containers or outlive its end."""

    def signed(permission: str, ends: datetime, **more: Any) -> ContainerClient:
        token = generate_container_sas(ACCOUNT, "first", account_key=key, permission=permission, expiry=ends, **more)
        address = f"{ready['arm']}/{ACCOUNT}/first?{token}"
        return ContainerClient.from_container_url(address, connection_verify=ready["ca"], retry_total=0)

    soon = datetime.now(UTC) + HOUR
    with signed("rl", soon) as reading:
        assert reading.download_blob("folder/hello.txt").readall() == b"hello"
        assert "folder/hello.txt" in [each.name for each in reading.list_blobs()]
        assert refusal(lambda: reading.upload_blob("n", b"")) == (403, "AuthorizationPermissionMismatch")
        assert refusal(reading.get_container_properties) == (403, "AuthorizationFailure")
        other = f"{ready['arm']}/{ACCOUNT}/listed?{reading.url.partition('?')[2]}"
        with ContainerClient.from_container_url(other, connection_verify=ready["ca"], retry_total=0) as elsewhere:
            assert refusal(lambda: list(elsewhere.list_blobs())) == (403, "AuthenticationFailed")
    with signed("c", soon) as making:
        making.upload_blob("made-once", b"1")
        assert refusal(lambda: making.upload_blob("made-once", b"2", overwrite=True))[1] == (
            "AuthorizationPermissionMismatch"
        )
    now = datetime.now(UTC)
    with signed("r", now - timedelta(minutes=1)) as ended, signed("r", soon, start=now + HOUR / 2) as not_begun:
        assert refusal(lambda: ended.download_blob("folder/hello.txt")) == (403, "AuthenticationFailed")
        assert refusal(lambda: not_begun.download_blob("folder/hello.txt")) == (403, "AuthenticationFailed")
    with signed("r", soon, ip="203.0.113.7") as foreign:
        assert refusal(lambda: foreign.download_blob("folder/hello.txt")) == (403, "AuthorizationSourceIPMismatch")


def test_signature_of_the_account(ready: Mapping[str, Any], key: str, container: ContainerClient) -> None:
    """An account SAS reaches the services and resource types that it names."""

    def signed(types: str, permission: str) -> str:
        return generate_account_sas(ACCOUNT, key, types, permission, datetime.now(UTC) + HOUR)

    with service(ready, signed("s", "l")) as listing:
        assert "first" in [each.name for each in listing.list_containers()]
        asked = listing.get_blob_client("first", "folder/hello.txt")
        assert refusal(asked.get_blob_properties) == (403, "AuthorizationResourceTypeMismatch")
    with service(ready, signed("o", "r")) as reading:
        assert reading.get_blob_client("first", "folder/hello.txt").download_blob().readall() == b"hello"
        writing = reading.get_blob_client("first", "n")
        assert refusal(lambda: writing.upload_blob(b"")) == (403, "AuthorizationPermissionMismatch")


def test_keys_can_be_renewed_and_switched_off(arm: Arm, ready: Mapping[str, Any], account: Callable[..., str]) -> None:
    """A renewed key no longer opens; an account that takes no keys takes no signature made with one either."""
    path = account("azkeepkeys")
    old = keys(arm, path)[0]
    arm.send("POST", f"{path}/regenerateKey", {"keyName": "key1"}, version=VERSION)
    with service(ready, {"account_name": "azkeepkeys", "account_key": old}, "azkeepkeys") as former:
        assert refusal(lambda: former.create_container("never")) == (403, "AuthenticationFailed")
    account("azkeepkeys", allowSharedKeyAccess=False)
    new = keys(arm, path)[0]
    with service(ready, {"account_name": "azkeepkeys", "account_key": new}, "azkeepkeys") as refused:
        assert refusal(lambda: refused.create_container("never")) == (403, "KeyBasedAuthenticationNotPermitted")
    token = generate_account_sas("azkeepkeys", new, "sco", "rwl", datetime.now(UTC) + HOUR)
    with service(ready, token, "azkeepkeys") as signed:
        assert refusal(lambda: list(signed.list_containers())) == (403, "KeyBasedAuthenticationNotPermitted")


@pytest.mark.parametrize(
    "closed",
    [
        {"publicNetworkAccess": "Disabled"},
        {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]}},
    ],
    ids=["no public network", "firewall"],
)
def test_client_here_stands_outside_every_network(
    arm: Arm, ready: Mapping[str, Any], account: Callable[..., str], closed: dict[str, Any]
) -> None:
    """An account that is closed to the internet is closed to a key and to a signature from here."""
    path = account("azkeepclosed", **closed)
    proof = keys(arm, path)[0]
    token = generate_account_sas("azkeepclosed", proof, "sco", "rwl", datetime.now(UTC) + HOUR)
    for used in ({"account_name": "azkeepclosed", "account_key": proof}, token):
        with service(ready, used, "azkeepclosed") as client:
            assert refusal(lambda: list(client.list_containers())) == (403, "AuthorizationFailure")


def test_tokens_need_data_roles(
    arm: Arm, ready: Mapping[str, Any], account: Callable[..., str], container: ContainerClient
) -> None:
    """An Owner manages containers and reads no blob; with a data role it does, and so does what it signs."""
    deployer = ready["principals"][0]["object_id"]
    with credential(ready) as own, service(ready, own) as client:
        assert "first" in [each.name for each in client.list_containers()]
        blob = client.get_blob_client("first", "folder/hello.txt")
        assert refusal(blob.get_blob_properties)[0] == 403
        assert refusal(blob.download_blob) == (403, "AuthorizationPermissionMismatch")
        signed = _delegated(client, ready)
        assert refusal(signed.download_blob) == (403, "AuthorizationPermissionMismatch")
        _assign(arm, account(ACCOUNT), READER, deployer)
        assert blob.download_blob().readall() == b"hello"
        assert signed.download_blob().readall() == b"hello"
        assert refusal(lambda: blob.upload_blob(b"x", overwrite=True)) == (403, "AuthorizationPermissionMismatch")
        _assign(arm, account(ACCOUNT), CONTRIBUTOR, deployer)
        client.get_blob_client("first", "by-role").upload_blob(b"x")


def _assign(arm: Arm, scope: str, role: str, principal: str) -> None:
    name = f"0a0a0a0a-0000-4000-8000-{role[-12:]}"
    properties = {
        "roleDefinitionId": f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "principalId": principal,
        "principalType": "ServicePrincipal",
    }
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    assert arm.send("PUT", path, {"properties": properties}, version=ROLES).status_code == 201


def _delegated(client: BlobServiceClient, ready: Mapping[str, Any]) -> BlobClient:
    """The blob as one who holds a user delegation SAS that `client` signed."""
    now = datetime.now(UTC)
    key = client.get_user_delegation_key(now - timedelta(minutes=5), now + 2 * HOUR)
    token = generate_blob_sas(
        ACCOUNT, "first", "folder/hello.txt", user_delegation_key=key, permission="r", expiry=now + HOUR
    )
    address = f"{ready['arm']}/{ACCOUNT}/first/folder/hello.txt?{token}"
    return BlobClient.from_blob_url(address, connection_verify=ready["ca"], retry_total=0)


def test_token_for_another_service_is_refused(arm: Arm, ready: Mapping[str, Any], key: str) -> None:
    """A token for Resource Manager opens no blob, and the refusal names the audience that would."""
    headers = {"Authorization": f"Bearer {arm.token}", "x-ms-version": "2023-11-03"}
    answer = requests.get(f"{ready['arm']}/{ACCOUNT}/?comp=list", headers=headers, verify=ready["ca"], timeout=10)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (401, "InvalidAuthenticationInfo")
    assert "resource_id=https://storage.azure.com" in answer.headers["WWW-Authenticate"]
    assert "<Code>InvalidAuthenticationInfo</Code>" in answer.text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"exp": 1_000_000_000}, "Lifetime validation failed. The token is expired."),
        ({"iss": "https://sts.example.com/"}, "Issuer validation failed. Issuer did not match."),
        ({"exp": "tomorrow"}, "Signature validation failed. Signature verification failed."),
    ],
)
def test_token_that_is_not_good_is_refused(
    arm: Arm, ready: Mapping[str, Any], key: str, change: Mapping[str, Any], why: str
) -> None:
    """A token of the right service opens no blob either, if it has ended or another issuer made it."""
    own = load_pem_private_key((Path(ready["ca"]).parent / "identity.key.pem").read_bytes(), None)
    claims = jwt.decode(arm.token, options={"verify_signature": False})
    token = jwt.encode({**claims, "aud": "https://storage.azure.com", **change}, own, algorithm="RS256")
    headers = {"Authorization": f"Bearer {token}", "x-ms-version": "2023-11-03"}
    answer = requests.get(f"{ready['arm']}/{ACCOUNT}/?comp=list", headers=headers, verify=ready["ca"], timeout=10)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (401, "InvalidAuthenticationInfo")
    assert f"<AuthenticationErrorDetail>{why}</AuthenticationErrorDetail>" in answer.text


def test_anybody_reads_what_is_public(
    arm: Arm, ready: Mapping[str, Any], account: Callable[..., str], key: str
) -> None:
    """Only where account and container both say so, and only at the level that the container says."""
    path = account("azkeeppublic", allowBlobPublicAccess=True)
    proof = {"account_name": "azkeeppublic", "account_key": keys(arm, path)[0]}
    with service(ready, proof, "azkeeppublic") as owner, service(ready, None, "azkeeppublic") as anybody:
        for level, name in (("blob", "blobs"), ("container", "all"), (None, "private")):
            owner.create_container(name, public_access=level).upload_blob("b", b"1")
        assert anybody.get_blob_client("blobs", "b").download_blob().readall() == b"1"
        assert refusal(lambda: list(anybody.get_container_client("blobs").list_blobs()))[0] == 401
        assert [each.name for each in anybody.get_container_client("all").list_blobs()] == ["b"]
        assert refusal(anybody.get_blob_client("private", "b").download_blob) == (401, "NoAuthenticationInformation")
        account("azkeeppublic", allowBlobPublicAccess=False)
        assert refusal(anybody.get_blob_client("all", "b").download_blob)[0] == 401
    bare = requests.get(
        f"{ready['arm']}/azkeeppublic/all/b", headers={"x-ms-version": "2019-02-02"}, verify=ready["ca"], timeout=10
    )
    assert (bare.status_code, bare.headers["x-ms-error-code"]) == (409, "PublicAccessNotPermitted")


@pytest.mark.parametrize(
    ("name", "code"),
    [("UPPER", "InvalidResourceName"), ("two--dashes", "InvalidResourceName"), ("ab", "OutOfRangeInput")],
)
def test_name_no_container_can_have_is_refused(blobs: BlobServiceClient, name: str, code: str) -> None:
    """Not only where one is made: such a container is not missing, its name is wrong."""
    container = blobs.get_container_client(name)
    assert refusal(container.create_container) == (400, code)
    assert refusal(lambda: list(container.list_blobs())) == (400, code)
    assert refusal(container.get_blob_client("b").download_blob) == (400, code)
    assert refusal(blobs.get_container_client("$web").get_container_properties) == (404, "ContainerNotFound")


def test_what_is_not_kept_is_not_pretended(container: ContainerClient) -> None:
    """Snapshots, leases, copies and page blobs are refused as not implemented."""
    blob = container.get_blob_client("folder/hello.txt")
    assert refusal(blob.create_snapshot) == (501, "NotImplemented")
    assert refusal(blob.acquire_lease) == (501, "NotImplemented")
    assert refusal(lambda: blob.start_copy_from_url(blob.url)) == (501, "NotImplemented")
    assert refusal(lambda: container.get_blob_client("page").create_page_blob(512)) == (501, "NotImplemented")


def test_account_is_reached_by_its_names_through_the_proxy(
    ready: Mapping[str, Any], key: str, container: ContainerClient
) -> None:
    """By the name that a client builds from the metadata, and by the one that ARM shows; neither is looked up."""
    port = ready["arm"].rpartition(":")[2]
    for host in (f"{ACCOUNT}.blob.core.localhost:{port}", f"{ACCOUNT}.blob.core.windows.net"):
        with BlobServiceClient(
            f"https://{host}",
            credential=key,
            connection_verify=ready["ca"],
            proxies={"https": ready["proxy"]},
            retry_total=0,
        ) as client:
            assert client.get_blob_client("first", "folder/hello.txt").download_blob().readall() == b"hello"
