"""What is refused before it is a request of Azure Resource Manager's: foreign hosts, and what is malformed or too big.

Sources: a request of at most 4 MB (Azure Resource Manager, limits; code and message as observed); http.sys refuses URLs
with control characters and hosts that are missing or several; Kestrel's 414, 431 and 408 for what is long or slow.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest

from azkeep.errors import ArmFault

METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "POST")
LARGEST_CONTENT = 4 * 1024 * 1024
DRAINED = 8 * LARGEST_CONTENT
"""So much of content that is too large is still heard out: a client that is cut off does not read why."""
LONGEST_HEAD = 64 * 1024
LONGEST_TARGET = 16 * 1024
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_head(web: WebRequest, hosts: frozenset[str]) -> None:
    """Raises ArmFault for a request that is none for this server, whatever it may contain."""
    given = web.headers.getlist("host")
    if len(given) != 1:
        raise ArmFault(400, "BadRequest", "The request hostname is invalid: one Host header is expected.")
    if given[0].lower() not in hosts:
        raise ArmFault(421, "MisdirectedRequest", "This server answers to its own loopback name only.")
    if web.method not in METHODS:
        raise ArmFault(405, "MethodNotAllowed", f"The requested resource does not support http method '{web.method}'.")
    if sum(len(name) + len(value) for name, value in web.scope["headers"]) > LONGEST_HEAD:
        raise ArmFault(431, "RequestHeaderFieldsTooLarge", "The size of the request headers is too long.")
    path, query = raw_path(web), web.scope["query_string"]
    if len(path) + len(query) > LONGEST_TARGET:
        raise ArmFault(414, "RequestUriTooLong", "The request URI is too long.")
    _check_path(path)


def raw_path(web: WebRequest) -> bytes:
    """The path as it was sent, percent-encoded."""
    raw: bytes | None = web.scope.get("raw_path")
    return raw or str(web.scope["path"]).encode()


def _check_path(path: bytes) -> None:
    """Raises ArmFault for escapes that are none, text that is not UTF-8, control characters, and `.` and `..`."""
    try:
        text = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        raise _invalid_path() from None
    if _BROKEN_ESCAPE.search(path) or _CONTROL.search(text) or {".", ".."} & set(re.split(r"[/\\]", text)):
        raise _invalid_path()


def _invalid_path() -> ArmFault:
    return ArmFault(400, "BadRequest", "The request URL is invalid.")


async def content(web: WebRequest, patience: float) -> bytes:
    """What was sent, within `patience` seconds. Raises ArmFault: 413 for more than ARM takes, 408 for what is late."""
    try:
        async with asyncio.timeout(patience):
            return await _read(web)
    except TimeoutError:
        raise ArmFault(408, "RequestTimeout", "The request content did not arrive in time.") from None
    except ClientDisconnect:
        raise ArmFault(
            400, "BadRequest", "The connection was closed before the request content was complete."
        ) from None


async def _read(web: WebRequest) -> bytes:
    found = bytearray()
    heard = 0
    async for piece in web.stream():
        heard += len(piece)
        if heard > DRAINED:
            break
        if heard <= LARGEST_CONTENT:
            found += piece
    if heard > LARGEST_CONTENT:
        raise ArmFault(413, "RequestContentTooLarge", "The request content size exceeds the maximum size of 4 MB.")
    return bytes(found)


def check_media_type(headers: Mapping[str, str]) -> None:
    """Raises ArmFault 415 for content that is not said to be plain JSON."""
    given = headers.get("content-type")
    encoding = headers.get("content-encoding", "identity")
    if given is not None and given.partition(";")[0].strip().lower() == "application/json":
        if encoding.lower() != "identity":
            raise ArmFault(415, "UnsupportedMediaType", f"The content encoding '{encoding}' is not supported.")
        return
    shown = given if given is not None else "<null>"
    raise ArmFault(
        415,
        "UnsupportedMediaType",
        f"The content media type '{shown}' is not supported. Only 'application/json' is supported.",
    )
