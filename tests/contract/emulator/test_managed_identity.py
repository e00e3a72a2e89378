"""azure-identity's ManagedIdentityCredential against the local endpoints, in each of its three protocols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ManagedIdentityCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, error, local_cloud

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
IDENTITIES = "2023-01-31"
VARIABLES = (
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
)


def protocols(ready: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Variables by which each protocol is chosen."""
    place = ready["managed_identity"]
    return {
        "App Service": {"IDENTITY_ENDPOINT": place["endpoint"], "IDENTITY_HEADER": place["header"]},
        "Azure ML": {"MSI_ENDPOINT": place["endpoint"], "MSI_SECRET": place["header"]},
        "IMDS": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": place["metadata"]},
    }


def choose(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def claims(ready: Mapping[str, Any], **identity: Any) -> dict[str, Any]:
    with ManagedIdentityCredential(**identity) as credential:
        token = credential.get_token(f"{ready['arm']}/.default").token
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.parametrize("protocol", ["App Service", "Azure ML", "IMDS"])
def test_identity_of_the_machine_is_the_deployer(
    ready: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    """Asked for nobody in particular, each protocol gives the deployer's token, which a management client can use."""
    choose(monkeypatch, protocols(ready)[protocol])
    deployer = ready["principals"][0]
    assert claims(ready)["oid"] == deployer["object_id"]
    with (
        ManagedIdentityCredential() as credential,
        ResourceManagementClient(credential, ready["subscription"], **local_cloud(ready)) as client,
    ):
        made = client.resource_groups.create_or_update("managed", {"location": "westeurope"})
        assert made.name == "managed"


@pytest.fixture(scope="module")
def identity(arm: Arm) -> dict[str, Any]:
    """A user-assigned identity that may read one group."""
    group = arm.group("identities")
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker"
    made = arm.send("PUT", path, {"location": "westeurope"}, version=IDENTITIES)
    assert made.status_code in (200, 201), made.text
    body: dict[str, Any] = made.json()
    role = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    given = {
        "roleDefinitionId": role,
        "principalId": body["properties"]["principalId"],
        "principalType": "ServicePrincipal",
    }
    assignment = f"{group}/providers/Microsoft.Authorization/roleAssignments/0f0f0f0f-0000-4000-8000-000000000001"
    assert arm.send("PUT", assignment, {"properties": given}, version="2022-04-01").status_code == 201
    return body


@pytest.mark.parametrize("protocol", ["App Service", "Azure ML", "IMDS"])
def test_user_assigned_identity_is_named_by_its_client_id(
    ready: Mapping[str, Any], identity: dict[str, Any], monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    """The token is the identity's own, and names its resource."""
    choose(monkeypatch, protocols(ready)[protocol])
    found = claims(ready, client_id=identity["properties"]["clientId"])
    assert (found["oid"], found["xms_mirid"]) == (identity["properties"]["principalId"], identity["id"])


@pytest.mark.parametrize("protocol", ["App Service", "IMDS"])
@pytest.mark.parametrize("name", ["object_id", "resource_id"])
def test_user_assigned_identity_is_named_otherwise(
    ready: Mapping[str, Any], identity: dict[str, Any], monkeypatch: pytest.MonkeyPatch, protocol: str, name: str
) -> None:
    """By its object id and by its ARM id it is the same one."""
    choose(monkeypatch, protocols(ready)[protocol])
    value = identity["id"] if name == "resource_id" else identity["properties"]["principalId"]
    assert claims(ready, identity_config={name: value})["appid"] == identity["properties"]["clientId"]


def test_user_assigned_identity_has_its_own_rights(
    ready: Mapping[str, Any], identity: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Reader of one group reads it, may not write it, and sees no other."""
    choose(monkeypatch, protocols(ready)["IMDS"])
    with ManagedIdentityCredential(client_id=identity["properties"]["clientId"]) as credential:
        token = credential.get_token(f"{ready['arm']}/.default").token
    with Arm(ready, token) as worker:
        group = f"{worker.subscription}/resourceGroups/identities"
        assert worker.send("GET", group, version=GROUPS_VERSION).status_code == 200
        refused = worker.send("PUT", group, {"location": "westeurope"}, version=GROUPS_VERSION)
        assert error(refused)[:2] == (403, "AuthorizationFailed")
        other = worker.send("GET", f"{worker.subscription}/resourceGroups/elsewhere", version=GROUPS_VERSION)
        assert error(other)[:2] == (403, "AuthorizationFailed")


@pytest.mark.parametrize("protocol", ["App Service", "Azure ML", "IMDS"])
def test_unknown_identity_is_refused(ready: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    """Nobody's client id gives no token."""
    choose(monkeypatch, protocols(ready)[protocol])
    with pytest.raises(ClientAuthenticationError):
        claims(ready, client_id="00000000-0000-4000-8000-00000000dead")


def test_requests_must_show_what_no_browser_sends(ready: Mapping[str, Any]) -> None:
    """Without the header, with a wrong one, under another name or without a resource there is no token."""
    place = ready["managed_identity"]
    metadata = f"{place['metadata']}/metadata/identity/oauth2/token"
    good = {"api-version": "2018-02-01", "resource": "https://management.azure.com"}
    host = {"Metadata": "true", "Host": "rebound.example.com"}
    for address, headers, query, status in (
        (metadata, {}, good, 400),
        (metadata, host, good, 421),
        (metadata, {"Metadata": "true"}, {"api-version": "2018-02-01"}, 400),
        (place["endpoint"], {"X-IDENTITY-HEADER": "guess"}, good, 401),
        (place["endpoint"], {}, good, 401),
    ):
        answer = requests.get(address, headers=headers, params=query, timeout=10)
        assert answer.status_code == status, (address, headers)
        assert "access_token" not in answer.json()
