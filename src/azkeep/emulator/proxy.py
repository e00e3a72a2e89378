"""A proxy on loopback that leads to the local cloud and nowhere else.

Clients build host names of blob services that no name service knows. One that goes through a proxy leaves names to it,
so nothing has to be set up on the machine; and a client that asks for any other host is refused, not sent there.
Source: CONNECT, RFC 9110, 9.3.6.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from dataclasses import dataclass, field

from azkeep.emulator.names import answers_to

HEAD_SECONDS = 10.0
LONGEST_HEAD = 16 * 1024
CHUNK = 64 * 1024
_CONNECT = re.compile(rb"CONNECT ([A-Za-z0-9.-]{1,253}):(\d{1,5}) HTTP/1\.[01]\r\n")


@dataclass
class Proxy:
    """Takes connections on `listener` for the server on loopback `port`."""

    listener: socket.socket
    port: int
    _server: asyncio.Server | None = None
    _busy: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    async def begin(self) -> None:
        self._server = await asyncio.start_server(self._meet, sock=self.listener, limit=LONGEST_HEAD)

    async def end(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            await self._lead(reader, writer)
        await _close(writer)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        asked = _CONNECT.match(head)
        if asked is None or not answers_to(asked[1].decode(), int(asked[2]), self.port):
            writer.write(_refusal(asked[1].decode() if asked else "this address"))
            await writer.drain()
            return
        inside, outside = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_carry(reader, outside), _carry(inside, writer))
        finally:
            await _close(outside)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(CHUNK):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _refusal(host: str) -> bytes:
    text = f"The proxy of azkeep's local cloud leads nowhere else: {host} is not one of its names.\n".encode()
    head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + text
