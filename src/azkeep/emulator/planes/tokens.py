"""Whose access token of the local identity service comes with a request to a data plane, and what it is for."""

from __future__ import annotations

from azkeep.emulator.identity import Identity
from azkeep.errors import ArmFault
from azkeep.types.write import Caller

STORAGE_AUDIENCE = "https://storage.azure.com"
_FORGED = "Signature validation failed. Signature verification failed."
_SAID = {
    "ExpiredAuthenticationToken": "Lifetime validation failed. The token is expired.",
    "InvalidAuthenticationTokenTenant": "Issuer validation failed. Issuer did not match.",
}


class TokenRefused(Exception):
    """Why a token is not good."""


def bearer(identity: Identity, token: str) -> tuple[Caller, str]:
    """(caller, audience) of a token of this tenant. Raises TokenRefused."""
    try:
        return identity.bearer(token)
    except ArmFault as fault:
        raise TokenRefused(_SAID.get(fault.code, _FORGED)) from None
