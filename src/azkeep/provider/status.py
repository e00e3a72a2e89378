"""gRPC statuses that carry more than a message."""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from azkeep.provider import values
from azkeep.provider.faults import InitFailedError

DETAILS = "grpc-status-details-bin"


@dataclass(frozen=True)
class Status(grpc.Status):
    """A status in the form that grpc sends."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def init_failed(error: InitFailedError) -> Status:
    """The status by which the engine records a resource that was made and is not well."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id,
        properties=values.write(error.properties),
        inputs=values.write(error.inputs),
        reasons=[error.reason],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reason)
    status.details.add().Pack(detail)
    return Status(grpc.StatusCode.UNKNOWN, error.reason, ((DETAILS, status.SerializeToString()),))
