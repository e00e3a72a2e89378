"""What a rule's `field` finds in a document: names that ARM knows, tags, and aliases of properties.

Source: "Azure Policy definition structure: policy rule", fields; "… alias". An alias is
`{namespace}/{type}/{path}`; its path leaves out the `properties` that ARM's documents have at each level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from azkeep.types.nested import nested_shape
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Schema, Shape

PLAIN = ("name", "fullname", "kind", "type", "location", "id", "identity.type", "tags")
ITEMS = "[*]"
_TAG = re.compile(r"tags(?:\[\s*'?(?P<bracket>[^\]]*?)'?\s*\]|\.(?P<dotted>.+))\Z", re.IGNORECASE)
_ALIAS = re.compile(r"(?P<type>[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)+(?:/[A-Za-z0-9.]+)+)/(?P<path>[^/]+)\Z")


def tag_of(field: str) -> str | None:
    """The name of the tag that `tags.x`, `tags['x']` or `tags[x]` means; None for another field."""
    found = _TAG.match(field)
    return (found["bracket"] or found["dotted"] or "") if found else None


def alias_of(field: str) -> tuple[str, tuple[str, ...]] | None:
    """(ARM type, steps) of an alias, `[*]` a step of its own; None for another field."""
    found = _ALIAS.match(field)
    return (found["type"], tuple(_steps(found["path"]))) if found else None


def _steps(path: str) -> Iterator[str]:
    for part in path.split("."):
        name = part
        while name.endswith(ITEMS):
            name = name[: -len(ITEMS)]
        yield name
        yield from [ITEMS] * part.count(ITEMS)


def found(value: Any, steps: tuple[str, ...]) -> list[Any]:
    """What the steps of an alias find in a value, absent ones as None; a list that `[*]` meets gives all its items."""
    if not steps:
        return [value]
    head, rest = steps[0], steps[1:]
    if head == ITEMS:
        return [each for item in value for each in found(item, rest)] if isinstance(value, list) else []
    if isinstance(value, list):
        # An alias without [*] goes through lists all the same, as `logs.enabled` does.
        return [each for item in value for each in found(item, steps)]
    return found(_member(value, head), rest)


def _member(value: Any, name: str) -> Any:
    """A member in any case, also of the `properties` within, which aliases leave out."""
    if not isinstance(value, Mapping):
        return None
    for known, inner in value.items():
        if known.lower() == name.lower():
            return inner
    inner = value.get("properties")
    return _member(inner, name) if isinstance(inner, Mapping) else None


def path_of(type_: ResourceType | None, steps: tuple[str, ...]) -> str | None:
    """Where an alias lies in ARM's document: `properties.encryption.status`; None if the type has no such property."""
    if type_ is None:
        return _joined(("properties", *steps))
    found = _path(type_.arm_type, type_.token, steps)
    return _joined(found) if found is not None else None


def _joined(parts: tuple[str, ...]) -> str:
    return ".".join(parts).replace(f".{ITEMS}", ITEMS)


@lru_cache(maxsize=1024)
def _path(arm_type: str, token: str, steps: tuple[str, ...]) -> tuple[str, ...] | None:
    from azkeep.types import by_arm_type

    type_ = by_arm_type(arm_type)
    if type_ is None:
        return None
    inputs, outputs = type_.schema.inputs.properties, type_.schema.outputs.properties
    outside = type_.outside if type_.flattened else frozenset({*inputs, *outputs})
    root: list[Member] = [
        (type_.renames.get(name, name), () if name in outside else ("properties",), node)
        for properties in (inputs, outputs)
        for name, node in properties.items()
    ]
    return _walk(type_.schema, root, steps)


Member = tuple[str, tuple[str, ...], Node]
"""(name in ARM's document, what holds it there, what it is)."""


def _walk(schema: Schema, members: list[Member], steps: tuple[str, ...]) -> tuple[str, ...] | None:
    """The whole path of `steps`, with the `properties` that an alias leaves out; None where one does not exist."""
    if not steps:
        return ()
    head, rest = steps[0], steps[1:]
    same = [member for member in members if member[0].lower() == head.lower()]
    for name, holder, node in same:
        below = _below(schema, node, rest)
        if below is not None:
            return (*holder, name, *below)
    if same:
        return None
    for _, holder, node in [member for member in members if member[0] == "properties"]:
        deeper = _walk(schema, _members(schema, node), steps)
        if deeper is not None:
            return (*holder, "properties", *deeper)
    return None


def _below(schema: Schema, node: Node, steps: tuple[str, ...]) -> tuple[str, ...] | None:
    if not steps:
        return ()
    if node.get("type") == "any" or "open" in node:
        return steps
    if node.get("type") == "array":
        rest = steps[1:] if steps[0] == ITEMS else steps
        below = _below(schema, node["items"], rest)
        return None if below is None else (ITEMS, *below)
    if node.get("type") == "map":
        return steps
    return _walk(schema, _members(schema, node), steps)


def _members(schema: Schema, node: Node) -> list[Member]:
    """Members of the object that a node describes, of all objects that a union allows."""
    names = [node["ref"]] if "ref" in node else list(node.get("union", ()))
    return [member for name in names for member in _members_of(schema, name, schema.shape(name))]


def _members_of(schema: Schema, class_name: str, shape: Shape) -> Iterator[Member]:
    nested = nested_shape(schema.token, class_name)
    for name, node in shape.properties.items():
        flat = nested is not None and nested.outside is not None and name not in nested.outside
        yield schema.wire_name(class_name, name), (nested.holder,) if flat and nested else (), node
