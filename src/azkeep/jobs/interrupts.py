"""Ctrl-C and SIGTERM while the engine works: azkeep alone gets them, and decides what the engine hears."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from azkeep.engine.process import Control

Stop = Callable[[], None]
Handler = Callable[[int, FrameType | None], None]


@contextmanager
def forwarded(control: Control, stop_registering: Stop, say: Callable[[str], None]) -> Iterator[None]:
    """First Ctrl-C: nothing further is begun, what runs finishes. Second: the engine is told. Third: it is killed.

    SIGTERM tells the engine at once. Outside the main thread nothing is installed.
    """
    heard = 0

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        if heard == 1:
            control.interrupted = True
            say("Stopping: running operations finish, nothing new begins. Ctrl-C again to stop waiting.")
            stop_registering()
        elif heard == 2:
            say("Stopping the engine. Ctrl-C again to kill it.")
            control.interrupt()
        else:
            control.kill()

    def on_terminate(number: int, frame: FrameType | None) -> None:
        say("Stopping at once: what runs is noted, and the next run looks it up.")
        stop_registering()
        control.interrupt()

    with _installed({signal.SIGINT: on_interrupt, signal.SIGTERM: on_terminate}):
        yield


@contextmanager
def at_once(control: Control) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the engine: for runs that change nothing."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        control.kill()

    with _installed({signal.SIGINT: on_signal, signal.SIGTERM: on_signal}):
        yield


@contextmanager
def _installed(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    """`handlers` for the length of the block; outside the main thread nothing is installed."""
    try:
        before = [(number, signal.signal(number, handler)) for number, handler in handlers.items()]
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, _known(handler))


def _known(handler: Any) -> Any:
    """What was installed before; a handler that was not set from Python cannot be put back."""
    return handler if handler is not None else signal.SIG_DFL
