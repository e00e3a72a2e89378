"""The engine's side of the provider protocol, with plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from fake_arm import FakeArm
from pulumi.runtime.proto import provider_pb2 as messages
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from azkeep.provider import values

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = "azure-native:resources:ResourceGroup"
NETWORK = "azure-native:network:VirtualNetwork"


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:dev::project::azkeep:index:Parent${token}::{name}"


def init_failure(error: grpc.RpcError) -> Any:
    """ErrorResourceInitFailed out of a status, None without one."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            detail = messages.ErrorResourceInitFailed()
            assert status.details[0].Unpack(detail)
            return detail
    return None


@dataclass(frozen=True)
class Running:
    """A provider's port, and the cloud behind it."""

    port: int
    arm: FakeArm

    def channel(self) -> grpc.Channel:
        """A connection of its own, as the engine opens one for each provider instance."""
        return grpc.insecure_channel(f"127.0.0.1:{self.port}", options=[("grpc.use_local_subchannel_pool", 1)])


@dataclass(frozen=True)
class Engine:
    """Calls with and answers in plain values."""

    stub: Any

    @classmethod
    @contextmanager
    def connect(cls, channel: grpc.Channel, **settings: Any) -> Iterator[Engine]:
        with channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(messages.ConfigureRequest(args=values.write(settings), sends_old_inputs=True))
            yield cls(stub)

    def check(self, token: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None, **more: Any) -> Any:
        name = more.pop("name", "it")
        return self.stub.Check(
            messages.CheckRequest(
                urn=urn(token, name),
                news=values.write(news),
                olds=values.write(olds or {}),
                randomSeed=more.pop("seed", b"seed"),
                **more,
            )
        )

    def checked(self, token: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Checked inputs; fails on any fault."""
        response = self.check(token, news, olds, **more)
        assert [failure.reason for failure in response.failures] == []
        return values.read(response.inputs)

    def faults(self, token: str, news: Mapping[str, Any]) -> list[str]:
        return [failure.reason for failure in self.check(token, news).failures]

    def diff(self, token: str, olds: Mapping[str, Any], news: Mapping[str, Any], outputs: Any = None) -> Any:
        return self.stub.Diff(
            messages.DiffRequest(
                urn=urn(token),
                old_inputs=values.write(olds),
                olds=values.write(outputs or {}),
                news=values.write(news),
            )
        )

    def create(self, token: str, inputs: Mapping[str, Any], *, preview: bool = False) -> tuple[str, dict[str, Any]]:
        response = self.stub.Create(
            messages.CreateRequest(urn=urn(token), properties=values.write(inputs), preview=preview)
        )
        return response.id, values.read(response.properties)

    def update(
        self, token: str, id: str, olds: Mapping[str, Any], outputs: Any, news: Mapping[str, Any], **more: Any
    ) -> dict[str, Any]:
        request = messages.UpdateRequest(
            urn=urn(token),
            id=id,
            old_inputs=values.write(olds),
            olds=values.write(outputs),
            news=values.write(news),
            **more,
        )
        return values.read(self.stub.Update(request).properties)

    def read(self, token: str, id: str, inputs: Any = None, outputs: Any = None) -> Any:
        request = messages.ReadRequest(urn=urn(token), id=id, properties=values.write(outputs or {}))
        if inputs is not None:
            request.inputs.CopyFrom(values.write(inputs))
        return self.stub.Read(request)

    def delete(self, token: str, id: str) -> None:
        self.stub.Delete(messages.DeleteRequest(urn=urn(token), id=id))

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        response = self.stub.Invoke(messages.InvokeRequest(tok=token, args=values.write(arguments)))
        return values.read(getattr(response, "return"))
