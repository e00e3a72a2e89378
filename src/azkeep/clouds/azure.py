"""The real Azure: the official azure-native plugin, and DefaultAzureCredential for what azkeep reads itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from azkeep.clouds.cloud import Cloud
from azkeep.errors import AuthFailed

ENDPOINT = "https://management.azure.com"
SUBSCRIPTION_VARIABLES = ("ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")


@contextmanager
def open_azure(environment: Mapping[str, str], subscription: str | None) -> Iterator[Cloud]:
    """Azure as the ambient credential sees it. Raises AuthFailed without a credential or a subscription."""
    from azkeep.azure.client import ArmClient
    from azkeep.azure.credentials import default, token

    chosen = subscription or next((environment[name] for name in SUBSCRIPTION_VARIABLES if environment.get(name)), None)
    if not chosen:
        raise AuthFailed(
            "no subscription is chosen for cloud azure",
            fix="azkeep config set STACK azure-native:subscriptionId ID, or export ARM_SUBSCRIPTION_ID=ID",
        )
    scope = f"{ENDPOINT}/.default"
    with default() as credential, ArmClient(ENDPOINT, credential, ca=None, scopes=(scope,)) as transport:
        claims = token_claims(token(credential, scope))
        yield Cloud(
            name="azure",
            tenant=str(claims.get("tid", "")),
            subscription=chosen,
            caller=caller_name(claims),
            transport=transport,
            engine_environment={"ARM_SUBSCRIPTION_ID": chosen},
        )


def token_claims(token: str) -> Mapping[str, Any]:
    """The claims of a JWT, unverified: they are shown, never trusted. Empty if the token is opaque."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return {}
    return claims


def caller_name(claims: Mapping[str, Any]) -> str:
    """Who the token speaks for: user name, else application id, else object id."""
    for name in ("upn", "unique_name", "preferred_username", "app_displayname", "appid", "oid"):
        if claims.get(name):
            return str(claims[name])
    return "unknown"
