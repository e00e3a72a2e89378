"""Data planes in front of ARM: which requests are theirs, and their answers on the web server."""

from __future__ import annotations

import asyncio
import re
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote

from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from azkeep.emulator import injected
from azkeep.emulator.cloud import Cloud, rfc3339
from azkeep.emulator.names import answers_to, storage_account
from azkeep.emulator.planes import blob_containers, blob_objects, blob_xml
from azkeep.emulator.planes.blob_faults import BlobFault, invalid_header, resource_not_found
from azkeep.emulator.planes.blob_messages import (
    VERSION_HEADER,
    BlobReply,
    BlobRequest,
    account_named,
)
from azkeep.errors import ArmFault

VERSION = re.compile(r"\d{4}-\d\d-\d\d\Z")
NEWEST = "2026-10-06"
"""What an answer says where the request names no version."""
LARGEST = 256 * 1024 * 1024
"""Bytes of one request: blobs are kept in a database, and a client sends what is larger in blocks."""
PATIENCE_SECONDS = 600.0
HTTPS = 443
LONGEST_PORT = 5


@dataclass(frozen=True)
class Place:
    """The account that a request is for, and its path behind the account."""

    account: str
    path: str


@dataclass(frozen=True)
class Planes:
    """Answers requests to the blob service; all others go to `arm`.

    An account is named by the host, or on loopback by the first part of the path of a request that speaks the blob
    service's protocol: it names a version, or brings a signature.
    """

    cloud: Cloud
    port: int
    arm: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = self._place(WebRequest(scope)) if scope["type"] == "http" else None
        if place is None:
            await self.arm(scope, receive, send)
            return
        response = await self._answer(WebRequest(scope, receive), place)
        await response(scope, receive, send)

    def _place(self, web: WebRequest) -> Place | None:
        name, _, given = web.headers.get("host", "").partition(":")
        port = int(given) if given.isdecimal() and len(given) <= LONGEST_PORT else HTTPS
        path = _raw_path(web)
        account = storage_account(name, port, self.port)
        if account is not None:
            return Place(account, path)
        if not answers_to(name, port, self.port) or not _speaks_blob(web):
            return None
        first, _, rest = path.lstrip("/").partition("/")
        return Place(first, rest)

    async def _answer(self, web: WebRequest, place: Place) -> Response:
        request = _request(web, place, b"")
        try:
            content = await _content(web)
        except BlobFault as fault:
            return _refused(request, fault, closing=True)
        except (ClientDisconnect, TimeoutError):
            return Response(status_code=408, headers={"Connection": "close"})
        await asyncio.sleep(injected.latency(self.cloud))
        return _reply(self.cloud, _request(web, place, content))


def _speaks_blob(web: WebRequest) -> bool:
    signed = b"sig=" in web.scope["query_string"] and {"sv", "sig"} <= set(web.query_params)
    return signed or VERSION_HEADER in web.headers


def _raw_path(web: WebRequest) -> str:
    raw = web.scope.get("raw_path") or str(web.scope["path"]).encode()
    return bytes(raw).decode("ascii", "replace")


def _request(web: WebRequest, place: Place, content: bytes) -> BlobRequest:
    headers = {name.lower(): value for name, value in web.headers.items()}
    query = parse_qsl(web.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    container, _, blob = place.path.lstrip("/").partition("/")
    return BlobRequest(
        method=web.method,
        account=place.account,
        container=unquote(container),
        blob=unquote(blob),
        path=_raw_path(web),
        query={name.lower(): value for name, value in query},
        headers=headers,
        content=content,
        base=f"https://{headers.get('host', '')}",
        address=web.client.host if web.client else "",
        request_id=str(uuid.uuid4()),
    )


async def _content(web: WebRequest) -> bytes:
    found = bytearray()
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for piece in web.stream():
            found += piece
            if len(found) > LARGEST:
                raise BlobFault(413, "RequestBodyTooLarge", "The size of the request body exceeds the maximum size.")
    return bytes(found)


def _reply(cloud: Cloud, request: BlobRequest) -> Response:
    try:
        return _answered(request, answer(cloud, request))
    except BlobFault as fault:
        return _refused(request, fault)
    except ArmFault as fault:
        return _refused(request, BlobFault(fault.status, fault.code, fault.message))
    except Exception:
        traceback.print_exc()
        return _refused(request, BlobFault(500, "InternalError", "The local cloud has a defect."))


def answer(cloud: Cloud, request: BlobRequest) -> BlobReply:
    """The blob service's answer. Raises BlobFault."""
    if request.version and not VERSION.match(request.version):
        raise invalid_header(VERSION_HEADER)
    account = account_named(cloud, request.account)
    if account is None:
        raise resource_not_found()
    if not request.container:
        return blob_containers.of_account(cloud, request, account)
    if not request.blob:
        return blob_containers.answer(cloud, request, account)
    return blob_objects.answer(cloud, request, account)


def _common(request: BlobRequest) -> dict[str, str]:
    headers = {"x-ms-request-id": request.request_id, VERSION_HEADER: request.version or NEWEST}
    if "x-ms-client-request-id" in request.headers:
        headers["x-ms-client-request-id"] = request.headers["x-ms-client-request-id"]
    return headers


def _answered(request: BlobRequest, reply: BlobReply) -> Response:
    length = {"Content-Length": str(reply.length)} if reply.length is not None else {}
    return _response(reply.status, reply.content, {**_common(request), **reply.headers, **length})


def _refused(request: BlobRequest, fault: BlobFault, *, closing: bool = False) -> Response:
    now = rfc3339(datetime.now(UTC))
    silent = request.method == "HEAD" or fault.status == 304
    content = b"" if silent else blob_xml.error(fault, request.request_id, now)
    headers = {**_common(request), "x-ms-error-code": fault.code, **fault.headers}
    if content:
        headers["Content-Type"] = "application/xml"
    if closing:
        headers["Connection"] = "close"
    return _response(fault.status, content, headers)


def _response(status: int, content: bytes, headers: Mapping[str, str]) -> Response:
    """A response that has no media type of its own making."""
    response = Response(content, status_code=status)
    for name, value in headers.items():
        response.headers[name] = value
    return response
