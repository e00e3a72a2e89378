"""Servers on loopback that write down what they are asked and serve nothing."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Listener:
    """`asked` grows while the listener listens: the first line of each connection."""

    port: int
    asked: list[str] = field(default_factory=list)


@contextmanager
def refusing_proxy() -> Iterator[Listener]:
    """An HTTP proxy that refuses every request."""
    asked: list[str] = []

    class Refusal(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline(1000).decode("latin-1").strip())
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusal) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Listener(server.server_address[1], asked)
        finally:
            server.shutdown()
            thread.join()
