"""One request from a few lines of text, asked of a local cloud in this very process, and what must hold of the answer.

    PUT GROUP/providers/Microsoft.Network/virtualNetworks/v?api-version=2024-05-01
    content-type: application/json

    {"location": "westeurope"}

SUB, GROUP and TENANT stand for paths, TOKEN for the owner's token; a host and the token go along unasked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from azkeep.emulator.cloud import DEPLOYER, SUBSCRIPTION, Cloud, open_cloud
from azkeep.emulator.http import application

PORT = 443
HOST = f"127.0.0.1:{PORT}"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/held"


class Defect(AssertionError):
    """The local cloud answered as no server should."""


@dataclass(frozen=True)
class Ask:
    """A local cloud that is asked without a network. `loop` runs one request at a time."""

    cloud: Cloud
    token: str
    loop: asyncio.AbstractEventLoop

    def __call__(self, text: bytes) -> int:
        """The status of the answer to the request in `text`. Raises Defect for an answer that is none."""
        said = StringIO()
        with redirect_stderr(said):
            status, content = self.loop.run_until_complete(self._answer(*self._parsed(text)))
        if status >= 500:
            raise Defect(f"{status} {content!r}\n{said.getvalue()}")
        try:
            json.loads(content or b"null", parse_constant=_no_json)
        except ValueError as error:
            raise Defect(f"no JSON: {error}: {content[:200]!r}") from error
        return status

    def _parsed(self, text: bytes) -> tuple[dict[str, Any], bytes]:
        words = {b"SUB": f"/subscriptions/{SUBSCRIPTION}", b"GROUP": GROUP, b"TOKEN": self.token}
        words[b"TENANT"] = f"/{self.cloud.identity.tenant}"
        head, _, content = text.partition(b"\n\n")
        for word, meaning in words.items():
            head, content = head.replace(word, meaning.encode()), content.replace(word, meaning.encode())
        first, *lines = head.split(b"\n")
        method, _, target = first.partition(b" ")
        path, _, query = target.partition(b"?")
        given = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
        usual = [(b"host", HOST.encode()), (b"authorization", f"Bearer {self.token}".encode())]
        headers = [each for each in usual if each[0] not in dict(given)] + given
        scope = {"type": "http", "method": method.decode("latin-1"), "query_string": query, "headers": headers}
        return {**scope, "path": path.decode("latin-1"), "raw_path": path or b"/"}, content

    async def _answer(self, scope: dict[str, Any], content: bytes) -> tuple[int, bytes]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": content}

        async def send(message: Any) -> None:
            sent.append(message)

        await application(self.cloud, PORT)(scope, receive, send)
        return int(sent[0]["status"]), b"".join(each.get("body", b"") for each in sent[1:])


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


@contextmanager
def asking(store: Path) -> Iterator[Ask]:
    """A local cloud in `store` that holds a resource group `held`."""
    cloud = open_cloud(store)
    loop = asyncio.new_event_loop()
    principal = cloud.directory.by_name(DEPLOYER)
    assert principal is not None
    token = cloud.identity.token(principal, "https://management.azure.com", f"https://{HOST}")
    ask = Ask(cloud, token, loop)
    try:
        group = b'PUT GROUP?api-version=2024-03-01\ncontent-type: application/json\n\n{"location": "westeurope"}'
        assert ask(group) in (200, 201)
        yield ask
    finally:
        loop.close()
        cloud.store.close()
