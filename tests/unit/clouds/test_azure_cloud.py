"""What azkeep shows of an Azure credential, and what it refuses before any request."""

from __future__ import annotations

import os
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.clouds import open_cloud
from azkeep.clouds.azure import caller_name, token_claims
from azkeep.errors import AuthFailed

KEY = "a key that is long enough for the signature"


def test_no_subscription_is_refused_with_both_ways_to_name_one(tmp_path: Path) -> None:
    """Nothing is asked of Azure before a subscription is chosen."""
    with (
        pytest.raises(AuthFailed) as caught,
        open_cloud("azure", store=tmp_path, environment={}, subscription=None),
    ):
        pass
    assert "azure-native:subscriptionId" in caught.value.fix
    assert "ARM_SUBSCRIPTION_ID" in caught.value.fix


def test_the_claims_of_a_token_are_read() -> None:
    """Tenant and name come from the token that Azure issued."""
    token = jwt.encode({"tid": "t", "upn": "ann@example.com", "oid": "o"}, KEY)
    assert token_claims(token)["tid"] == "t"
    assert caller_name(token_claims(token)) == "ann@example.com"


def test_a_service_principal_is_shown_by_its_application() -> None:
    """Without a user name the application id counts, then the object id, then nothing is known."""
    assert caller_name({"appid": "app", "oid": "o"}) == "app"
    assert caller_name({"oid": "o"}) == "o"
    assert caller_name({}) == "unknown"


def test_no_credential_is_said_as_what_it_is(tmp_path: Path) -> None:
    """The chain of azure-identity, limited to an environment that holds nothing: AuthFailed, with how to sign in."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AZURE_", "MSI_", "IDENTITY_"))]:
            patch.delenv(name)
        patch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
        with (
            pytest.raises(AuthFailed) as caught,
            open_cloud("azure", store=tmp_path, environment={}, subscription="00000000-0000-0000-0000-00000000000a"),
        ):
            pass
    assert "az login" in caught.value.fix


@given(st.text())
def test_an_opaque_token_has_no_claims(token: str) -> None:
    """Whatever a credential gives, reading it raises nothing."""
    assert isinstance(token_claims(token), dict)
