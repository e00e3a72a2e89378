"""The socket on which the local cloud listens."""

from __future__ import annotations

import asyncio
import socket

from azkeep.emulator.__main__ import _socket


async def _accepted() -> int:
    """TCP_NODELAY of a connection that asyncio accepted on the listener."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    listener = _socket(0)
    async with await asyncio.start_server(greet, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        delay = await found
        writer.close()
        await writer.wait_closed()
    return delay


def test_answers_are_sent_at_once() -> None:
    """Connections do without Nagle's algorithm: the second segment of an answer does not wait for the client's ACK."""
    assert asyncio.run(_accepted()) == 1
