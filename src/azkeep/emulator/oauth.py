"""What the identity service reads, answers and refuses. Source: OAuth 2; Microsoft identity platform, AADSTS codes."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azkeep.model.ids import GUID

LIFETIME = 3599
"""Seconds that a token lasts."""
_CODE = re.compile(r"AADSTS(\d+):")
_OWNED = re.compile(
    r"(.+\.)?(azure\.(com|net)|windows\.net|microsoft\.com|azureml\.ms|azurecr\.io|loganalytics\.io"
    r"|applicationinsights\.io|visualstudio\.com)",
    re.IGNORECASE,
)
"""Hosts of Microsoft's services, whose principals every tenant has."""


@dataclass(eq=False)
class OauthError(Exception):
    """The identity service's refusal, in OAuth 2 form."""

    status: int
    error: str
    description: str

    def body(self) -> dict[str, Any]:
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        moment = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        said = f"{self.description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}"
        found = _CODE.match(self.description)
        answer: dict[str, Any] = {
            "error": self.error,
            "error_description": said,
            "error_codes": [int(found[1])] if found else [],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
        }
        if found:
            answer["error_uri"] = f"https://login.microsoftonline.com/error?code={found[1]}"
        return answer


def missing(parameter: str) -> OauthError:
    """The refusal of a form without a parameter that every such request has."""
    return OauthError(
        400,
        "invalid_request",
        f"AADSTS900144: The request body must contain the following parameter: '{parameter}'.",
    )


def tenant_not_found(tenant: str, *, error: str = "invalid_request") -> OauthError:
    """The refusal of a tenant that is none; `error` is invalid_tenant where no token is asked for."""
    return OauthError(
        400,
        error,
        f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing"
        " into the correct cloud. Check with your subscription administrator, this may happen if there are no active"
        " subscriptions for the tenant.",
    )


def check_resource(audience: str, tenant: str, own: tuple[str, ...]) -> None:
    """Raises OauthError for what no service of Microsoft's and no host of the local cloud, `own`, is called.

    Applications of a tenant's own are not registered here: a client id is taken for one.
    """
    host = urlsplit(audience).hostname or ""
    if GUID.fullmatch(audience.removeprefix("api://").strip("/")) or _OWNED.fullmatch(host):
        return
    if any(host == each or host.endswith(f".{each}") for each in own):
        return
    raise OauthError(
        400,
        "invalid_resource",
        f"AADSTS500011: The resource principal named {audience} was not found in the tenant named {tenant}. This can"
        " happen if the application has not been installed by the administrator of the tenant or consented to by any"
        " user in the tenant. You might have sent your authentication request to the wrong tenant.",
    )


def granted(token: str, resource: str) -> dict[str, str]:
    """The answer of endpoints that know resources rather than scopes: its numbers are text."""
    now = int(time.time())
    return {
        "token_type": "Bearer",
        "expires_in": str(LIFETIME),
        "ext_expires_in": str(LIFETIME),
        "expires_on": str(now + LIFETIME),
        "not_before": str(now),
        "resource": resource,
        "access_token": token,
    }


def audience_of(form: Mapping[str, str]) -> str:
    """What a token is asked for: `resource` of v1, `scope` of v2 without its `/.default`."""
    if form.get("resource"):
        return form["resource"]
    scope = form.get("scope", "")
    if not scope:
        raise missing("scope")
    for each in scope.split():
        if each.endswith("/.default"):
            return each.removesuffix("/.default")
    raise OauthError(
        400,
        "invalid_scope",
        f"AADSTS1002012: The provided value for scope {scope} is not valid. Client credential flows must have a scope"
        " value with /.default suffixed to the resource identifier (application ID URI).",
    )
