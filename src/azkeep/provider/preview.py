"""Outputs before anything was done: inputs as they are, all else unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.provider.values import UNKNOWN
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Shape

STABLE = ("name", "location")
"""Outputs that an update in place never changes."""


def of_create(type_: ResourceType, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs of a resource about to be created."""
    found = _previewed(type_, type_.schema.outputs, inputs)
    return {**found, "azureApiVersion": type_.api_version}


def of_update(type_: ResourceType, old_outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs of a resource about to be changed in place."""
    kept = {name: old_outputs[name] for name in STABLE if name in old_outputs}
    return {**of_create(type_, inputs), **kept}


def _previewed(type_: ResourceType, shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _value(type_, node, given[name]) if name in given else UNKNOWN for name, node in shape.properties.items()
    }


def _value(type_: ResourceType, node: Node, value: Any) -> Any:
    if isinstance(value, list) and "items" in node:
        return [_value(type_, node["items"], item) for item in value]
    if not isinstance(value, Mapping):
        return UNKNOWN if isinstance(value, list) else value
    if "values" in node:
        return {key: _value(type_, node["values"], item) for key, item in value.items()}
    resolved = type_.schema.resolve(node, value)
    if resolved is None:
        return dict(value)
    return {**resolved[1].constants, **_previewed(type_, resolved[1], value)}
