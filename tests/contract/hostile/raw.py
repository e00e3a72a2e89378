"""A client that says whatever a test wants on the wire, where a library would mend or refuse it first."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 where the server closed the connection without an answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def code(self) -> str:
        """ARM's error code, empty where the answer is no error of ARM's."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return ""
        error = found.get("error") if isinstance(found, dict) else None
        return str(error.get("code", "")) if isinstance(error, dict) else str(error or "")

    @property
    def message(self) -> str:
        return str(json.loads(self.content)["error"]["message"])


@dataclass(frozen=True)
class Wire:
    """Raw https to one local cloud, with `token` where a request asks for it."""

    ready: Mapping[str, Any]
    token: str

    @property
    def host(self) -> str:
        return urlsplit(self.ready["arm"]).netloc

    @contextmanager
    def opened(self) -> Iterator[ssl.SSLSocket]:
        address = urlsplit(self.ready["arm"])
        context = ssl.create_default_context(cafile=self.ready["ca"])
        with (
            socket.create_connection((str(address.hostname), int(address.port or 0)), PATIENCE_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=str(address.hostname)) as secured,
        ):
            yield secured

    def says(self, content: bytes) -> Answer:
        """The answer to exactly these bytes."""
        with self.opened() as connection:
            with suppress(OSError):  # who has heard enough answers and closes before the end
                connection.sendall(content)
            return answer_on(connection)

    def sends(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: tuple[tuple[str, str], ...] = (),
        without: tuple[str, ...] = (),
        version: str = "HTTP/1.1",
    ) -> Answer:
        """The answer to a request that is sound but for what is given; `without` names usual headers to leave out."""
        return self.says(self.request(method, path, body, headers=headers, without=without, version=version))

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: tuple[tuple[str, str], ...] = (),
        without: tuple[str, ...] = (),
        version: str = "HTTP/1.1",
    ) -> bytes:
        usual = {"Host": self.host, "Authorization": f"Bearer {self.token}", "Connection": "close"}
        if body:
            usual |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        given = {name.lower() for name, _ in headers} | {name.lower() for name in without}
        lines = [f"{method} {path} {version}"]
        lines += [f"{name}: {value}" for name, value in usual.items() if name.lower() not in given]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape") + body


def answer_on(connection: ssl.SSLSocket) -> Answer:
    """The first answer on a connection."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
            if _is_whole(received):
                break
    except (ConnectionError, ssl.SSLError):
        pass
    head, _, content = received.partition(b"\r\n\r\n")
    if not head:
        return Answer(0, {}, b"")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return Answer(int(first.split(" ")[1]), headers, content)


def _is_whole(received: bytes) -> bool:
    head, end, content = received.partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(content) >= int(line.partition(b":")[2])
    return False
