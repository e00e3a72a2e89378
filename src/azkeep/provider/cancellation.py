"""Waiting for the cloud, until the engine says to stop waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from azkeep.errors import RequestFailed
from azkeep.model.transport import Answer, ArmTransport


class Cancellable:
    """An ArmTransport whose running operations end with RequestFailed once `cancel` was called.

    The operation itself goes on in the cloud: only the waiting stops. Single requests are never cut off.
    """

    def __init__(
        self, inner: ArmTransport, *, seconds: float | None = None, cancelled: Future[Any] | None = None
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._cancelled: Future[Any] = Future() if cancelled is None else cancelled

    def within(self, seconds: float) -> Cancellable:
        """The same, cancelled together with this one, that waits at most `seconds` for an operation; 0 for no limit."""
        return Cancellable(self._inner, seconds=seconds or None, cancelled=self._cancelled)

    def cancel(self) -> None:
        """Stops all waiting, now and later."""
        if not self._cancelled.done():
            self._cancelled.set_result(None)

    @property
    def requests(self) -> int:
        return self._inner.requests

    def send(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """See ArmTransport."""
        return self._inner.send(method, path, api_version=api_version, body=body, query=query, headers=headers)

    def run(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """See ArmTransport; raises RequestFailed when cancelled, and when time is up."""
        running = _started(lambda: self._inner.run(method, path, api_version=api_version, body=body, query=query))
        wait((running, self._cancelled), timeout=self._seconds, return_when=FIRST_COMPLETED)
        if running.done():
            return running.result()
        if self._cancelled.done():
            raise RequestFailed("the run was cancelled while this operation was under way", subject=path)
        raise RequestFailed(f"the operation did not end within {self._seconds:g} seconds", subject=path)


def _started(work: Callable[[], Answer]) -> Future[Answer]:
    """`work` in a thread of its own, which does not keep the program from ending."""
    future: Future[Answer] = Future()

    def do() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=do, name="azkeep-operation", daemon=True).start()
    return future
