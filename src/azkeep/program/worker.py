"""The process that has the SDK loaded and forks one child per order: `python -P -m azkeep.program.worker FD`.

FD is a Unix socket to azkeep. Each message on it brings two file descriptors: the order's channel, and where the
program's output goes. The order itself, which may hold secrets, comes over its own channel. When the socket closes,
the worker and its children end.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any, Protocol, TextIO

LONGEST_MESSAGE = 65536


class Order(Protocol):
    """Something to do in a fresh process; it is pickled, and sends what it found as its last message."""

    def perform(self, inbox: Inbox) -> Any:
        """What to send back."""


class Inbox:
    """What azkeep says to a running order. `stopped` is called once, from another thread, when it says stop."""

    def __init__(self, channel: Connection) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._said_stop = False
        self._listener: Any = None

    def on_stop(self, listener: Any) -> None:
        with self._lock:
            self._listener = listener
            said = self._said_stop
        if said:
            listener()

    def watch(self) -> None:
        """Reads until the other side is gone, and then ends this process: a program never outlives azkeep."""
        while True:
            try:
                self._channel.recv()
            except (EOFError, OSError):
                os._exit(1)
            with self._lock:
                self._said_stop = True
                listener = self._listener
            if listener is not None:
                listener()


def main(argv: list[str]) -> None:
    """Serves orders until the socket closes, and ends the process without taking the SDK's modules apart."""
    control = socket.socket(fileno=int(argv[0]))
    gc.disable()  # what is loaded now stays: collecting it would only take time
    for module in argv[1:]:
        _preload(module)
    gc.freeze()
    gc.enable()
    _serve(control)
    os._exit(0)


def _preload(module: str) -> None:
    """Imports ahead of time; what does not import is the program's to report."""
    with contextlib.suppress(Exception):
        loaded = importlib.import_module(module)
        hasattr(loaded, "loaded_on_first_touch")  # as providers load their modules


def _serve(control: socket.socket) -> None:
    reading, writing = os.pipe()
    for descriptor in (reading, writing):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    channels: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(reading, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if reading in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(reading, LONGEST_MESSAGE)
                _reap(channels)
            if control in ready and not _accept(control, channels, (reading, writing)):
                break
    for child in channels:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _reap(channels: dict[int, int]) -> None:
    """Tells each ended child's exit code on its channel, which then closes."""
    for child in tuple(channels):
        ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            continue
        channel = Connection(channels.pop(child))
        with contextlib.suppress(OSError):
            channel.send(("exit", os.waitstatus_to_exitcode(status)))
        channel.close()


def _accept(control: socket.socket, channels: dict[int, int], wakeup: tuple[int, int]) -> bool:
    """Forks for one order; False when azkeep has gone."""
    message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
    if not message:
        return False
    channel, output = descriptors
    child = os.fork()
    if child:
        channels[child] = channel
        os.close(output)
        return True
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    for descriptor in (*wakeup, *channels.values()):
        os.close(descriptor)
    _be_child(channel, output)
    return False


def _be_child(channel_descriptor: int, output: int) -> None:
    code = 1
    channel = Connection(channel_descriptor)
    try:
        for standard in (1, 2):
            os.dup2(output, standard)
        os.close(output)
        sys.stdout = _lines_to(1)
        sys.stderr = _lines_to(2)
        order: Order = channel.recv()
        inbox = Inbox(channel)
        threading.Thread(target=inbox.watch, daemon=True).start()
        found = order.perform(inbox)
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        channel.send(("done", found))
        code = 0
    except Exception as error:
        channel.send(("crash", f"{type(error).__name__}: {error}\n{traceback.format_exc()}"))
    finally:
        os._exit(code)


def _lines_to(descriptor: int) -> TextIO:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


if __name__ == "__main__":
    main(sys.argv[1:])
