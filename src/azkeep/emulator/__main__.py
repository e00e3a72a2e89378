"""`python -m azkeep.emulator`: serve a local cloud on loopback until told to stop."""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from azkeep.emulator import fault_file, managed_identity
from azkeep.emulator.access_log import Note, noted
from azkeep.emulator.certificates import certificates
from azkeep.emulator.cloud import Cloud, open_cloud
from azkeep.emulator.connection import Connection
from azkeep.emulator.fault_file import FaultPlan
from azkeep.emulator.http import application
from azkeep.emulator.managed_identity import Place
from azkeep.emulator.planes.front import Planes
from azkeep.emulator.proxy import Proxy
from azkeep.emulator.ready import ready_document, withdraw, write_ready
from azkeep.errors import EXIT_FAILED, EXIT_OK, AzkeepError, Problems
from azkeep.types import all_types

SUBSCRIPTIONS = "AZKEEP_LOCAL_SUBSCRIPTIONS"
Announce = Callable[[dict[str, Any]], None]


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m azkeep.emulator")
    parser.add_argument("--store", required=True, type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--realistic", action="store_true")
    parser.add_argument("--until-stdin-closes", action="store_true")
    parser.add_argument("--faults", type=Path, help="YAML file of declared faults; they go when the server ends")
    parser.add_argument("--latency", type=float, help="milliseconds by which every answer is held back")
    parser.add_argument("--throttling", choices=("on", "off"), help="request limits; on where it is realistic")
    parser.add_argument("--full-paths", action="store_true", help="requests are noted with their paths as sent")
    return parser.parse_args(argv)


def _print(ready: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


def _socket(port: int) -> socket.socket:
    # Named as TCP, or asyncio leaves Nagle's algorithm on: then each answer waits 40 ms for the client's delayed ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


@dataclass(frozen=True)
class _Beside:
    """A second server in the loop of the first: managed identities ask over plain http."""

    server: uvicorn.Server
    listener: socket.socket

    async def begin(self) -> None:
        self.server.config.load()
        self.server.lifespan = self.server.config.lifespan_class(self.server.config)
        await self.server.startup(sockets=[self.listener])

    async def end(self) -> None:
        await self.server.shutdown(sockets=[self.listener])


class _Server(uvicorn.Server):
    """Says that it is ready once it answers, and the servers beside it do."""

    def __init__(
        self,
        config: uvicorn.Config,
        beside: Sequence[_Beside | Proxy],
        folder: Path,
        ready: dict[str, Any],
        announce: Announce,
        *,
        lasting: bool,
    ) -> None:
        super().__init__(config)
        self._beside = beside
        self._announce = announce
        self._lasting = lasting
        self._folder = folder
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for each in self._beside:
            await each.begin()
        await super().startup(sockets=sockets)
        write_ready(self._folder, self._ready, lasting=self._lasting)
        self._announce(self._ready)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.force_exit:  # nobody is there to be told
            return
        for each in self._beside:
            await each.end()
        await super().shutdown(sockets=sockets)


def _plan(options: argparse.Namespace) -> FaultPlan | None:
    """What the command line declares; None where it says nothing of faults."""
    if options.faults is None and options.latency is None:
        return None
    plan = fault_file.load(options.faults) if options.faults else FaultPlan()
    return plan if options.latency is None else dataclasses.replace(plan, latency=options.latency)


@contextmanager
def _declared(cloud: Cloud, plan: FaultPlan | None) -> Iterator[None]:
    if plan is None:
        yield
        return
    fault_file.declare(cloud, plan)
    try:
        yield
    finally:
        fault_file.declare(cloud, FaultPlan())


def _watch_stdin(server: uvicorn.Server) -> None:
    def wait() -> None:
        while os.read(0, 4096):
            pass
        # Whoever started the server has gone: nobody waits for an answer, and idle connections need no farewell.
        server.force_exit = True
        server.should_exit = True

    threading.Thread(target=wait, daemon=True, name="stdin").start()


def _answering(cloud: Cloud, port: int, options: argparse.Namespace, note: Note | None) -> ASGIApp:
    answering = Planes(cloud, port, application(cloud, port))
    return noted(answering, note, cloud.identity, full=options.full_paths) if note else answering


def _managed_identity(cloud: Cloud, port: int, note: Note | None) -> tuple[_Beside, Place]:
    listener = _socket(0)
    place = Place(f"http://127.0.0.1:{listener.getsockname()[1]}", token_urlsafe(24), f"https://127.0.0.1:{port}")
    answering = managed_identity.application(cloud, place)
    config = uvicorn.Config(
        noted(answering, note, cloud.identity) if note else answering,
        http=Connection,
        ws="none",
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return _Beside(uvicorn.Server(config), listener), place


def serve(cloud: Cloud, options: argparse.Namespace, announce: Announce, note: Note | None) -> None:
    """Answer requests until SIGTERM, SIGINT or, if asked for, the end of stdin."""
    folder: Path = options.store
    all_types()  # read now, so that no request waits for it
    files = certificates(folder)
    listener = _socket(options.port)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        _answering(cloud, port, options, note),
        http=Connection,
        ws="none",
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        ssl_certfile=str(files.server),
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
    )
    beside, place = _managed_identity(cloud, port, note)
    proxy = Proxy(_socket(0), port)
    ready = ready_document(cloud, files, port, place, proxy.address)
    server = _Server(config, (beside, proxy), folder, ready, announce, lasting=not options.until_stdin_closes)
    if options.until_stdin_closes:
        _watch_stdin(server)
    try:
        server.run(sockets=[listener])
    finally:
        withdraw(folder)


def main(argv: Sequence[str], *, announce: Announce = _print, note: Note | None = None) -> int:
    """Exit code after serving; a failure is one line on stderr.

    `announce` is given the ready document, `note` a line for each request.
    """
    options = _options(argv)
    more = tuple(each.strip() for each in os.environ.get(SUBSCRIPTIONS, "").split(",") if each.strip())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_OK))
    try:
        plan = _plan(options)
        cloud = open_cloud(
            options.store, realistic=options.realistic, subscriptions=more, throttling=options.throttling
        )
        with closing(cloud.store), _declared(cloud, plan):
            serve(cloud, options, announce, note)
    except AzkeepError as error:
        for each in error.errors if isinstance(error, Problems) else (error,):
            sys.stderr.write(": ".join(part for part in (str(each), each.subject, each.detail) if part) + "\n")
        return EXIT_FAILED
    except OSError as error:
        sys.stderr.write(f"the local cloud cannot be served: {error}\n")
        return EXIT_FAILED
    except (KeyboardInterrupt, SystemExit):
        return EXIT_OK
    return EXIT_OK


if __name__ == "__main__":
    gc.freeze()  # what was loaded stays
    ended = main(sys.argv[1:])
    gc.freeze()  # or the interpreter searches all that is left for cycles while whoever stopped it waits
    sys.exit(ended)
