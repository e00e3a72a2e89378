"""One connection to the web server, with a limit to what it may send before it has said what it wants."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from azkeep.emulator.admission import LONGEST_HEAD

REFUSED = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Connection(HttpToolsProtocol):
    """uvicorn's connection, ended where the head of a request is endless or does not end.

    Source: http.sys and Kestrel wait two minutes for a request and half a minute for its head.
    """

    head_seconds = 60.0
    farewell_seconds = 2.0
    last_farewell_seconds = 0.2

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_open = True
        self._head_size = 0
        self._patience = self.loop.call_later(self.head_seconds, self._close, LATE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head_size += len(data) if self._head_open else 0
        if self._head_size > 2 * LONGEST_HEAD:
            self._close(REFUSED)

    def on_message_begin(self) -> None:
        self._head_open = True
        self._head_size = 0
        self._patience.cancel()
        self._patience = self.loop.call_later(self.head_seconds, self._close, LATE)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_open = False
        self._patience.cancel()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._end()

    def shutdown(self) -> None:
        """The server ends: what is in flight is answered, and nobody's farewell is waited for as long as before."""
        self.farewell_seconds = self.last_farewell_seconds
        super().shutdown()
        self._end()

    def _close(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
            self._end()

    def _end(self) -> None:
        """TLS waits for the other side's farewell and goes on reading: not for long."""
        if self.transport.is_closing():
            self.loop.call_later(self.farewell_seconds, self.transport.abort)
