"""One line for each request that was answered."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Note = Callable[[str], None]


def noted(application: ASGIApp, note: Note) -> ASGIApp:
    """`application`, with `note` told method, path, status and milliseconds. Queries and headers may hold secrets."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        began = time.monotonic()

        async def send_on(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                took = (time.monotonic() - began) * 1000
                note(f"{scope['method']} {scope['path']}  {message['status']}  {took:.0f} ms")

        await application(scope, receive, send_on)

    return answer
