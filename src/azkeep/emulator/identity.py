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

from azkeep.emulator import assertions
from azkeep.emulator.oauth import OauthError
from azkeep.emulator.store_principals import Directory, Principal
from azkeep.emulator.store_secrets import private_file
from azkeep.errors import ArmFault
from azkeep.types.resource_type import Caller

KEY_FILE = "identity.key.pem"
LIFETIME = 3599
PUBLIC_AUDIENCES = frozenset({"https://management.azure.com", "https://management.core.windows.net"})
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class Identity:
    """Issues tokens to the tenant's principals and says who a token belongs to."""

    def __init__(self, folder: Path, tenant: str, directory: Directory) -> None:
        self.tenant = tenant
        self._directory = directory
        self._key = _signing_key(folder / KEY_FILE)
        self._public = self._key.public_key()
        self._verified: dict[str, tuple[Caller, float]] = {}

    @property
    def key_id(self) -> str:
        """Name of the signing key, derived from it."""
        numbers = self._public.public_numbers()
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{numbers.n:x}").hex

    def keys(self) -> dict[str, Any]:
        """The JSON Web Key Set that verifies this service's tokens."""
        public = json.loads(RSAAlgorithm.to_jwk(self._public))
        return {"keys": [{**public, "use": "sig", "alg": "RS256", "kid": self.key_id}]}

    def configuration(self, base: str, tenant: str) -> dict[str, Any]:
        """The OpenID configuration of a tenant, with endpoints under `base`."""
        return {
            "issuer": f"{base}/{self.tenant}/v2.0",
            "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/{tenant}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "offline_access"],
            "tenant_region_scope": None,
        }

    def grant(self, tenant: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        """The token answer for a client_credentials request. Raises OauthError."""
        if tenant.lower() not in (self.tenant.lower(), "adfs"):
            raise OauthError(400, "invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise OauthError(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
        principal = self._authenticated(form, f"{base}/{tenant}/oauth2/v2.0/token")
        audience = _audience(form)
        token = self.token(principal, audience, base)
        return {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}

    def federated(self, principal: Principal) -> str:
        """An assertion with which a workload on this machine asks for tokens as `principal`."""
        return assertions.federated(principal, self._key, self.key_id)

    def _authenticated(self, form: Mapping[str, str], endpoint: str) -> Principal:
        client = form.get("client_id", "")
        principal = self._directory.by_client_id(client) if client else None
        if principal is None:
            raise OauthError(
                400,
                "unauthorized_client",
                f"AADSTS700016: Application with identifier '{client}' was not found in the directory '{self.tenant}'.",
            )
        if form.get("client_assertion"):
            assertions.verify(form, principal, self._public, self._directory.certificates(principal), endpoint)
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
            "iss": f"{base}/{self.tenant}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "tid": self.tenant,
            "oid": principal.object_id,
            "sub": principal.object_id,
            "appid": principal.client_id,
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
            raise self._refused("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise self._refused(
                "AuthenticationFailedInvalidHeader",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.",
            )
        known = self._verified.get(token)
        if known is None:
            known = self._verify(token)
            if len(self._verified) > 1000:
                self._verified.clear()
            self._verified[token] = known
        if known[1] <= time.time():
            raise self._expired()
        return known[0]

    def _verify(self, token: str) -> tuple[Caller, float]:
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=["RS256"],
                options={"verify_aud": False, "require": ["exp", "aud", "tid", "oid"]},
            )
        except jwt.ExpiredSignatureError:
            raise self._expired() from None
        except jwt.InvalidTokenError:
            raise self._refused("InvalidAuthenticationToken", "The access token is invalid.") from None
        if str(claims["tid"]).lower() != self.tenant.lower():
            raise self._refused(
                "InvalidAuthenticationTokenTenant",
                f"The access token is from the wrong issuer '{claims.get('iss')}'. It must match the tenant"
                f" '{self.tenant}' associated with this subscription.",
            )
        if not _is_arm(claims["aud"]):
            raise self._refused(
                "InvalidAuthenticationTokenAudience",
                f"The access token has been obtained for wrong audience or resource '{claims['aud']}'. It should"
                f" exactly match with one of the allowed audiences '{', '.join(sorted(PUBLIC_AUDIENCES))}'.",
            )
        return self._of(claims), float(claims["exp"])

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

    def _expired(self) -> ArmFault:
        return self._refused("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.")

    def _refused(self, code: str, message: str) -> ArmFault:
        description = (
            "The authentication failed because of missing 'Authorization' header."
            if code == "AuthenticationFailed"
            else message
        )
        challenge = (
            f'Bearer authorization_uri="https://login.windows.net/{self.tenant}", error="invalid_token",'
            f' error_description="{description}"'
        )
        return ArmFault(401, code, message, headers={"WWW-Authenticate": challenge})


def _is_arm(audience: Any) -> bool:
    if not isinstance(audience, str):
        return False
    if audience.rstrip("/") in PUBLIC_AUDIENCES:
        return True
    address = urlsplit(audience)
    return address.scheme == "https" and address.hostname in LOOPBACK and address.path.strip("/") == ""


def _audience(form: Mapping[str, str]) -> str:
    """What a token is asked for: `resource` of v1, `scope` of v2 without its `/.default`."""
    if form.get("resource"):
        return form["resource"]
    for scope in form.get("scope", "").split():
        if scope.endswith("/.default"):
            return scope.removesuffix("/.default")
    raise OauthError(
        400,
        "invalid_scope",
        "AADSTS1002012: The provided value for scope is not valid. Client credential flows must have a scope value"
        " with /.default suffixed to the resource identifier.",
    )


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
