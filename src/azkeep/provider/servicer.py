"""Pulumi's provider protocol: each call read, done by the room's functions, and answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from azkeep.provider import crud, preview, values
from azkeep.provider import status as statuses
from azkeep.provider.check import check
from azkeep.provider.configuration import PREFIX, Configuration, Configurations
from azkeep.provider.diff import Change, Kind, diff
from azkeep.provider.faults import InitFailedError, RefusedError
from azkeep.provider.invokes import ProviderIdentity, invoke
from azkeep.provider.naming import Mode, Naming
from azkeep.types import by_token
from azkeep.types.resource_type import ResourceType

Context = Any
Answered = TypeVar("Answered")

MODES = {0: Mode.PROPOSE, 1: Mode.ENFORCE, 2: Mode.DISABLE}
"""CheckRequest.AutonamingOptions.Mode."""

KINDS = {
    (Kind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Kind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Kind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Kind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Kind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Kind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


@cache
def plugin_version() -> str:
    """The version of azure-native that programs are written against, "0.0.0" without one."""
    try:
        return version("pulumi-azure-native")
    except PackageNotFoundError:
        return "0.0.0"


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine. Holds no state of its own but the configurations."""

    def __init__(self, configurations: Configurations, identity: ProviderIdentity) -> None:
        self._configurations = configurations
        self._identity = identity

    def Handshake(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Says what the provider takes: no secrets, no resources, no outputs, as the official one."""
        return provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def Attach(self, request: Any, context: Context) -> Any:  # noqa: N802
        return Empty()

    def GetPluginInfo(self, request: Any, context: Context) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=plugin_version())

    def GetSchema(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Name and version only: nothing on this machine generates code from the local provider."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "azure-native", "version": plugin_version()}))

    def GetMapping(self, request: Any, context: Context) -> Any:  # noqa: N802
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, request: Any, context: Context) -> Any:  # noqa: N802
        return provider_pb2.GetMappingsResponse()

    def Cancel(self, request: Any, context: Context) -> Any:  # noqa: N802
        """Stops waiting for the operations of this engine's provider instance; another engine's go on."""
        self._configurations.cancel(context.peer())
        return Empty()

    def CheckConfig(self, request: Any, context: Context) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Context) -> Any:  # noqa: N802
        """No difference of configuration replaces the provider, as with the official one."""
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: Context) -> Any:  # noqa: N802
        settings = {name.removeprefix(PREFIX): value for name, value in request.variables.items()}
        settings |= _answered(context, lambda: values.read(request.args))
        self._configurations.configure(context.peer(), settings)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Invoke(self, request: Any, context: Context) -> Any:  # noqa: N802
        def work() -> Any:
            arguments = values.read(request.args)
            found = invoke(self._of(context).cloud(), self._identity, request.tok, arguments)
            return provider_pb2.InvokeResponse(**{"return": values.write(found)})

        return _answered(context, work)

    def Check(self, request: Any, context: Context) -> Any:  # noqa: N802
        return _answered(context, lambda: self._check(request, self._of(context)))

    def _check(self, request: Any, configuration: Configuration) -> Any:
        type_ = by_token(_token(request.urn))
        try:
            olds, news = values.read(request.olds), values.read(request.news)
        except values.AssetError as error:
            return _failed((str(error),))
        if type_ is None:
            return _failed((_unknown_type(request.urn),))
        checked = check(
            type_,
            olds,
            news,
            naming=_naming(request),
            location=configuration.location,
            locate=configuration.locate,
        )
        response = _failed(checked.failures)
        response.inputs.CopyFrom(values.write(checked.inputs))
        return response

    def Diff(self, request: Any, context: Context) -> Any:  # noqa: N802
        def work() -> Any:
            found = diff(
                _type(request.urn),
                values.read(request.old_inputs),
                values.read(request.olds),
                values.read(request.news),
            )
            if not found.changes:
                return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
            return provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_SOME,
                diffs=sorted({str(change.path[0]) for change in found.changes}),
                replaces=sorted({str(change.path[0]) for change in found.replaces}),
                deleteBeforeReplace=found.delete_before_replace,
                hasDetailedDiff=True,
                detailedDiff={change.text: _property_diff(change) for change in found.changes},
            )

        return _answered(context, work)

    def Create(self, request: Any, context: Context) -> Any:  # noqa: N802
        def work() -> Any:
            type_, inputs = _type(request.urn), values.read(request.properties)
            if request.preview:
                return provider_pb2.CreateResponse(properties=values.write(preview.of_create(type_, inputs)))
            made = crud.create(self._of(context).cloud(request.timeout), type_, inputs)
            return provider_pb2.CreateResponse(id=made.id, properties=values.write(made.outputs))

        return _answered(context, work)

    def Read(self, request: Any, context: Context) -> Any:  # noqa: N802
        def work() -> Any:
            old_inputs = values.read(request.inputs) if len(request.inputs.fields) else None
            old_outputs = values.read(request.properties)
            seconds = getattr(request, "timeout", 0)  # pulumi 3.231 knows none for a read
            found = crud.read(self._of(context).cloud(seconds), _type(request.urn), request.id, old_inputs, old_outputs)
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=found.id, properties=values.write(found.outputs), inputs=values.write(found.inputs)
            )

        return _answered(context, work)

    def Update(self, request: Any, context: Context) -> Any:  # noqa: N802
        def work() -> Any:
            type_, inputs = _type(request.urn), values.read(request.news)
            old_outputs = values.read(request.olds)
            if request.preview:
                outputs: Any = preview.of_update(type_, old_outputs, inputs)
            else:
                outputs = crud.update(
                    self._of(context).cloud(request.timeout), type_, request.id, old_outputs, inputs
                ).outputs
            return provider_pb2.UpdateResponse(properties=values.write(outputs))

        return _answered(context, work)

    def Delete(self, request: Any, context: Context) -> Any:  # noqa: N802
        def work() -> Any:
            crud.delete(self._of(context).cloud(request.timeout), _type(request.urn), request.id)
            return Empty()

        return _answered(context, work)

    def _of(self, context: Context) -> Configuration:
        return self._configurations.of(context.peer())


def _answered(context: Context, work: Callable[[], Answered]) -> Answered:
    """What `work` gives; its faults become gRPC statuses."""
    try:
        return work()
    except InitFailedError as error:
        context.abort_with_status(statuses.init_failed(error))
    except (RefusedError, ValueError) as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    raise AssertionError("abort raises")


def _token(urn: str) -> str:
    """The resource's own type in a URN `urn:pulumi:stack::project::parent$type::name`."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _unknown_type(urn: str) -> str:
    return f"the local cloud has no type {_token(urn)}: it can only be previewed and applied on azure"


def _type(urn: str) -> ResourceType:
    type_ = by_token(_token(urn))
    if type_ is None:
        raise RefusedError(_unknown_type(urn))
    return type_


def _naming(request: Any) -> Naming:
    name = request.urn.split("::", 3)[-1]
    if not request.HasField("autonaming"):
        return Naming(name, request.randomSeed)
    return Naming(name, request.randomSeed, MODES[request.autonaming.mode], request.autonaming.proposed_name)


def _failed(reasons: tuple[str, ...]) -> Any:
    """Faults without the name of a property, as the official plugin: the engine would show the property's value."""
    return provider_pb2.CheckResponse(
        inputs=Struct(), failures=[provider_pb2.CheckFailure(reason=reason) for reason in reasons]
    )


def _property_diff(change: Change) -> Any:
    return provider_pb2.PropertyDiff(kind=KINDS[change.kind, change.replaces], inputDiff=change.of_inputs)
