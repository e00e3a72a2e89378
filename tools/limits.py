"""The limits of numbers and texts, as the JSON files from which `tools/schemas.py` takes them.

`make limits` writes `tools/limits/<azure-native module>.json`. azure-native's classes say nothing of lengths, patterns
and ranges; its plugin judges by those of the API descriptions. The clients in SOURCES were generated from the same
descriptions, at the API version that azure-native uses or the nearest of which a client with limits was released.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep import types as azkeep_types
from azkeep.types.nested import NestedShape, nested_shape
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node
from sdk_models import Client, Limits, Model, Put, plain_address, read_client

FOLDER = Path(__file__).parent / "limits"


@dataclass(frozen=True)
class Source:
    """A released client: `folder` holds its `models` and `operations`, which speak `api_version`."""

    package: str
    version: str
    folder: str
    api_version: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}, API {self.api_version}"


def _dated(package: str, version: str, folder: str, api_version: str) -> Source:
    """A folder for each API version, as older releases have them."""
    return Source(package, version, f"{folder}/v{api_version.replace('-', '_')}", api_version)


_MONITOR = ("azure-mgmt-monitor", "6.0.2", "azure/mgmt/monitor")
_RESOURCE = ("azure-mgmt-resource", "24.0.0")
_REGISTRY = ("azure-mgmt-containerregistry", "14.1.0b1", "azure/mgmt/containerregistry")
_AUTHORIZATION = ("azure-mgmt-authorization", "4.0.0", "azure/mgmt/authorization")
_SECURITY = ("azure-mgmt-security", "7.0.0", "azure/mgmt/security")
_POLICY = _dated(*_RESOURCE, "azure/mgmt/resource/policy", "2023-04-01")

SOURCES: Mapping[str, Source] = {
    "applicationinsights": _dated(
        "azure-mgmt-applicationinsights", "4.1.0", "azure/mgmt/applicationinsights", "2020-02-02"
    ),
    "authorization": _dated(*_RESOURCE, "azure/mgmt/resource/locks", "2016-09-01"),
    "authorization:PolicyAssignment": _POLICY,
    "authorization:PolicyDefinition": _POLICY,
    "authorization:PolicyExemption": _dated(*_RESOURCE, "azure/mgmt/resource/policy", "2022-07-01-preview"),
    "authorization:RoleAssignment": _dated(*_AUTHORIZATION, "2022-04-01"),
    "authorization:RoleDefinition": _dated(*_AUTHORIZATION, "2022-05-01-preview"),
    "consumption": Source("azure-mgmt-consumption", "11.0.0b1", "azure/mgmt/consumption", "2021-10-01"),
    "containerregistry": _dated(*_REGISTRY, "2024-11-01-preview"),
    "containerregistry:CredentialSet": _dated(*_REGISTRY, "2023-01-01-preview"),
    "containerregistry:Registry": _dated(*_REGISTRY, "2023-01-01-preview"),
    "keyvault": Source("azure-mgmt-keyvault", "12.0.0", "azure/mgmt/keyvault", "2024-11-01"),
    "machinelearningservices": _dated("azure-ai-ml", "1.31.0", "azure/ai/ml/_restclient", "2025-01-01-preview"),
    "managedidentity": _dated("azure-mgmt-msi", "7.0.0", "azure/mgmt/msi", "2023-01-31"),
    "monitor": _dated(*_MONITOR, "2021-07-01-preview"),
    "monitor:ActionGroup": _dated(*_MONITOR, "2023-01-01"),
    "monitor:ActivityLogAlert": _dated(*_MONITOR, "2020-10-01"),
    "monitor:DiagnosticSetting": _dated(*_MONITOR, "2021-05-01-preview"),
    "monitor:MetricAlert": _dated(*_MONITOR, "2018-03-01"),
    "monitor:ScheduledQueryRule": Source("azure-mgmt-monitor", "7.0.0", "azure/mgmt/monitor", "2023-12-01"),
    "network": Source("azure-mgmt-network", "28.1.0", "azure/mgmt/network", "2024-05-01"),
    "operationalinsights": Source("azure-mgmt-loganalytics", "13.0.0b7", "azure/mgmt/loganalytics", "2022-10-01"),
    "privatedns": Source("azure-mgmt-privatedns", "1.2.0", "azure/mgmt/privatedns", "2024-06-01"),
    "resources": _dated(*_RESOURCE, "azure/mgmt/resource/resources", "2024-07-01"),
    "security": _dated(*_SECURITY, "2024-01-01"),
    "security:SecurityContact": _dated(*_SECURITY, "2020-01-01-preview"),
    "storage": Source("azure-mgmt-storage", "23.0.0", "azure/mgmt/storage", "2024-01-01"),
}
"""azure-native module, or `module:Class` where one class has a source of its own → the client to read.

