"""Whose access token of the local identity service comes with a request to a data plane, and what it is for."""

from __future__ import annotations

import jwt

from azkeep.emulator.identity import Identity
from azkeep.types.resource_type import Caller

STORAGE_AUDIENCE = "https://storage.azure.com"


class TokenRefused(Exception):
    """Why a token is not good."""


def bearer(identity: Identity, token: str) -> tuple[Caller, str]:
    """(caller, audience) of a token of this tenant. Raises TokenRefused."""
    key = jwt.PyJWK(identity.keys()["keys"][0], algorithm="RS256")
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            options={"verify_aud": False, "require": ["exp", "aud", "tid", "oid"]},
        )
    except jwt.ExpiredSignatureError:
        raise TokenRefused("Lifetime validation failed. The token is expired.") from None
    except jwt.InvalidTokenError:
        raise TokenRefused("Signature validation failed. Signature verification failed.") from None
    if str(claims["tid"]).lower() != identity.tenant.lower():
        raise TokenRefused("Issuer validation failed. Issuer did not match.")
    caller = Caller(
        object_id=str(claims["oid"]),
        name=str(claims.get("upn", claims["oid"])),
        kind="User" if "upn" in claims else "ServicePrincipal",
        tenant=identity.tenant,
        application_id=str(claims.get("appid", "")),
        resource=str(claims.get("xms_mirid", "")),
    )
    return caller, str(claims["aud"])
