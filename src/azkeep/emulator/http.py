"""The web server's side of the local cloud: requests in, replies out, common headers, TLS on loopback."""

from __future__ import annotations

import asyncio
import json
import traceback
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from azkeep.emulator import admission, injected
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.routes import reply_to
from azkeep.emulator.target import parse
from azkeep.errors import ArmFault

ROUTING = "LOCAL"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Front:
    """Turns web requests into ARM requests. `hosts` are the Host headers it answers to."""

    cloud: Cloud
    hosts: frozenset[str]
    patience: float = PATIENCE_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(WebRequest(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, web: WebRequest) -> Response:
        try:
            admission.check_head(web, self.hosts)
            content = await admission.content(web, self.patience)
        except ArmFault as fault:
            return _refused(fault)
        return await self._served(_request(web, content))

    async def _served(self, request: Request) -> Response:
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


def _refused(fault: ArmFault) -> Response:
    """A refusal behind which nothing more is heard on the connection."""
    return Response(
        json.dumps(fault.envelope()),
        status_code=fault.status,
        headers={"Connection": "close"},
        media_type="application/json; charset=utf-8",
    )


def _joined(pairs: Iterable[tuple[str, str]], separator: str) -> dict[str, str]:
    """Values by lower-case name; what is given twice holds both values and so is neither."""
    found: dict[str, str] = {}
    for name, value in pairs:
        known = found.get(name.lower())
        found[name.lower()] = value if known is None else f"{known}{separator}{value}"
    return found


def _request(web: WebRequest, content: bytes) -> Request:
    path = admission.raw_path(web).decode("ascii", "replace")
    headers = _joined(web.headers.items(), ", ")
    query = parse_qsl(web.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    request_id = str(uuid.uuid4())
    return Request(
        method=web.method,
        target=parse(path),
        query=_joined(query, ","),
        headers=headers,
        content=content,
        base=f"https://{headers['host']}",
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


def application(cloud: Cloud, port: int) -> ASGIApp:
    """The web application for a server on loopback `port`."""
    return Front(cloud, frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))
