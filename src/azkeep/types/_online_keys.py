"""Keys and tokens of online endpoints. Source: Azure Machine Learning REST API 2025-12-01, online endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._machine_learning import user_error
from azkeep.types.resource_type import Action, Estate, GeneratedSecret

PRIMARY, SECONDARY = "/properties/keys/primaryKey", "/properties/keys/secondaryKey"
KEYS = (GeneratedSecret(PRIMARY, 32), GeneratedSecret(SECONDARY, 32))
TOKEN = GeneratedSecret("token", 128)


def _list_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return {"primaryKey": secrets.get(PRIMARY), "secondaryKey": secrets.get(SECONDARY)}


def _token(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return {
        "accessToken": secrets.get(TOKEN.name),
        "expiryTimeUtc": 0,
        "refreshAfterTimeUtc": 0,
        "tokenType": "Bearer",
    }


def _nothing(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return None


def _needs_keys(id: ArmId, body: Body, sent: Body, estate: Estate) -> ArmFault | None:
    if same_text(get(body, "/properties/authMode"), "Key"):
        return None
    return user_error(f"Endpoint '{id.name}' does not use key authentication.")


def _needs_token(id: ArmId, body: Body, sent: Body, estate: Estate) -> ArmFault | None:
    if not same_text(get(body, "/properties/authMode"), "Key"):
        return None
    return user_error(f"Endpoint '{id.name}' does not use token authentication.")


def _renewed(sent: Body) -> tuple[str, ...]:
    return {"primary": (PRIMARY,), "secondary": (SECONDARY,)}.get(str(sent.get("keyType", "")).lower(), ())


def _regenerate_fault(id: ArmId, body: Body, sent: Body, estate: Estate) -> ArmFault | None:
    if not _renewed(sent):
        return user_error("keyType must be Primary or Secondary.", code="ValidationError")
    return _needs_keys(id, body, sent, estate)


ACTIONS: Mapping[str, Action] = {
    "listKeys": Action(_list_keys, fault=_needs_keys),
    "regenerateKeys": Action(_nothing, renewed=_renewed, fault=_regenerate_fault),
    "token": Action(_token, fault=_needs_token),
}
