"""Connections that never come to a request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.requests import Request as WebRequest
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from azkeep.emulator import admission
from azkeep.emulator.connection import Connection
from azkeep.errors import ArmFault

HALF = b"GET / HTTP/1.1\r\nHost: h\r\n"


class Hasty(Connection):
    """Waits a moment where a server waits a minute."""

    head_seconds = 0.05
    farewell_seconds = 0.05


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


def talked(talk: Talk) -> bytes:
    """What `talk` heard from a server of such connections."""

    async def meet() -> bytes:
        config = uvicorn.Config(nothing, http=Hasty, ws="none", lifespan="off", log_level="critical")
        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Hasty(config, state, {}), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            return await asyncio.wait_for(talk(reader, writer), 20)
        finally:
            writer.close()
            server.close()

    return asyncio.run(meet())


@pytest.mark.parametrize("said", [b"", b"GET", HALF, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" + HALF])
def test_head_that_does_not_end(said: bytes) -> None:
    """Whoever falls silent before the end of a head, also of a second one, is told so and loses the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(said)
        return await reader.read()

    assert talked(talk).splitlines()[-4] == b"HTTP/1.1 408 Request Timeout"


def test_head_without_end() -> None:
    """A header that goes on and on is not gathered."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"GET / HTTP/1.1\r\nEndless: ")
        heard = asyncio.ensure_future(reader.read(60))
        while not heard.done():
            writer.write(b"x" * 10_000)
            await asyncio.sleep(0)
        return heard.result()

    assert talked(talk).startswith(b"HTTP/1.1 431 ")


def test_connection_that_rests() -> None:
    """A connection that has been answered may rest longer than a head may take."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        found = b""
        for _ in range(2):
            writer.write(HALF + b"\r\n")
            found += await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.2)
        return found

    assert talked(talk).count(b"HTTP/1.1 204") == 2


def test_content_that_does_not_arrive() -> None:
    """A body that stops in the middle is waited for, and then given up."""

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.request", "body": b"", "more_body": True}

    web = WebRequest({"type": "http", "method": "PUT", "path": "/", "headers": []}, receive)
    with pytest.raises(ArmFault) as caught:
        asyncio.run(admission.content(web, 0.05))
    assert (caught.value.status, caught.value.code) == (408, "RequestTimeout")
