"""The monitor as the program's process sees it: a bounded number of registrations at once, and a stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from azkeep.model.resource import Resource
from azkeep.program.registered import Registered, declared_by, registered_of, urn_of
from azkeep.program.replacement import delete_fixed_names_first
from azkeep.program.secret_inputs import seal_secret_inputs

Judge = Callable[[Resource], str]
"""Why a resource may not be made, "" where it may."""


class RegistrationStopped(Exception):
    """Registration was stopped; nothing further leaves the process."""

    def __init__(self) -> None:
        super().__init__("no further resources are registered")


class Gate:
    """Lets at most `parallel` registrations through at once, and none after `stop`.

    What is refused is refused only after everything in flight has come back, so that no running operation is cut off.
    """

    def __init__(self, parallel: int, judge: Judge | None = None) -> None:
        self._judge = judge
        self._free = max(parallel, 1)
        self._in_flight = 0
        self._stopped = False
        self._changed = threading.Condition()
        self.refusals: list[str] = []

    def judge(self, request: Any, urn: str) -> None:
        """Raises RegistrationStopped for what may not be made, after which nothing else is begun."""
        if self._judge is None or not request.custom:
            return
        refusal = self._judge(declared_by(request, urn))
        if refusal:
            self.refusals.append(refusal)
            self.stop()
            self.refuse_if_stopped()

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    @contextmanager
    def passage(self) -> Iterator[None]:
        """One registration. Raises RegistrationStopped after `stop`."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._in_flight < self._free)
            if self._stopped:
                self._refuse()
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def refuse_if_stopped(self) -> None:
        with self._changed:
            if self._stopped:
                self._refuse()

    def _refuse(self) -> None:
        self._changed.wait_for(lambda: self._in_flight == 0)
        raise RegistrationStopped


class GatedMonitor:
    """A resource monitor stub behind a gate, which remembers what it registered; other calls go straight through.

    The end of the program is refused too once registration is stopped: the engine would otherwise take what was not
    registered for deleted.
    """

    def __init__(self, monitor: Any, gate: Gate, urn_prefix: str = "") -> None:
        self._monitor = monitor
        self._gate = gate
        self._urn_prefix = urn_prefix
        self.registered: dict[str, Registered] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return getattr(self._monitor, name)  # type: ignore[no-any-return]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        seal_secret_inputs(request)
        delete_fixed_names_first(request)
        self._gate.judge(request, urn_of(self._urn_prefix, request.type, request.name, request.parent))
        with self._gate.passage():
            answer = self._monitor.RegisterResource(request)
        self.registered[answer.urn] = registered_of(request)
        return answer

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        with self._gate.passage():
            return self._monitor.ReadResource(request)

    def SignalAndWaitForShutdown(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        self._gate.refuse_if_stopped()
        return self._monitor.SignalAndWaitForShutdown(request)
