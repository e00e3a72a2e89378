"""The identity service's own answers, and what ARM says of tokens that it cannot take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.contract.emulator.arm import Arm, error

OTHER_TENANT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def session(ready: Mapping[str, Any]) -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.trust_env = False
        found.verify = ready["ca"]
        yield found


def ask(session: requests.Session, ready: Mapping[str, Any], **change: str | None) -> requests.Response:
    """A request for a token as the deployer, with changes to its form; None takes a parameter out."""
    tenant, path = change.pop("tenant", ready["tenant"]), change.pop("path", "oauth2/v2.0/token")
    deployer = ready["principals"][0]
    form: dict[str, str | None] = {
        "grant_type": "client_credentials",
        "client_id": deployer["client_id"],
        "client_secret": deployer["client_secret"],
        "scope": f"{ready['arm']}/.default",
        **change,
    }
    return session.post(f"{ready['identity']}/{tenant}/{path}", data=form, timeout=10)


@pytest.mark.parametrize(
    ("change", "status", "name", "code"),
    [
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"client_id": OTHER_TENANT}, 400, "unauthorized_client", 700016),
        ({"client_secret": None}, 401, "invalid_client", 7000218),
        ({"client_secret": "guess"}, 401, "invalid_client", 7000215),
        ({"scope": None}, 400, "invalid_request", 900144),
        ({"scope": "openid"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://nobody.example/.default"}, 400, "invalid_resource", 500011),
        ({"scope": "https://azure.com.example/.default"}, 400, "invalid_resource", 500011),
        ({"scope": None, "resource": "api://nobody"}, 400, "invalid_resource", 500011),
        ({"tenant": OTHER_TENANT}, 400, "invalid_request", 90002),
    ],
)
def test_refusals_have_entras_codes(
    session: requests.Session,
    ready: Mapping[str, Any],
    change: dict[str, str | None],
    status: int,
    name: str,
    code: int,
) -> None:
    """Each faulty request is told by error, error code and description, with what traces it."""
    answer = ask(session, ready, **change)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, name, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert body["error_description"].endswith(
        f"Trace ID: {body['trace_id']} Correlation ID: {body['correlation_id']} Timestamp: {body['timestamp']}"
    )


@pytest.mark.parametrize(
    "resource",
    [
        "https://management.azure.com",
        "https://management.core.windows.net/",
        "https://storage.azure.com",
        "https://vault.azure.net",
        "https://ml.azure.com",
        "https://graph.microsoft.com",
        "https://words.azurecr.io",
        "https://account.blob.core.localhost",
        OTHER_TENANT,
        f"api://{OTHER_TENANT}",
    ],
)
def test_whom_a_token_can_be_for(session: requests.Session, ready: Mapping[str, Any], resource: str) -> None:
    """A token can be for Microsoft's services, for what the local cloud serves, and for an app by its id."""
    answer = ask(session, ready, scope=f"{resource}/.default").json()
    assert jwt.decode(answer["access_token"], options={"verify_signature": False})["aud"] == resource


def test_unknown_tenant_has_no_configuration(session: requests.Session, ready: Mapping[str, Any]) -> None:
    """Only the tenant, by its id or as common, has an OpenID configuration; its issuer is always the tenant."""
    path = "v2.0/.well-known/openid-configuration"
    for name in (ready["tenant"], "common"):
        found = session.get(f"{ready['identity']}/{name}/{path}", timeout=10).json()
        assert found["issuer"] == f"{ready['identity']}/{ready['tenant']}/v2.0"
    answer = session.get(f"{ready['identity']}/{OTHER_TENANT}/{path}", timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")


def test_first_version_answers_in_text(session: requests.Session, ready: Mapping[str, Any]) -> None:
    """`/oauth2/token` takes a resource; seconds and resource come back as text, and nobody may keep the answer."""
    resource = "https://management.azure.com/"
    answer = ask(session, ready, path="oauth2/token", scope=None, resource=resource)
    body = answer.json()
    assert (body["expires_in"], body["resource"]) == ("3599", resource)
    assert int(body["expires_on"]) > int(body["not_before"])
    assert "no-store" in answer.headers["Cache-Control"]


def test_token_is_verified_by_the_key_set(session: requests.Session, ready: Mapping[str, Any]) -> None:
    """Signature, issuer and audience hold for a token of the token endpoint and for one of a managed identity."""
    configuration = session.get(
        f"{ready['identity']}/{ready['tenant']}/v2.0/.well-known/openid-configuration", timeout=10
    ).json()
    keys = jwt.PyJWKSet.from_dict(session.get(configuration["jwks_uri"], timeout=10).json())
    place = ready["managed_identity"]
    managed = requests.get(
        f"{place['metadata']}/metadata/identity/oauth2/token",
        params={"api-version": "2018-02-01", "resource": ready["arm"]},
        headers={"Metadata": "true"},
        timeout=10,
    )
    for answer in (ask(session, ready), managed):
        token = answer.json()["access_token"]
        claims = jwt.decode(
            token,
            keys[jwt.get_unverified_header(token)["kid"]].key,
            algorithms=["RS256"],
            audience=ready["arm"],
            issuer=configuration["issuer"],
        )
        deployer = ready["principals"][0]
        assert (claims["oid"], claims["appid"], claims["tid"]) == (
            deployer["object_id"],
            deployer["client_id"],
            ready["tenant"],
        )


def told(ready: Mapping[str, Any], key: Any, **change: Any) -> tuple[int, str, str]:
    """What ARM says of a token with these claims, signed with `key`."""
    now = int(time.time())
    claims = {
        "aud": ready["arm"],
        "iss": f"{ready['identity']}/{ready['tenant']}/v2.0",
        "tid": ready["tenant"],
        "oid": ready["principals"][0]["object_id"],
        "nbf": now,
        "exp": now + 600,
    }
    with Arm(ready, jwt.encode({**claims, **change}, key, algorithm="RS256")) as arm:
        return error(arm.send("GET", "/subscriptions", version="2022-12-01"))


def test_expired_foreign_and_misdirected_tokens(ready: Mapping[str, Any]) -> None:
    """Each is refused with ARM's own code and message."""
    own = load_pem_private_key((Path(ready["ca"]).parent / "identity.key.pem").read_bytes(), None)
    status, code, message = told(ready, own, exp=1_000_000_000)
    assert (status, code) == (401, "ExpiredAuthenticationToken")
    assert message.startswith(
        "The access token expiry UTC time '9/9/2001 1:46:40 AM' is earlier than current UTC time '"
    )
    status, code, message = told(ready, own, aud="https://graph.microsoft.com")
    assert (status, code) == (401, "InvalidAuthenticationTokenAudience")
    assert message == (
        "The access token has been obtained for wrong audience or resource 'https://graph.microsoft.com'. It should"
        " exactly match with one of the allowed audiences 'https://management.core.windows.net/',"
        "'https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
    )
    foreign = f"https://sts.windows.net/{OTHER_TENANT}/"
    another = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for key in (own, another):
        status, code, message = told(ready, key, iss=foreign, tid=OTHER_TENANT)
        assert (status, code) == (401, "InvalidAuthenticationTokenTenant")
        assert message.startswith(
            f"The access token is from the wrong issuer '{foreign}'. It must match the tenant"
            f" 'https://sts.windows.net/{ready['tenant']}/' associated with this subscription."
        )
    assert told(ready, own, iss="https://sts.example.com/")[1] == "InvalidAuthenticationTokenTenant"
    assert told(ready, another)[1] == "InvalidAuthenticationToken"
