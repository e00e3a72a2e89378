"""A program's own resource transforms, called as the engine calls them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

SECONDS = 60


def apply_transforms(request: Any, stack_transforms: Iterable[Any]) -> None:
    """Changes a registration as the program's transforms say: the resource's own first, then the stack's.

    Inputs and protection are taken over; other options have no meaning offline.
    """
    for callback in (*request.transforms, *stack_transforms):
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=resource_pb2.TransformResourceOptions(protect=request.protect),
        )
        answer = resource_pb2.TransformResponse.FromString(_call(callback, asked.SerializeToString()))
        request.object.CopyFrom(answer.properties)
        if answer.HasField("options"):
            request.protect = answer.options.protect


def _call(callback: Any, message: bytes) -> bytes:
    with grpc.insecure_channel(callback.target) as channel:
        stub = callback_pb2_grpc.CallbacksStub(channel)
        asked = callback_pb2.CallbackInvokeRequest(token=callback.token, request=message)
        answer: bytes = stub.Invoke(asked, timeout=SECONDS).response
        return answer
