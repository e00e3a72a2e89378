"""Inputs after a refresh. Source: azure-native's Read, which infers changed inputs from changed outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.provider import maintained
from azkeep.types import conversion
from azkeep.types.resource_type import ResourceType


def inputs_after(
    type_: ResourceType,
    old_inputs: Mapping[str, Any],
    old_outputs: Mapping[str, Any],
    new_outputs: Mapping[str, Any],
) -> dict[str, Any]:
    """`old_inputs` with what changed on the server.

    Old and new outputs are projected to the shape of inputs, and their difference is applied: a default of the
    service that stands in both stays out of the inputs.
    """
    before = {
        name: value
        for name, value in conversion.input_shape(type_, old_outputs).items()
        if not (name in type_.reset_to and name in old_inputs and value == type_.reset_to[name])
    }
    after = maintained.without_unset(type_, old_inputs, conversion.input_shape(type_, new_outputs))
    return _applied(old_inputs, maintained.without_unset(type_, old_inputs, before), after)


def _applied(base: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the difference of `old` and `new`."""
    found = {name: value for name, value in base.items() if name not in old or name in new}
    for name, value in new.items():
        if name not in old:
            found[name] = value
        elif old[name] != value:
            found[name] = _applied_value(base[name], old[name], value) if name in base else value
    return found


def _applied_value(base: Any, old: Any, new: Any) -> Any:
    if isinstance(base, Mapping) and isinstance(old, Mapping) and isinstance(new, Mapping):
        return _applied(base, old, new)
    if isinstance(base, list) and isinstance(old, list) and isinstance(new, list):
        known = min(len(base), len(old))
        return [
            _applied_value(base[index], old[index], item) if index < known else item for index, item in enumerate(new)
        ]
    return base if old == new else new
