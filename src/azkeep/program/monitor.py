"""A resource monitor in the program's own process: it previews a program without an engine or a cloud."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2

from azkeep.model.ids import RESOURCE_GROUP_TYPE
from azkeep.model.value import Reference, Unknown
from azkeep.program.registered import urn_of
from azkeep.program.secret_inputs import seal_secret_inputs
from azkeep.program.transforms import apply_transforms
from azkeep.program.wire import UNKNOWN, decode_struct, echo_outputs, plain
from azkeep.types import by_token, conversion
from azkeep.types.resource_type import ResourceType

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
CLIENT_CONFIG = "azure-native:authorization:getClientConfig"


@dataclass(frozen=True)
class Registration:
    """One RegisterResource call: the request, and what was made of it."""

    urn: str
    type: ResourceType | None
    id: str | None
    inputs: Mapping[str, Any]
    request: Any


class OfflineMonitor:
    """Answers the SDK as a preview does: ARM ids and inputs come back, everything else is unknown.

    `subscription` stands in ids, `location` is taken where a resource needs one and neither it nor its resource group
    says. `client` is what getClientConfig answers. Stack references and reads are unknown.
    """

    def __init__(
        self, *, stack: str, project: str, subscription: str, location: str, client: Mapping[str, str]
    ) -> None:
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._subscription = subscription
        self._location = location
        self._client = client
        self._lock = threading.Lock()
        self._registrations: dict[str, Registration] = {}
        self._group_locations: dict[str, str] = {}
        self._transforms: list[Any] = []
        self.outputs: dict[str, dict[str, Any]] = {}

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._registrations.values())

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        named = resource_pb2
        return SimpleNamespace(
            supportedFeatures=[
                named.RESOURCE_MONITOR_FEATURE_SECRETS,
                named.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
                named.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
                named.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
                named.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
                named.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
                named.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
                named.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
                named.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
                named.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
            ]
        )

    def SupportsFeature(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id != "outputValues")

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        apply_transforms(request, self._transforms)
        seal_secret_inputs(request)
        with self._lock:
            made = self._register(request)
            self._registrations[made.urn] = made
            self._remember_group(made)
        outputs = request.object
        if made.type is not None:
            outputs = echo_outputs(made.type, made.request.object)
        elif request.type.startswith(PROVIDER_PREFIX):
            outputs = struct_pb2.Struct()
        return resource_pb2.RegisterResourceResponse(urn=made.urn, id=made.id or "", object=outputs)

    def _register(self, request: Any) -> Registration:
        urn = urn_of(self._prefix, request.type, request.name, request.parent)
        type_ = by_token(request.type) if request.custom else None
        if type_ is None:
            return Registration(urn, None, None, decode_struct(request.object), request)
        self._complete(type_, request)
        inputs = decode_struct(request.object)
        known = {key: plain(value) for key, value in inputs.items()}
        id = conversion.arm_id(type_, known, self._subscription_of(request))
        return Registration(urn, type_, id, inputs, request)

    def _complete(self, type_: ResourceType, request: Any) -> None:
        """What azure-native's Check adds: a name where it copies the resource's, and a location."""
        fields = request.object.fields
        name_input = type_.name_input
        if name_input and name_input not in fields and type_.autoname == "copy":
            fields[name_input].string_value = request.name
        if "location" in fields or type_.location != "required" or "location" not in type_.schema.inputs.properties:
            return
        location = self._group_location(request) or self._location
        if location:
            fields["location"].string_value = location

    def _group_location(self, request: Any) -> str:
        """The location of the resource group that the request names, "" if there is none or it is not known."""
        fields = request.object.fields
        name = fields["resourceGroupName"].string_value.lower() if "resourceGroupName" in fields else ""
        if name in self._group_locations:
            return self._group_locations[name]
        depended = request.propertyDependencies
        urns = depended["resourceGroupName"].urns if "resourceGroupName" in depended else ()
        return next((self._group_locations[urn] for urn in urns if urn in self._group_locations), "")

    def _remember_group(self, made: Registration) -> None:
        location = plain(made.inputs.get("location"))
        name = plain(made.inputs.get("resourceGroupName"))
        if (
            made.type is None
            or made.type.arm_type.lower() != RESOURCE_GROUP_TYPE.lower()
            or not isinstance(location, str)
        ):
            return
        self._group_locations[made.urn] = location
        if isinstance(name, str):
            self._group_locations[name.lower()] = location

    def _subscription_of(self, request: Any) -> str:
        """The explicit provider's subscription, else the stack's."""
        urn = request.provider.rsplit("::", 1)[0]
        made = self._registrations.get(urn)
        own = plain(made.inputs.get("subscriptionId")) if made else None
        return own if isinstance(own, str) else self._subscription

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        self.outputs[request.urn] = decode_struct(request.outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        urn = urn_of(self._prefix, request.type, request.name, request.parent)
        type_ = by_token(request.type)
        outputs = struct_pb2.Struct()
        if type_ is not None and "://" not in request.id and UNKNOWN not in request.id:
            outputs.update(_path_outputs(type_, request.id))
        return resource_pb2.ReadResourceResponse(urn=urn, properties=outputs)

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        answer = struct_pb2.Struct()
        if request.tok == CLIENT_CONFIG:
            answer.update(dict(self._client))
        return SimpleNamespace(failures=(), unknown=request.tok != CLIENT_CONFIG, **{"return": answer})

    def Call(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return provider_pb2.CallResponse()

    def RegisterPackage(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        self._transforms.append(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return empty_pb2.Empty()

    def RegisterResourceHook(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return empty_pb2.Empty()

    def RegisterErrorHook(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any) -> Any:  # noqa: N802 - the RPC's name
        return empty_pb2.Empty()


def _path_outputs(type_: ResourceType, id: str) -> dict[str, str]:
    try:
        values = conversion.path_values(type_, id)
    except ValueError:
        return {}
    name = values.get(type_.name_input or "")
    return {"name": name} if name else {}


def reference_or_unknown(urns: tuple[str, ...]) -> Reference | Unknown:
    """What an unknown value is that depends on `urns`: some output of one resource, or simply unknown."""
    return Reference(urns[0], "") if len(urns) == 1 else Unknown()
