"""How a job speaks while it works: on stderr, as lines, or with a spinner on a terminal."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, TextIO

from azkeep.cli.frame.options import Display, on_terminal
from azkeep.model.report import Report
from azkeep.render.values import clean, resource_name

PAST = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "import": "imported",
    "forget": "forgotten",
    "read": "read",
}


class Spinner(Protocol):
    """What of rich's Status is used."""

    def update(self, status: str) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class StderrProgress:
    """Fills jobs.options.Progress. `spinner` is None where stderr is no terminal."""

    def __init__(
        self, display: Display, show: Callable[[Report], None], *, stream: TextIO, spinner: Spinner | None = None
    ) -> None:
        self._display = display
        self._show = show
        self._stream = stream
        self._spinner = spinner
        self._lock = threading.Lock()
        self._phase = ""
        self._since = time.monotonic()
        self._done = 0

    def __enter__(self) -> StderrProgress:
        if self._spinner:
            self._spinner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._spinner:
            self._spinner.stop()

    def phase(self, text: str) -> None:
        with self._lock:
            self._phase, self._since, self._done = text, time.monotonic(), 0
            self._refresh()
            if not self._spinner:
                self._write(f"{clean(text)}…")

    def step(self, urn: str, operation: str, status: str) -> None:
        """A line for what is done or failed; what runs, only where `verbose`."""
        with self._lock:
            if status == "done":
                self._done += 1
                self._refresh()
            if operation == "same" or (status == "running" and not self._display.verbose):
                return
            word = PAST.get(operation, operation) if status == "done" else f"{operation} {status}"
            self._write(f"  {word.ljust(8)}  {_kind(urn)}  {clean(resource_name(urn))}")

    def line(self, text: str) -> None:
        with self._lock:
            for each in text.rstrip("\n").splitlines():
                self._write(f"  | {clean(each)}")

    def show(self, report: Report) -> None:
        with self._lock:
            self._paused(lambda: self._show(report))

    def ask(self, question: str) -> bool:
        """No without a terminal, and on anything but yes."""
        if not on_terminal():
            return False
        with self._lock:
            return bool(self._paused(lambda: self._answer(question)))

    def _answer(self, question: str) -> bool:
        self._stream.write(f"{clean(question)} [y/N] ")
        self._stream.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def _paused(self, work: Callable[[], Any]) -> Any:
        if self._spinner:
            self._spinner.stop()
        try:
            return work()
        finally:
            if self._spinner:
                self._spinner.start()

    def _refresh(self) -> None:
        if self._spinner:
            count = f" {self._done}" if self._done else ""
            self._spinner.update(f"{clean(self._phase)}…{count}")

    def _write(self, text: str) -> None:
        if not self._display.quiet:
            self._stream.write(text + "\n")
            self._stream.flush()


def make(display: Display, show: Callable[[Report], None]) -> StderrProgress:
    """The progress for this run's stderr."""
    if display.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return StderrProgress(display, show, stream=sys.stderr)
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, highlight=False)
    status = console.status("", spinner="dots")
    return StderrProgress(display, show, stream=_Above(console), spinner=_Escaped(status, escape))  # type: ignore[arg-type]


class _Above:
    """Text written here stands above the spinner."""

    def __init__(self, console: Any) -> None:
        self._console = console

    def write(self, text: str) -> int:
        self._console.print(text, end="", markup=False, soft_wrap=True)
        return len(text)

    def flush(self) -> None:
        self._console.file.flush()


class _Escaped:
    """A spinner whose text is never read as markup."""

    def __init__(self, status: Any, escape: Callable[[str], str]) -> None:
        self._status = status
        self._escape = escape

    def update(self, status: str) -> None:
        self._status.update(self._escape(status))

    def start(self) -> None:
        self._status.start()

    def stop(self) -> None:
        self._status.stop()


def _kind(urn: str) -> str:
    """The type in a URN, without its parents and its provider's name."""
    parts = urn.split("::")
    return clean(parts[2].rsplit("$", 1)[-1].removeprefix("azure-native:")) if len(parts) > 3 else ""
