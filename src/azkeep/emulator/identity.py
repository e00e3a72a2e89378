"""The local identity service: signs and verifies RS256 access tokens, and speaks as much of OAuth 2 as clients need.

Sources: Microsoft identity platform, client credentials flow and access token claims; error codes AADSTS*.
"""

from __future__ import annotations

import hmac
import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from azkeep.emulator import assertions, unauthorized
from azkeep.emulator.names import STORAGE_SUFFIX
from azkeep.emulator.oauth import (
    LIFETIME,
    OauthError,
    audience_of,
    check_resource,
    granted,
    missing,
    tenant_not_found,
)
from azkeep.emulator.store_principals import Directory, Principal
from azkeep.emulator.store_secrets import private_file
from azkeep.emulator.user_assigned import UserAssigned
from azkeep.errors import ArmFault
from azkeep.types.write import Caller

KEY_FILE = "identity.key.pem"
ADFS = "adfs"
ALIASES = ("common", "organizations", "azkeep.localhost", ADFS)
"""Names beside the tenant's id under which its OpenID configuration is found."""
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class Identity:
    """Issues tokens to the tenant's principals and says who a token belongs to."""

    def __init__(self, folder: Path, tenant: str, directory: Directory, assigned: UserAssigned) -> None:
        self.tenant = tenant
        self._directory = directory
        self._assigned = assigned
        self._key = _signing_key(folder / KEY_FILE)
        self._public = self._key.public_key()
        self._verified: dict[str, tuple[Caller, str, float]] = {}

    @property
    def key_id(self) -> str:
        """Name of the signing key, derived from it."""
        numbers = self._public.public_numbers()
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{numbers.n:x}").hex

    def keys(self) -> dict[str, Any]:
        """The JSON Web Key Set that verifies this service's tokens."""
        public = json.loads(RSAAlgorithm.to_jwk(self._public))
        return {"keys": [{**public, "use": "sig", "alg": "RS256", "kid": self.key_id}]}

    def configuration(self, base: str, tenant: str, *, version: str = "v2.0") -> dict[str, Any]:
        """The OpenID configuration of a tenant, with endpoints under `base`. Raises OauthError for a foreign tenant.

        `version` is v2.0, or empty for the first version of the endpoints.
        """
        if tenant.lower() not in (self.tenant.lower(), *ALIASES):
            raise tenant_not_found(tenant, error="invalid_tenant")
        rest = f"/{version}" if version else ""
        return {
            "issuer": self.issuer(base),
            "authorization_endpoint": f"{base}/{tenant}/oauth2{rest}/authorize",
            "token_endpoint": f"{base}/{tenant}/oauth2{rest}/token",
            "device_authorization_endpoint": f"{base}/{tenant}/oauth2{rest}/devicecode",
            "jwks_uri": f"{base}/{tenant}/discovery{rest}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "tenant_region_scope": None,
        }

    def issuer(self, base: str) -> str:
        """Who issues tokens under `base`."""
        return f"{base}/{self.tenant}/v2.0"

    def grant(self, tenant: str, form: Mapping[str, str], base: str, endpoint: str) -> dict[str, Any]:
        """The token answer for a client_credentials request sent to `endpoint`. Raises OauthError.

        The first version of the endpoint takes a `resource` for the scope and answers with text for numbers.
        """
        if not form.get("grant_type"):
            raise missing("grant_type")
        if tenant.lower() not in (self.tenant.lower(), ADFS):
            raise tenant_not_found(tenant)
        if form["grant_type"] != "client_credentials":
            raise OauthError(
                400,
                "unsupported_grant_type",
                f"AADSTS70003: The app requested an unsupported grant type '{form['grant_type']}'.",
            )
        if not form.get("client_id"):
            raise missing("client_id")
        audience = audience_of(form)
        principal = self._authenticated(form, (endpoint, *_endpoints(base, tenant)))
        check_resource(audience, self.tenant, (*LOOPBACK, STORAGE_SUFFIX))
        token = self.token(principal, audience, base)
        if form.get("resource"):
            return granted(token, audience)
        return {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}

    def federated(self, principal: Principal) -> str:
        """An assertion with which a workload on this machine asks for tokens as `principal`."""
        return assertions.federated(principal, self._key, self.key_id)

    def _authenticated(self, form: Mapping[str, str], endpoints: tuple[str, ...]) -> Principal:
        client = form["client_id"]
        known = self._directory.by_client_id(client)
        principal = known or self._assigned.by_client_id(client)
        if principal is None:
            raise OauthError(
                400,
                "unauthorized_client",
                f"AADSTS700016: Application with identifier '{client}' was not found in the directory '{self.tenant}'."
                " This can happen if the application has not been installed by the administrator of the tenant or"
                " consented to by any user in the tenant. You may have sent your authentication request to the wrong"
                " tenant.",
            )
        if form.get("client_assertion"):
            trusted = (assertions.own(known),) if known else self._assigned.trusted(principal)
            certificates = self._directory.certificates(principal)
            assertions.verify(form, principal, self._public, certificates, endpoints, trusted)
            return principal
        if not form.get("client_secret"):
            raise OauthError(
                401,
                "invalid_client",
                "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or"
                " 'client_secret'.",
            )
        if not hmac.compare_digest(form.get("client_secret", "").encode(), principal.client_secret.encode()):
            raise OauthError(
                401,
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the"
                f" client secret value, not the client secret ID, for a secret added to app '{client}'.",
            )
        return principal

    def token(self, principal: Principal, audience: str, base: str, *, lifetime: int = LIFETIME) -> str:
        """A signed access token for `principal`, good for `audience` and `lifetime` seconds."""
        now = int(time.time())
        claims = {
            "aud": audience,
            "iss": self.issuer(base),
            "idp": self.issuer(base),
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "tid": self.tenant,
            "oid": principal.object_id,
            "sub": principal.object_id,
            "appid": principal.client_id,
            "appidacr": "2" if principal.resource else "1",
            "app_displayname": principal.name,
            "idtyp": "user" if principal.kind == "User" else "app",
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
        }
        if principal.kind == "User":
            claims["upn"] = principal.name
        if principal.resource:
            claims["xms_mirid"] = principal.resource
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.key_id})

    def caller(self, authorization: str | None) -> Caller:
        """Who sends a request with this Authorization header. Raises ArmFault 401 as ARM does."""
        if not authorization:
            raise unauthorized.no_header(self.tenant)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized.invalid_header(self.tenant)
        caller, audience = self.bearer(token)
        if not _is_arm(audience):
            raise unauthorized.wrong_audience(self.tenant, audience)
        return caller

    def bearer(self, token: str) -> tuple[Caller, str]:
        """Who a token belongs to, and what it is for. Raises ArmFault 401."""
        known = self._verified.get(token)
        if known is None:
            known = self._verify(token)
            if len(self._verified) > 1000:
                self._verified.clear()
            self._verified[token] = known
        caller, audience, ends = known
        if ends <= time.time():
            raise unauthorized.expired(self.tenant, ends, time.time())
        return caller, audience

    def _verify(self, token: str) -> tuple[Caller, str, float]:
        """The caller, the audience, and when the token ends."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False, "require": ["exp", "aud", "iss", "tid", "oid"]},
            )
        except jwt.InvalidSignatureError:
            raise self._not_ours(token) from None
        except jwt.InvalidTokenError:
            raise unauthorized.invalid(self.tenant) from None
        if not self._is_own(claims):
            raise unauthorized.wrong_issuer(self.tenant, str(claims["iss"]))
        if not isinstance(claims["exp"], int | float):
            raise unauthorized.invalid(self.tenant)
        return self._of(claims), str(claims["aud"]), float(claims["exp"])

    def _not_ours(self, token: str) -> ArmFault:
        """A token that another key signed is another tenant's where it says so, else forged."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return unauthorized.invalid(self.tenant)
        foreign = str(claims.get("tid", self.tenant)).lower() != self.tenant.lower()
        if foreign and isinstance(claims.get("iss"), str):
            return unauthorized.wrong_issuer(self.tenant, claims["iss"])
        return unauthorized.invalid(self.tenant)

    def _is_own(self, claims: Mapping[str, Any]) -> bool:
        """True if this tenant issued the token, under whatever port it was served then."""
        issuer = urlsplit(str(claims["iss"]))
        own = issuer.hostname in LOOPBACK and issuer.path == f"/{self.tenant}/v2.0"
        return own and str(claims["tid"]).lower() == self.tenant.lower()

    def _of(self, claims: Mapping[str, Any]) -> Caller:
        user = "upn" in claims
        return Caller(
            object_id=str(claims["oid"]),
            name=str(claims["upn"] if user else claims.get("app_displayname", claims["oid"])),
            kind="User" if user else "ServicePrincipal",
            tenant=self.tenant,
            application_id=str(claims.get("appid", "")),
            resource=str(claims.get("xms_mirid", "")),
        )


def _is_arm(audience: str) -> bool:
    if audience in unauthorized.AUDIENCES:
        return True
    address = urlsplit(audience)
    return address.scheme == "https" and address.hostname in LOOPBACK and address.path.strip("/") == ""


def _endpoints(base: str, tenant: str) -> tuple[str, ...]:
    """What an assertion to a tenant can be addressed to besides the endpoint that it is sent to."""
    return (f"{base}/{tenant}/oauth2/v2.0/token", f"{base}/{tenant}/oauth2/token", f"{base}/{tenant}/v2.0")


def _signing_key(path: Path) -> rsa.RSAPrivateKey:
    content = path.read_bytes() if path.exists() else private_file(path, _new_key())
    key = serialization.load_pem_private_key(content, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds another kind of key")
    return key


def _new_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
