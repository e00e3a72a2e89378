"""Connections of a workspace: credentials of every kind go in, and come out by POST of listsecrets alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, error

VERSION = "2025-12-01"
CANARY = "canary-5c1e"
NEEDS: dict[str, dict[str, Any] | None] = {
    "AAD": None,
    "AccessKey": {"accessKeyId": "id", "secretAccessKey": CANARY},
    "AccountKey": {"key": CANARY},
    "ApiKey": {"key": CANARY},
    "CustomKeys": {"keys": {"first": CANARY, "second": "other"}},
    "ManagedIdentity": {"clientId": "id", "resourceId": "id"},
    "None": None,
    "OAuth2": {"clientId": "id", "clientSecret": CANARY, "refreshToken": "other"},
    "PAT": {"pat": CANARY},
    "SAS": {"sas": CANARY},
    "ServicePrincipal": {"clientId": "id", "clientSecret": CANARY, "tenantId": "tenant"},
    "UsernamePassword": {"username": "me", "password": CANARY},
}


@pytest.fixture(scope="module")
def workspace(arm: Arm) -> str:
    return arm.workspace(arm.group("connections"), "connections")


def connection(kind: str, credentials: dict[str, Any] | None) -> dict[str, Any]:
    properties = {"authType": kind, "category": "Git", "target": "https://git.example.com", "metadata": {"a": "b"}}
    return {"properties": {**properties, **({"credentials": credentials} if credentials else {})}}


@pytest.mark.parametrize("kind", NEEDS)
def test_credentials_are_listed_and_never_shown(arm: Arm, workspace: str, kind: str) -> None:
    """No answer to PUT, GET or list holds them, nor does a file of the store; listsecrets gives them as they were."""
    path = f"{workspace}/connections/{kind.lower()}"
    body = connection(kind, NEEDS[kind])
    answers = [
        arm.send("PUT", path, body, version=VERSION),
        arm.send("GET", path, version=VERSION),
        arm.send("GET", f"{workspace}/connections", version=VERSION),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.text for answer in answers if CANARY in answer.text or "credentials" in answer.text] == []
    told = arm.send("POST", f"{path}/listsecrets", version=VERSION).json()["properties"]
    assert told.get("credentials") == NEEDS[kind]
    assert (told["authType"], told["createdByWorkspaceArmId"]) == (kind, workspace)
    store = Path(arm.ready["ca"]).parent
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in store.iterdir() if file.is_file())


def test_credentials_stay_when_they_are_not_sent_again(arm: Arm, workspace: str) -> None:
    """A PUT without them changes the rest, and keeps them while the kind is the same."""
    path = f"{workspace}/connections/kept"
    arm.send("PUT", path, connection("ApiKey", {"key": CANARY}), version=VERSION)
    assert arm.send("PUT", path, connection("ApiKey", None), version=VERSION).ok
    told = arm.send("POST", f"{path}/listsecrets", version=VERSION).json()["properties"]
    assert told["credentials"] == {"key": CANARY}
    assert arm.send("PUT", path, connection("AAD", None), version=VERSION).ok
    assert CANARY not in arm.send("POST", f"{path}/listsecrets", version=VERSION).text
    refused = arm.send("PUT", path, connection("PAT", None), version=VERSION)
    assert error(refused)[1:] == ("ValidationError", "The credentials.pat field is required for PAT.")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (connection("ApiKey", None), "The credentials.key field is required for ApiKey."),
        (connection("Handshake", None), "Authentication type 'Handshake' is not supported."),
    ],
)
def test_a_connection_without_what_it_needs_is_refused(
    arm: Arm, workspace: str, body: dict[str, Any], words: str
) -> None:
    """Each kind of authentication names what it lacks."""
    answer = arm.send("PUT", f"{workspace}/connections/refused", body, version=VERSION)
    assert error(answer) == (400, "ValidationError", words)
