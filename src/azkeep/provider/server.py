"""The provider as a gRPC server, to which the engine attaches as to a provider under a debugger."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from azkeep.model.transport import ArmTransport
from azkeep.provider.configuration import Configurations
from azkeep.provider.invokes import ProviderIdentity
from azkeep.provider.servicer import Servicer

__all__ = ["ProviderIdentity", "ProviderServer", "serve"]

WORKERS = 64
"""Operations at one time: more than any `--parallel` that a machine stands."""

MESSAGE_BYTES = 400 * 1024 * 1024
"""Largest message, as in Pulumi's own servers."""

STOP_SECONDS = 2.0


@dataclass(frozen=True)
class ProviderServer:
    """A running provider; `port` is what PULUMI_DEBUG_PROVIDERS names."""

    port: int

    @property
    def environment(self) -> dict[str, str]:
        """What makes an engine use this provider."""
        return {"PULUMI_DEBUG_PROVIDERS": f"azure-native:{self.port}"}


@contextmanager
def serve(
    transport: ArmTransport, identity: ProviderIdentity, *, subscription: str, port: int = 0
) -> Iterator[ProviderServer]:
    """A provider on loopback that sends everything through `transport`; it ends with the context.

    `subscription` counts for every provider instance whose configuration names none.
    """
    server = grpc.server(
        ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="azkeep-provider"),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
            ("grpc.so_reuseport", 0),
        ],
    )
    servicer = Servicer(Configurations(transport, subscription), identity)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    try:
        yield ProviderServer(bound)
    finally:
        server.stop(STOP_SECONDS).wait()