Where a client is of another API version, Bicep's types of azure-native's own were read beside it (Azure/bicep-types-az:
machine learning 2025-12-01 in parts, insights 2024-10-01-preview and 2025-01-01-preview, consumption 2024-08-01,
security 2023-12-01-preview) and say the same.
"""


@dataclass(frozen=True)
class Place:
    """An object of a document: a model of the client, or what stands at `inside` of it where the client flattens."""

    model: str
    inside: tuple[str, ...] = ()


class Reader:
    """Walks one azure-native class and the model of its body side by side; what it finds gathers by class and name."""

    def __init__(self, type_: ResourceType, client: Client) -> None:
        self.type_ = type_
        self.client = client
        self.inputs: dict[str, Limits] = {}
        self.classes: dict[str, dict[str, Limits]] = {}

    def read(self) -> None:
        """Fills `inputs` and `classes`. Raises LookupError where the client has no PUT to the type's address."""
        address = plain_address(self.type_.path)
        put = next((put for put in self.client.puts if put.address == address), None)
        if put is None:
            raise LookupError(f"the client for {self.type_.token} writes nothing to {address}: name another in SOURCES")
        self._read_address(put)
        type_ = self.type_
        not_in_body = {*type_.path_inputs, *type_.query_inputs}
        inputs = {name: node for name, node in type_.schema.inputs.properties.items() if name not in not_in_body}
        top = NestedShape(type_.outside if type_.flattened else None, type_.renames)
        self._read_members(inputs, top, Place(put.body), self.inputs)

    def _read_address(self, put: Put) -> None:
        for name, limits in zip(re.findall(r"{(\w+)}", self.type_.path), put.parameters, strict=True):
            if limits and name in self.type_.path_inputs:
                self.inputs[name] = limits

    def _read_members(
        self, members: Mapping[str, Node], shape: NestedShape, place: Place, into: dict[str, Limits]
    ) -> None:
        for name, node in members.items():
            held = shape.outside is not None and name not in shape.outside
            path = (*((shape.holder,) if held else ()), shape.renames.get(name, name))
            limits, below = self._find(place, tuple(part.lower() for part in path))
            if limits and node.get("type") in ("string", "integer", "number") and "enum" not in node:
                into[name] = limits
            if below is not None:
                self._read_below(node, below)

    def _find(self, place: Place, path: tuple[str, ...]) -> tuple[Limits, Place | None]:
        """The limits of the value at `path` of `place`, and the object that it is; none where the client has none."""
        model = self.client.models.get(place.model, Model(()))
        path = (*place.inside, *path)
        for attribute in model.attributes:
            own = tuple(part.lower() for part in attribute.path)
            if own == path:
                return attribute.limits, Place(attribute.type.strip("[]{}"))
            if own == path[: len(own)]:
                return self._find(Place(attribute.type.strip("[]{}")), path[len(own) :])
            if own[: len(path)] == path:
                return {}, Place(place.model, path)
        return {}, None

    def _read_below(self, node: Node, place: Place) -> None:
        while "items" in node or "values" in node:
            node = node.get("items") or node["values"]
        for name in [node["ref"]] if "ref" in node else node.get("union", ()):
            if name in self.classes:
                continue
            into = self.classes[name] = {}
            shape = self.type_.schema.shape(name)
            nested = nested_shape(self.type_.token, name) or NestedShape()
            constants = [str(fixed) for fixed in dict(shape.constants).values()]
            self._read_members(shape.properties, nested, self._subtype(place, constants), into)

    def _subtype(self, place: Place, constants: Sequence[str]) -> Place:
        """The model that the constants of a class decide for, of the subtypes of `place`."""
        model = self.client.models.get(place.model)
        names = [model.subtypes[constant] for constant in constants if model and constant in model.subtypes]
        return self._subtype(Place(names[0]), constants) if names else place


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        clients = {source: _download(source, Path(folder)) for source in set(SOURCES.values())}
    FOLDER.mkdir(exist_ok=True)
    for module in sorted({token.split(":")[1] for token in azkeep_types.tokens()}):
        text = json.dumps(_module(module, clients), indent=1, sort_keys=True) + "\n"
        (FOLDER / f"{module}.json").write_text(text, encoding="utf-8")
    return 0


def _download(source: Source, folder: Path) -> Client:
    target = folder / f"{source.package}-{source.version}"
    command = ["pip", "download", "--quiet", "--no-deps", "--dest", str(target), f"{source.package}=={source.version}"]
    subprocess.run([sys.executable, "-m", *command], check=True)
    return read_client(next(target.glob("*.whl")), source.folder)


def _source(module: str, name: str) -> Source:
    found = SOURCES.get(f"{module}:{name}") or SOURCES.get(module)
    if found is None:
        raise LookupError(f"SOURCES names no client for the azure-native module {module}")
    return found


def _module(module: str, clients: Mapping[Source, Client]) -> dict[str, Any]:
    """The limits of all classes of an azure-native module. Raises ValueError where two clients disagree on one."""
    found: dict[str, dict[str, Any]] = {"sources": {}, "inputs": {}, "classes": {}}
    for token in (token for token in azkeep_types.tokens() if token.split(":")[1] == module):
        name = token.split(":")[2]
        source = _source(module, name)
        type_ = azkeep_types.by_token(token)
        assert type_ is not None
        reader = Reader(type_, clients[source])
        reader.read()
        found["sources"][name] = str(source)
        found["inputs"].update({name: reader.inputs} if reader.inputs else {})
        for class_, limits in reader.classes.items():
            if found["classes"].setdefault(class_, limits) != limits:
                raise ValueError(f"{source} says other limits of {class_} than the client read before it")
    found["classes"] = {name: limits for name, limits in found["classes"].items() if limits}
    return found


if __name__ == "__main__":
    sys.exit(main())
