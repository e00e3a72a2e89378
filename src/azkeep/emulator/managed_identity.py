"""Tokens for managed identities, over plain http on loopback, in the three protocols that clients on Azure speak.

Sources: Azure Instance Metadata Service, identity (2018-02-01); App Service, REST endpoint for managed identities
(2019-08-01), and its forerunner with the header `secret` (2017-09-01), which Azure Machine Learning keeps.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from azkeep.emulator.cloud import DEPLOYER, Cloud
from azkeep.emulator.oauth import granted
from azkeep.emulator.store_principals import Principal

METADATA = "/metadata/identity/oauth2/token"
APPLICATION = "/msi/token"
CLIENT_NAMES = ("client_id", "clientid")
OBJECT_NAMES = ("object_id", "principal_id")
RESOURCE_NAMES = ("mi_res_id", "msi_res_id")


@dataclass(frozen=True)
class Place:
    """Where managed identities get their tokens. `header` is the secret that applications show; on the metadata
    service there is none. `authority` is the identity service in whose name tokens are given."""

    endpoint: str
    header: str
    authority: str

    def document(self) -> dict[str, str]:
        """As the ready document tells it."""
        return {"endpoint": f"{self.endpoint}{APPLICATION}", "header": self.header, "metadata": self.endpoint}


@dataclass(frozen=True)
class _Front:
    """Answers requests for tokens. Without an id they are for the deployer, the identity of this machine."""

    cloud: Cloud
    place: Place

    async def metadata(self, request: Request) -> Response:
        if request.headers.get("metadata", "").lower() != "true":
            return _refused(400, "invalid_request", "Required metadata header not specified")
        return self._answer(request)

    async def application(self, request: Request) -> Response:
        shown = request.headers.get("x-identity-header") or request.headers.get("secret") or ""
        if not hmac.compare_digest(shown.encode(), self.place.header.encode()):
            return _refused(401, "unauthorized_client", "The identity header is missing or wrong")
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        if f"http://{request.headers.get('host', '')}" != self.place.endpoint:
            return _refused(421, "invalid_request", "This server answers to its own loopback name only")
        query = {name.lower(): value for name, value in request.query_params.items()}
        resource = query.get("resource", "")
        for name in ("api-version", "resource"):
            if not query.get(name):
                return _refused(400, "invalid_request", f"Required query variable '{name}' is missing")
        principal = _principal(self.cloud, query)
        if principal is None:
            return _refused(400, "invalid_request", "Identity not found")
        token = self.cloud.identity.token(principal, resource.removesuffix("/.default"), self.place.authority)
        return _json(200, {**granted(token, resource), "client_id": principal.client_id})


def _principal(cloud: Cloud, query: Mapping[str, str]) -> Principal | None:
    """Whom the request names, a principal or a user-assigned identity; the deployer where it names nobody."""
    client, object_id, resource = (_first(query, names) for names in (CLIENT_NAMES, OBJECT_NAMES, RESOURCE_NAMES))
    if not (client or object_id or resource):
        return cloud.directory.by_name(DEPLOYER)
    if resource:
        return cloud.assigned.by_resource(resource)
    if client:
        return cloud.directory.by_client_id(client) or cloud.assigned.by_client_id(client)
    return cloud.directory.by_object_id(object_id) or cloud.assigned.by_object_id(object_id)


def _first(query: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((query[name] for name in names if query.get(name)), "")


def _refused(status: int, error: str, description: str) -> Response:
    return _json(status, {"error": error, "error_description": description})


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), status_code=status, media_type="application/json")


def application(cloud: Cloud, place: Place) -> Starlette:
    """The web application that answers at `place`."""
    front = _Front(cloud, place)
    return Starlette(routes=[Route(METADATA, front.metadata), Route(APPLICATION, front.application)])
