"""Check: are these inputs good, and which does azure-native add. Message texts are the official plugin's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.model.value import Unknown
from azkeep.provider.limits import limit_faults, name_limits
from azkeep.provider.naming import Naming, named
from azkeep.provider.values import UNKNOWN
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Shape

LOCATION_HELP = ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."


@dataclass(frozen=True)
class Checked:
    """Inputs with azure-native's additions, and every fault. A fault never shows a value that may be secret."""

    inputs: Mapping[str, Any]
    failures: tuple[str, ...]


Locate = Callable[[str], str | None]
"""Resource group name → its region; None if it cannot be told."""


def check(
    type_: ResourceType,
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    *,
    naming: Naming,
    location: str | None,
    locate: Locate,
) -> Checked:
    """`news` with name, location and API version filled in; `location` is the provider's configured one."""
    inputs = dict(news)
    if type_.name_input is not None and type_.name_input not in inputs:
        inputs.update(named(type_, naming, olds))
    if "location" in type_.schema.inputs.properties and "location" not in inputs:
        found = _default_location(olds, inputs, location, locate)
        inputs.update({"location": found} if found is not None else {})
    inputs.setdefault("azureApiVersion", type_.api_version)
    return Checked(inputs, tuple(_faults(type_, inputs)))


def _default_location(
    olds: Mapping[str, Any], news: Mapping[str, Any], configured: str | None, locate: Locate
) -> str | Unknown | None:
    if "location" in olds:
        return olds["location"]  # type: ignore[no-any-return]
    if configured:
        return configured
    group = news.get("resourceGroupName")
    if isinstance(group, Unknown):
        return UNKNOWN
    return locate(group) if isinstance(group, str) and group else None


def _faults(type_: ResourceType, inputs: Mapping[str, Any]) -> Iterator[str]:
    required = list(dict.fromkeys((*type_.path_inputs, *type_.schema.inputs.required)))
    if type_.location == "required" and "location" in type_.schema.inputs.properties:
        required.append("location")
    for name in dict.fromkeys(required):
        if name not in inputs:
            yield f"missing required property '{name}'" + (LOCATION_HELP if name == "location" else "")
    for name, node in type_.schema.inputs.properties.items():
        if name in inputs:
            judged = name_limits(node, type_.name) if name == type_.name_input else node
            yield from _value_faults(type_, name, judged, inputs[name])


def _value_faults(type_: ResourceType, path: str, node: Node, value: Any) -> Iterator[str]:
    if isinstance(value, Unknown) or node.get("type") == "any":
        return
    if isinstance(value, Mapping):
        yield from _object_faults(type_, path, node, value)
    elif isinstance(value, list):
        yield from _list_faults(type_, path, node, value)
    else:
        yield from _scalar_faults(path, node, value)


def _object_faults(type_: ResourceType, path: str, node: Node, value: Mapping[str, Any]) -> Iterator[str]:
    if "values" in node:
        for key, item in value.items():
            yield from _value_faults(type_, f"{path}.{key}", node["values"], item)
        return
    resolved = type_.schema.resolve(node, value)
    if resolved is None:
        yield f"'{path}' should be of type '{_kind(node)}' but got an object"
        return
    yield from _shape_faults(type_, path, resolved[1], value)


def _shape_faults(type_: ResourceType, path: str, shape: Shape, value: Mapping[str, Any]) -> Iterator[str]:
    for name in shape.required:
        if name not in value and name not in shape.constants:
            yield f"missing required property '{path}.{name}'"
    for name, node in shape.properties.items():
        if name in value:
            yield from _value_faults(type_, f"{path}.{name}", node, value[name])


def _list_faults(type_: ResourceType, path: str, node: Node, values: list[Any]) -> Iterator[str]:
    if "items" not in node:
        yield f"'{path}' should be of type '{_kind(node)}' but got an array"
        return
    for index, item in enumerate(values):
        yield from _value_faults(type_, f"{path}[{index}]", node["items"], item)


GIVEN = {bool: "a boolean", str: "a string", int: "a number", float: "a number"}


def _scalar_faults(path: str, node: Node, value: Any) -> Iterator[str]:
    kind = _kind(node)
    if not _fits(kind, value):
        yield f"'{path}' should be of type '{kind}' but got {GIVEN.get(type(value), 'nothing')}"
        return
    if kind == "integer" and isinstance(value, float):
        yield f"'{path}' must be an integer but got {value:f}"
    if kind != "boolean":
        yield from limit_faults(path, node, value)
    choices = node.get("enum")
    if choices and not node.get("open") and value not in choices:
        yield f"'{path}' is '{value}', and may only be one of " + ", ".join(f"'{choice}'" for choice in choices)


def _fits(kind: str, value: Any) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("number", "integer"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return False


def _kind(node: Node) -> str:
    if "items" in node:
        return "array"
    return str(node.get("type", "object")) if "values" not in node else "object"
