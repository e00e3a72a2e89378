"""The gate between a program and the engine's monitor."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from pulumi.runtime.proto import resource_pb2

from azkeep.program.gate import Gate, GatedMonitor, RegistrationStopped


class Monitor:
    """Counts calls; registrations wait until they are released."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.release = threading.Event()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self.calls.append(f"register {request.name}")
        self.release.wait(5)
        return resource_pb2.RegisterResourceResponse(urn=f"urn:{request.name}")

    def Invoke(self, request: Any) -> str:  # noqa: N802
        self.calls.append(f"invoke {request}")
        return "answer"

    def SignalAndWaitForShutdown(self, request: Any) -> None:  # noqa: N802
        self.calls.append("end")


def group(name: str) -> Any:
    request = resource_pb2.RegisterResourceRequest(
        type="azure-native:resources:ResourceGroup", name=name, custom=True, provider="urn:provider::1"
    )
    request.object.update({"resourceGroupName": f"{name}-rg"})
    return request


def test_what_was_registered_is_remembered() -> None:
    """The names that make up an ARM id are kept under the engine's URN, and what comes before each."""
    monitor = Monitor()
    monitor.release.set()
    gated = GatedMonitor(monitor, Gate(1))
    gated.RegisterResource(group("a"))
    net = resource_pb2.RegisterResourceRequest(
        type="parts:index:Net", name="net", parent="urn:a", dependencies=["urn:b"]
    )
    gated.RegisterResource(net)
    kept = gated.registered
    assert (kept["urn:a"].provider, kept["urn:a"].known) == ("urn:provider::1", {"resourceGroupName": "a-rg"})
    assert kept["urn:a"].after == {"urn:provider"}
    assert (kept["urn:net"].known, kept["urn:net"].after) == ({}, {"urn:a", "urn:b"})


def test_other_calls_pass_a_full_gate() -> None:
    """While every place is taken, and after a stop, functions are still answered."""
    monitor, gate = Monitor(), Gate(1)
    gated = GatedMonitor(monitor, gate)
    runner = threading.Thread(target=gated.RegisterResource, args=(group("a"),))
    runner.start()
    assert gated.Invoke("f") == "answer"
    gate.stop()
    assert gated.Invoke("g") == "answer"
    monitor.release.set()
    runner.join(5)


def test_a_refusal_waits_for_what_is_in_flight() -> None:
    """The registration in flight comes back before the next one is refused, and is answered as ever."""
    monitor, gate = Monitor(), Gate(2)
    gated = GatedMonitor(monitor, gate)
    said: list[str] = []
    runner = threading.Thread(target=lambda: said.append(gated.RegisterResource(group("a")).urn))
    runner.start()
    while not monitor.calls:
        time.sleep(0.01)
    gate.stop()
    threading.Timer(0.2, monitor.release.set).start()
    with pytest.raises(RegistrationStopped):
        gated.RegisterResource(group("b"))
    runner.join(5)
    assert said == ["urn:a"]
    assert monitor.calls == ["register a"]


def test_the_end_of_a_stopped_program_is_refused() -> None:
    """The engine must not take what was not registered for deleted."""
    monitor, gate = Monitor(), Gate(1)
    gated = GatedMonitor(monitor, gate)
    gated.SignalAndWaitForShutdown(None)
    gate.stop()
    with pytest.raises(RegistrationStopped):
        gated.SignalAndWaitForShutdown(None)
    assert monitor.calls == ["end"]
