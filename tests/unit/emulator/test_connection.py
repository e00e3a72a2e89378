"""How connections of the local cloud end with it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from azkeep.emulator.certificates import Certificates, certificates
from azkeep.emulator.connection import Connection

ENDLESS = 600
"""Seconds that the server would wait for its connections."""
SOON = 20
GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Answering:
    """Answers at once, or once it is let."""

    def __init__(self, *, at_once: bool) -> None:
        self.asked, self.let = asyncio.Event(), asyncio.Event()
        if at_once:
            self.let.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        await self.let.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def started(answering: Answering, files: Certificates) -> uvicorn.Server:
    config = uvicorn.Config(
        answering,
        port=0,
        http=Connection,
        log_level="critical",
        lifespan="off",
        ssl_certfile=str(files.server),
        timeout_graceful_shutdown=ENDLESS,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    return server


def connected(server: uvicorn.Server, files: Certificates) -> ssl.SSLSocket:
    """A connection on which something was asked. Nobody reads on it, farewells neither."""
    port = server.servers[0].sockets[0].getsockname()[1]
    trust = ssl.create_default_context(cafile=str(files.ca))
    connection = trust.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1")
    connection.sendall(GET)
    return connection


def test_idle_connections_hold_nobody_up(tmp_path: Path) -> None:
    """A client that keeps an answered TLS connection open and does not read on it is not waited for."""

    async def run() -> None:
        files, answering = certificates(tmp_path), Answering(at_once=True)
        server = await started(answering, files)
        with await asyncio.to_thread(connected, server, files):
            await answering.asked.wait()
            await asyncio.wait_for(server.shutdown(), SOON)

    asyncio.run(run())


def test_what_is_in_flight_is_answered(tmp_path: Path) -> None:
    """A request that runs while the server ends has its answer, and the server then ends."""

    async def run() -> None:
        files, answering = certificates(tmp_path), Answering(at_once=False)
        server = await started(answering, files)
        with await asyncio.to_thread(connected, server, files) as connection:
            await answering.asked.wait()
            ending = asyncio.create_task(server.shutdown())
            await asyncio.sleep(0.5)
            assert not ending.done()
            answering.let.set()
            assert (await asyncio.to_thread(connection.recv, 100)).startswith(b"HTTP/1.1 204")
            await asyncio.wait_for(ending, SOON)

    asyncio.run(run())
