"""An engine as far as a language runtime can tell: a resource monitor that answers at once, and the call to run."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    language_pb2,
    language_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
)


class FakeEngine(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """Records what is registered and logged. While `hold` is not set, registrations of custom resources wait."""

    def __init__(self) -> None:
        self.registered: list[Any] = []
        self.logged: list[Any] = []
        self.outputs: dict[str, Any] = {}
        self.in_flight = 0
        self.most_in_flight = 0
        self.release = threading.Event()
        self.release.set()
        self.lock = threading.Lock()
        self.ended = False

    def names(self) -> list[str]:
        return sorted(request.name for request in self.registered if request.custom)

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in {"secrets", "aliasSpecs"})

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        with self.lock:
            self.registered.append(request)
            self.in_flight += request.custom
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if request.custom:
            self.release.wait(timeout=20)
        with self.lock:
            self.in_flight -= request.custom
        urn = f"urn:pulumi:dev::tiny::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"/id/{request.name}", object=request.object)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.outputs[request.urn] = request.outputs
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.ended = True
        return empty_pb2.Empty()

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.logged.append(request)
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        return engine_pb2.GetRootResourceResponse()


@contextmanager
def serving(engine: FakeEngine):
    """The address at which `engine` can be reached."""
    server = grpc.server(ThreadPoolExecutor(max_workers=32))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(engine, server)
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None)


def run(host_address: str, engine_address: str, folder: Path, *, preview: bool = False, **config: str) -> Any:
    """The runtime's answer to one Run call."""
    call = request(engine_address, folder, preview=preview, **config)
    with grpc.insecure_channel(host_address) as channel:
        return language_pb2_grpc.LanguageRuntimeStub(channel).Run(call, timeout=60)


def request(engine_address: str, folder: Path, *, preview: bool = False, **config: str) -> Any:
    """One Run call."""
    return language_pb2.RunRequest(
        project="tiny",
        stack="dev",
        organization="organization",
        dryRun=preview,
        parallel=16,
        monitor_address=engine_address,
        args=[engine_address],
        config={f"tiny:{key}": value for key, value in config.items()},
        info=language_pb2.ProgramInfo(root_directory=str(folder), program_directory=str(folder), entry_point="."),
    )
