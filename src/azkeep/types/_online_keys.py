"""Keys and tokens of online endpoints. Source: Azure Machine Learning REST API 2025-12-01, online endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._machine_learning import user_error
from azkeep.types.planes import SecondsFromNow
from azkeep.types.resource_type import Action, GeneratedSecret
from azkeep.types.write import Estate

PRIMARY, SECONDARY = "primaryKey", "secondaryKey"
GIVEN = ("/properties/keys/primaryKey", "/properties/keys/secondaryKey")
"""Keys that a client may set when it makes an endpoint."""

TOKEN = "token"
TOKEN_SECONDS = 43_200  # how-to-authenticate-online-endpoint: a token lasts twelve hours
GENERATED = (GeneratedSecret(PRIMARY, 24), GeneratedSecret(SECONDARY, 24), GeneratedSecret(TOKEN, 96))


def _uses_keys(body: Body) -> bool:
    return same_text(get(body, "/properties/authMode"), "Key")


def _list_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    if not _uses_keys(body):
        return user_error(f"Endpoint '{id.name}' does not use key authentication.")
    names = zip((PRIMARY, SECONDARY), GIVEN, strict=True)
    return {name: secrets.get(given) or secrets.get(name) for name, given in names}


def _regenerate(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    if str(sent.get("keyType", "")).lower() not in ("primary", "secondary"):
        return user_error("keyType must be Primary or Secondary.", code="ValidationError")
    return None if _uses_keys(body) else _list_keys(id, body, sent, secrets, estate)


def _token(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    if _uses_keys(body):
        return user_error(f"Endpoint '{id.name}' does not use token authentication.")
    return {
        "accessToken": secrets.get(TOKEN),
        "expiryTimeUtc": SecondsFromNow(TOKEN_SECONDS),
        "refreshAfterTimeUtc": SecondsFromNow(TOKEN_SECONDS // 2),
        "tokenType": "Bearer",
    }


ACTIONS: Mapping[str, Action] = {
    "listKeys": Action(_list_keys),
    "regenerateKeys": Action(_regenerate, renews=(PRIMARY, SECONDARY)),
    "token": Action(_token),
}
