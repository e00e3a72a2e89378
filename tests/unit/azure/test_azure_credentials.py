"""A service principal of a loopback identity service."""

from __future__ import annotations

import pytest
from loopback_server import Got, Reply, Script

from azkeep.azure import credentials
from azkeep.errors import AuthFailed

TENANT = "11111111-1111-1111-1111-111111111111"


def identity(server: Script) -> None:
    """Plays an identity service that knows one secret."""
    base = f"{server.url}/{TENANT}"

    def answer(got: Got) -> Reply:
        if got.path.endswith("/openid-configuration"):
            return Reply(
                200,
                {
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "issuer": f"{base}/v2.0",
                    "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                },
            )
        if "client_secret=right" not in str(got.body):
            return Reply(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"})
        return Reply(200, {"access_token": "made-up-token", "expires_in": 3600, "token_type": "Bearer"})

    server.otherwise = answer


def test_a_token_of_the_loopback_service(server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this endpoint is asked, whatever proxy or CA the shell names, and the token is kept."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/company.pem")
    identity(server)
    scope = f"{server.url}/.default"
    with credentials.service_principal(server.url, TENANT, "client", "right", server.ca) as credential:
        assert credentials.token(credential, scope) == "made-up-token"
        asked = len(server.got)
        assert credentials.token(credential, scope) == "made-up-token"
    assert len(server.got) == asked


def test_a_wrong_secret(server: Script) -> None:
    """The identity service's own words, and never the secret."""
    identity(server)
    wrong = credentials.service_principal(server.url, TENANT, "client", "wrong", server.ca)
    with wrong as credential, pytest.raises(AuthFailed) as caught:
        credentials.token(credential, f"{server.url}/.default")
    assert "AADSTS7000215" in caught.value.detail
    assert "wrong" not in f"{caught.value.summary} {caught.value.detail} {caught.value.fix}"
