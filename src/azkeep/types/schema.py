"""Property trees of one azure-native class, as `make types` wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.types.nested import nested_shape

Node = Mapping[str, Any]
"""`{"type": "string" | "integer" | "number" | "boolean" | "any", "enum"?, "open"?}`, `{"type": "array", "items"}`,
`{"type": "map", "values"}`, `{"ref": name}` or `{"union": [names]}`.

Inputs may have limits: texts `minLength`, `maxLength` and `pattern` (as Go's regexp reads it), numbers `minimum` and
`maximum`; both bounds belong to the range.
"""


@dataclass(frozen=True)
class Shape:
    """The properties of one object. `constants` are discriminators, `defaults` what the SDK fills in itself."""

    properties: Mapping[str, Node]
    required: tuple[str, ...] = ()
    constants: Mapping[str, Any] = ()  # type: ignore[assignment]
    defaults: Mapping[str, Any] = ()  # type: ignore[assignment]


class Schema:
    """Inputs and outputs of one class; nested shapes by name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.token: str = document["token"]
        self.api_version: str = document["api_version"]
        self.api_versions: tuple[str, ...] = tuple(document["api_versions"])
        self.inputs = _shape(document["inputs"])
        self.outputs = Shape(properties=document["outputs"])

    def shape(self, name: str) -> Shape:
        """The nested shape called `name`."""
        return _shape(self._document["definitions"][name])

    def resolve(self, node: Node, value: Any) -> tuple[str, Shape] | None:
        """Name and shape of the object that `node` describes; None if it is no object.

        A union is decided by the constant that `value` carries, under its name in azure-native or in ARM, else its
        first member is taken.
        """
        if "ref" in node:
            return node["ref"], self.shape(node["ref"])
        if "union" not in node:
            return None
        for name in node["union"]:
            shape = self.shape(name)
            given = value if isinstance(value, Mapping) else {}
            if shape.constants and all(
                _same(given.get(key, given.get(self.wire_name(name, key))), fixed)
                for key, fixed in shape.constants.items()
            ):
                return name, shape
        return node["union"][0], self.shape(node["union"][0])

    def spelled(self, name: str) -> str:
        """`name`, given in lower case, as the class or a nested shape spells it; itself where none has it."""
        shapes = (self.inputs, *map(self.shape, self._document["definitions"]))
        words = (word for shape in shapes for word in shape.properties)
        return next((word for word in words if word.lower() == name), name)

    def wire_name(self, class_name: str, key: str) -> str:
        """The name in the ARM document of the member `key` of the nested shape `class_name`."""
        nested = nested_shape(self.token, class_name)
        return nested.renames.get(key, key) if nested else key


def _same(given: Any, fixed: Any) -> bool:
    return str(given).lower() == str(fixed).lower()


def _shape(document: Mapping[str, Any]) -> Shape:
    return Shape(
        properties=document["properties"],
        required=tuple(document.get("required", ())),
        constants=document.get("constants", {}),
        defaults=document.get("defaults", {}),
    )
