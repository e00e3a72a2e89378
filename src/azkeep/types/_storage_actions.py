"""What a storage account is asked by POST, and a region about its accounts. Pure.

Source: Storage resource provider REST API 2024-01-01: List Keys, Regenerate Key, List Account SAS, List Service SAS,
Usages; a signed time is told to the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._blob_plane import KEYS
from azkeep.types._document import region, same_text
from azkeep.types._storage import ACCOUNT
from azkeep.types.planes import AccountSignature
from azkeep.types.resource_type import Action
from azkeep.types.write import Estate

ACCOUNTS_PER_REGION = 250
ACCOUNT_SIGNED: Mapping[str, str] = {
    "ss": "signedServices",
    "srt": "signedResourceTypes",
    "sp": "signedPermission",
    "st": "signedStart",
    "se": "signedExpiry",
    "sip": "signedIp",
    "spr": "signedProtocol",
}
SERVICE_SIGNED: Mapping[str, str] = {
    "sr": "signedResource",
    "st": "signedStart",
    "se": "signedExpiry",
    "sp": "signedPermission",
    "sip": "signedIp",
    "spr": "signedProtocol",
    "si": "signedIdentifier",
    **{name: name for name in ("rscc", "rscd", "rsce", "rscl", "rsct")},
}
"""Parameter of a signature → member of the request that has its value."""
TIMES = ("signedStart", "signedExpiry")


def _list_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    times = get(body, "/properties/keyCreationTime", {})
    return {
        "keys": [
            {"creationTime": times.get(key), "keyName": key, "permissions": "FULL", "value": secrets.get(key)}
            for key in KEYS
        ]
    }


def _regenerate(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    if _key(sent, "keyName") is None:
        return ArmFault(400, "InvalidRequestContent", "The request content was invalid: keyName must be key1 or key2.")
    return _list_keys(id, body, sent, secrets, estate)


def _renewed(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> Body:
    key = _key(sent, "keyName")
    return {"properties": {"keyCreationTime": {key: now}}} if key else {}


def _key(sent: Body, member: str, otherwise: str = "") -> str | None:
    """The name of the key that a request has in `member`; None for another text."""
    named = sent.get(member) or otherwise
    return next((key for key in KEYS if same_text(named, key)), None)


def _account_signature(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    required = ("signedServices", "signedResourceTypes", "signedPermission", "signedExpiry")
    token = _signed(id, sent, secrets, ACCOUNT_SIGNED, required, resource="")
    return token if isinstance(token, ArmFault) else {"accountSasToken": token}


def _service_signature(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    resource = str(sent.get("canonicalizedResource") or "")
    token = _signed(id, sent, secrets, SERVICE_SIGNED, ("canonicalizedResource",), resource=resource)
    return token if isinstance(token, ArmFault) else {"serviceSasToken": token}


def _signed(
    id: ArmId,
    sent: Body,
    secrets: Mapping[str, Any],
    names: Mapping[str, str],
    required: tuple[str, ...],
    *,
    resource: str,
) -> AccountSignature | ArmFault:
    missing = next((name for name in required if not sent.get(name)), None)
    key = _key(sent, "keyToSign", KEYS[0])
    wrong = next((name for name in TIMES if sent.get(name) and _to_the_second(sent[name]) is None), None)
    if missing or key is None or wrong:
        name = missing or wrong or "keyToSign"
        text = f"Values for request parameters are invalid: {name}."
        return ArmFault(400, "InvalidValuesForRequestParameters", text)
    values = {
        name: str(_to_the_second(sent[member]) if member in TIMES else sent[member])
        for name, member in names.items()
        if sent.get(member)
    }
    return AccountSignature(id.name, str(secrets.get(key)), tuple(values.items()), resource)


def _to_the_second(text: Any) -> str | None:
    """`2017-05-24T10:42:03.1567373Z` → `2017-05-24T10:42:03Z`; None for what is no time."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found.tzinfo else f"{found:%Y-%m-%dT%H:%M:%S}Z"


def usages(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """How many accounts a region has, and may have."""
    number = sum(
        same_text(ArmId.parse(str(each["id"])).subscription, subscription) and region(each) == location
        for each in estate.of_type(ACCOUNT)
    )
    name = {"value": "StorageAccounts", "localizedValue": "Storage Accounts"}
    return {"value": [{"unit": "Count", "currentValue": number, "limit": ACCOUNTS_PER_REGION, "name": name}]}


ACTIONS: Mapping[str, Action] = {
    "listKeys": Action(_list_keys),
    "regenerateKey": Action(_regenerate, renews=KEYS, changes=_renewed),
    "listAccountSas": Action(_account_signature),
    "listServiceSas": Action(_service_signature),
}
