"""One line for each request that was answered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from azkeep.emulator.identity import Identity
from azkeep.errors import ArmFault

Note = Callable[[str], None]
NOBODY = "-"
GROUP = re.compile(r"^/+subscriptions/[^/]+/resourcegroups/", re.IGNORECASE)
PROVIDERS = re.compile(r"/+providers/+", re.IGNORECASE)


def noted(application: ASGIApp, note: Note, identity: Identity, *, full: bool = False) -> ASGIApp:
    """`application`, with `note` told method, path, status, milliseconds and caller of each answer.

    Queries, bodies and tokens may hold secrets and are not told. `full`: paths as they were sent.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        began = time.monotonic()

        async def send_on(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                took = (time.monotonic() - began) * 1000
                path = scope["path"] if full else short(scope["path"])
                note(f"{scope['method']:<6} {path}  {message['status']}  {took:.0f} ms  {_caller(scope, identity)}")

        await application(scope, receive, send_on)

    return answer


def short(path: str) -> str:
    """`path` as people speak of it: `group/Microsoft.Network/virtualNetworks/hub`; what is in no group stays whole."""
    inside = GROUP.sub("", path)
    return path if inside == path else PROVIDERS.sub("/", inside)


def _caller(scope: Scope, identity: Identity) -> str:
    """Whose valid token came with the request, `-` for none."""
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    try:
        return identity.caller(authorization.decode("latin-1")).name
    except ArmFault:
        return NOBODY
