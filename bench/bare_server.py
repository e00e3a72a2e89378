"""A server with nothing but Starlette and SQLite: documents by their path, over TLS, no token, no rule.

    python bench/bare_server.py STORE CERTIFICATE

Prints its port once it answers; ends when stdin closes.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass(frozen=True)
class Documents:
    """What is stored, each document under the path it was PUT to."""

    connection: sqlite3.Connection

    async def put(self, request: Request) -> JSONResponse:
        body = await request.json()
        with self.connection:
            text, path = json.dumps(body), request.url.path
            self.connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (path, text))
        return JSONResponse(body, status_code=201)

    async def get(self, request: Request) -> JSONResponse:
        path = request.url.path
        found = self.connection.execute("SELECT body FROM documents WHERE path = ?", (path,)).fetchone()
        if found is not None:
            return JSONResponse(json.loads(found[0]))
        rows = self.connection.execute(
            "SELECT body FROM documents WHERE path > ? AND path < ? ORDER BY path", (path + "/", path + "0")
        )
        return JSONResponse({"value": [json.loads(row[0]) for row in rows]})


def open_documents(file: Path) -> Documents:
    """The documents in `file`, made if absent, written as durably as the local cloud's."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS documents (path TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
    return Documents(connection)


async def serve(documents: Documents, certificate: str) -> None:
    """Serves until stdin closes."""
    routes = [
        Route("/{path:path}", documents.get, methods=["GET"]),
        Route("/{path:path}", documents.put, methods=["PUT"]),
    ]
    # asyncio switches Nagle's delay off only where the protocol is named
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=routes), ssl_certfile=certificate, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    print(listener.getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.should_exit = True
    await running


if __name__ == "__main__":
    asyncio.run(serve(open_documents(Path(sys.argv[1])), sys.argv[2]))
