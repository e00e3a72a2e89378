"""Signed assertions in place of a client secret: of a certificate, or of a federated identity.

Sources: Microsoft identity platform, certificate credentials and workload identity federation; error codes AADSTS*.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from azkeep.emulator.oauth import OauthError, missing
from azkeep.emulator.store_principals import Principal

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE = "api://AzureADTokenExchange"
ISSUER = "https://workloads.azkeep.localhost"
"""Who vouches for workloads on this machine; every principal trusts it for its own object id."""
FEDERATED_SECONDS = 7 * 86_400
SIGNATURES = ["RS256", "PS256"]
_LOOK = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    " https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)


@dataclass(frozen=True)
class Trust:
    """Whose assertion stands for a principal: all three as they are in it, letter by letter."""

    issuer: str
    subject: str
    audience: str


def own(principal: Principal) -> Trust:
    """What every principal trusts that is not a resource's identity: this machine's word for its object id."""
    return Trust(ISSUER, principal.object_id, EXCHANGE)


def federated(principal: Principal, key: rsa.RSAPrivateKey, key_id: str) -> str:
    """The assertion by which a workload on this machine is `principal`, good for a week."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": principal.object_id,
        "aud": EXCHANGE,
        "iat": now,
        "nbf": now,
        "exp": now + FEDERATED_SECONDS,
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id})


def verify(
    form: Mapping[str, str],
    principal: Principal,
    key: rsa.RSAPublicKey,
    certificates: Sequence[x509.Certificate],
    endpoints: Sequence[str],
    trusted: Sequence[Trust],
) -> None:
    """Return if the assertion in `form` proves `principal`. Raises OauthError as Entra does.

    `key` is the one that assertions for this cloud are signed with, `certificates` are the principal's own,
    `endpoints` are names of where tokens are given, `trusted` are the principal's federated credentials.
    """
    if form.get("client_assertion_type") != TYPE:
        raise missing("client_assertion_type")
    assertion = form["client_assertion"]
    claims = _claims(assertion)
    if str(claims.get("iss", "")).lower() == principal.client_id.lower():
        _of_certificate(assertion, claims, principal, certificates, endpoints)
    else:
        _of_federation(assertion, claims, principal, key, trusted)


def _claims(assertion: str) -> dict[str, Any]:
    try:
        return jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise OauthError(401, "invalid_client", "AADSTS50027: JWT token is invalid or malformed.") from None


def _of_certificate(
    assertion: str,
    claims: Mapping[str, Any],
    principal: Principal,
    certificates: Sequence[x509.Certificate],
    endpoints: Sequence[str],
) -> None:
    if str(claims.get("sub", "")).lower() != principal.client_id.lower():
        raise _refused("AADSTS70021: The subject of the client assertion is not its issuer.")
    keys = [found for found in (each.public_key() for each in certificates) if isinstance(found, rsa.RSAPublicKey)]
    if not any(_signed(assertion, key) for key in keys):
        raise _refused(
            "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on"
            " application."
        )
    _in_time(claims)
    if claims.get("aud") not in endpoints:
        raise _refused("AADSTS700023: Client assertion audience claim does not match Realm issuer.")


def _of_federation(
    assertion: str, claims: Mapping[str, Any], principal: Principal, key: rsa.RSAPublicKey, trusted: Sequence[Trust]
) -> None:
    if not trusted:
        raise _refused(
            f"AADSTS70025: The client '{principal.client_id}'({principal.name}) has no configured federated identity"
            " credentials."
        )
    left = trusted
    for what, code, claim in (
        ("issuer", "AADSTS700211", "iss"),
        ("subject", "AADSTS700213", "sub"),
        ("audience", "AADSTS700212", "aud"),
    ):
        said = claims.get(claim)
        left = [each for each in left if getattr(each, what) == said]
        if not left:
            text = f"{code}: No matching federated identity record found for presented assertion {what} '{said}'."
            raise _refused(f"{text} {_LOOK}")
    if not _signed(assertion, key):
        raise _refused("AADSTS50013: Assertion failed signature validation.")
    _in_time(claims)


def _signed(assertion: str, key: rsa.RSAPublicKey) -> bool:
    unchecked = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    try:
        jwt.decode(assertion, key, algorithms=SIGNATURES, options=unchecked)  # type: ignore[arg-type]
    except jwt.InvalidTokenError:
        return False
    return True


def _in_time(claims: Mapping[str, Any]) -> None:
    now, start, end = time.time(), claims.get("nbf", 0), claims.get("exp")
    numbers = isinstance(start, int | float) and isinstance(end, int | float)
    if not numbers or not start - 300 <= now < end:  # type: ignore[operator]
        raise _refused("AADSTS700024: Client assertion is not within its valid time range.")


def _refused(description: str) -> OauthError:
    return OauthError(401, "invalid_client", description)
