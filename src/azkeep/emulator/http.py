"""The web server's side of the local cloud: requests in, replies out, common headers, TLS on loopback."""

from __future__ import annotations

import asyncio
import json
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from azkeep.emulator import injected
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.routes import reply_to
from azkeep.emulator.target import parse
from azkeep.errors import ArmFault

METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"]
ROUTING = "LOCAL"


@dataclass(frozen=True)
class Front:
    """Turns web requests into ARM requests. `hosts` are the Host headers it answers to."""

    cloud: Cloud
    hosts: frozenset[str]

    async def __call__(self, web: WebRequest) -> Response:
        host = web.headers.get("host", "")
        if host.lower() not in self.hosts:
            return Response("This server answers to its own loopback name only.", status_code=421)
        request = _request(web, host, await web.body())
        await asyncio.sleep(injected.latency(self.cloud))
        fault = injected.meet(self.cloud, request, after=False)
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if not fault.only_delays:
                return _struck(request, fault)
        reply = self._reply(request)
        fault = injected.meet(self.cloud, request, after=True)
        if fault is None:
            return _response(request, reply)
        await asyncio.sleep(fault.delay)
        return _response(request, reply) if fault.only_delays else _struck(request, fault)

    def _reply(self, request: Request) -> Reply:
        try:
            return reply_to(self.cloud, request)
        except ArmFault as fault:
            return Reply(fault.status, fault.envelope(), fault.headers)
        except Exception:
            traceback.print_exc()
            return Reply(500, {"error": {"code": "InternalServerError", "message": "The local cloud has a defect."}})


class _Lost(Response):
    """Promises a body and sends none, whereupon the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


def _struck(request: Request, fault: injected.Fault) -> Response:
    return _Lost() if fault.status == injected.LOST else _response(request, fault.reply(request))


def _request(web: WebRequest, host: str, content: bytes) -> Request:
    raw = web.scope.get("raw_path") or web.scope["path"].encode()
    path = raw.decode("ascii", "replace")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in web.scope["headers"]}
    query = parse_qsl(web.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    request_id = str(uuid.uuid4())
    return Request(
        method=web.method,
        target=parse(path),
        query={name.lower(): value for name, value in query},
        headers=headers,
        content=content,
        base=f"https://{host}",
        path=path,
        request_id=request_id,
        correlation_id=headers.get("x-ms-correlation-request-id") or request_id,
    )


def _response(request: Request, reply: Reply) -> Response:
    content = b"" if reply.body is None else json.dumps(reply.body, ensure_ascii=False).encode()
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "x-ms-request-id": request.request_id,
        "x-ms-correlation-request-id": request.correlation_id,
        "x-ms-routing-request-id": f"{ROUTING}:{moment}:{request.request_id}",
        **reply.headers,
    }
    if request.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        headers["x-ms-client-request-id"] = request.headers.get("x-ms-client-request-id", "")
    media = "application/json; charset=utf-8" if content else None
    return Response(content, status_code=reply.status, headers=headers, media_type=media)


def application(cloud: Cloud, port: int) -> Starlette:
    """The web application for a server on loopback `port`."""
    front: Callable[[WebRequest], Any] = Front(cloud, frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})).__call__
    return Starlette(routes=[Route("/{path:path}", front, methods=METHODS)])
