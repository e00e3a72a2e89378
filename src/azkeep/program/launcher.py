"""azkeep's side of the worker process: start it, hand it orders, read what comes back."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from azkeep.errors import ProgramError
from azkeep.program.plugins import preload_modules
from azkeep.program.project import Project
from azkeep.program.worker import Order

Listener = Callable[[str], None]


def load_ahead(project: Project, environment: Mapping[str, str] | None = None) -> Launcher:
    """A process that loads what the program imports while other things are done; close it, or use it as a context.

    Runs by an engine and runs without one can both be handed to it.
    """
    return Launcher(environment or {}, preload_modules(project))


class Launcher:
    """A worker process with `preload` modules imported; use as a context manager.

    `environment` is added to azkeep's own. The worker has its own session, so that a Ctrl-C at the terminal does not
    reach a program, and ends with this process.
    """

    def __init__(self, environment: Mapping[str, str], preload: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "azkeep.program.worker", str(theirs.fileno()), *preload],
                env=_with_direct_loopback({**os.environ, **environment}),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def __enter__(self) -> Launcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the worker and everything it runs."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def start(self, order: Order, on_output: Listener) -> Running:
        """A process that performs `order`; its output goes to `on_output`, one call per line.

        Raises ProgramError if the worker has died.
        """
        channel, remote = socket.socketpair()
        reading, writing = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._control, [b"!"], [remote.fileno(), writing])
        except OSError as error:
            channel.close()
            os.close(reading)
            raise ProgramError("the process that runs programs has ended", fix="Run the command again.") from error
        finally:
            remote.close()
            os.close(writing)
        connection = Connection(channel.detach())
        with contextlib.suppress(OSError):
            connection.send(order)
        return Running(connection, reading, on_output)


class Running:
    """One order in progress."""

    def __init__(self, channel: Connection, output: int, on_output: Listener) -> None:
        self._channel = channel
        self._reader = threading.Thread(target=_forward, args=(output, on_output), daemon=True)
        self._reader.start()

    def stop(self) -> None:
        """Asks the order to stop; it decides what that means."""
        with contextlib.suppress(OSError):
            self._channel.send("stop")

    def kill(self) -> None:
        """Ends the process. Safe to call at any time, from any thread."""
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self._channel.fileno())) as channel:
            channel.shutdown(socket.SHUT_RDWR)

    def wait(self) -> tuple[Any, int | None]:
        """What the order sent, None if nothing, and the exit code of its process, None if it is not known.

        Raises RuntimeError if azkeep's own code failed in the process.
        """
        found: Any = None
        code: int | None = None
        with contextlib.suppress(EOFError, OSError):
            while code is None:
                kind, value = self._channel.recv()
                if kind == "exit":
                    code = value
                elif kind == "crash":
                    raise RuntimeError(value)
                else:
                    found = value
        self._reader.join(timeout=2)
        with contextlib.suppress(OSError):
            self._channel.close()
        return found, code


def _with_direct_loopback(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment`, in which gRPC asks no proxy for loopback: unlike Go and requests it would, to reach the engine."""
    names = ("no_grpc_proxy", "no_proxy", "NO_PROXY")
    given = [environment[name] for name in names if environment.get(name)]
    return {**environment, "no_grpc_proxy": ",".join([*given[:1], "127.0.0.1", "localhost"])}


def _forward(output: int, on_output: Listener) -> None:
    with os.fdopen(output, encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            on_output(line.rstrip("\r\n"))
