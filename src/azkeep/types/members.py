"""Walking an ARM document beside its type's property trees: which node describes which value. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Shape
from azkeep.types.validation import _decided, _placed, _shape_members, _top_members

ANY: Node = {"type": "any"}
ENVELOPE = ("id", "name", "type", "etag", "systemData")
"""Members of every document that identify it."""


@dataclass(frozen=True)
class Member:
    """One value of a document: where, what describes it (`ANY` where nothing does), and the value.

    `known` is false for a member that the type does not have.
    """

    path: tuple[str, ...]
    node: Node
    value: Any
    known: bool = True


def inputs_of(type_: ResourceType, document: Body) -> Iterator[Member]:
    """Every value of `document`, objects and lists included, beside the tree of what a client may write."""
    yield from _in_members(type_, _writable(type_), document, (), known=True)


def outputs_of(type_: ResourceType, document: Body) -> Iterator[Member]:
    """Every value of `document` beside the tree of what the service answers."""
    yield from _in_members(type_, _answered(type_), document, (), known=True)


def children(type_: ResourceType, node: Node, value: Body) -> Mapping[str, Node]:
    """Members that the object `value` may have by `node`, by their lower-case names; {} where that is open."""
    if "members" in node:
        return dict(node["members"])
    resolved = _decided(type_, node, value) if "values" not in node else None
    return dict(_shape_members(type_, *resolved)) if resolved else {}


def top(type_: ResourceType) -> Mapping[str, Node]:
    """Members of a whole document that a client may write, by their lower-case names."""
    return _writable(type_)


def answered(type_: ResourceType) -> Mapping[str, Node]:
    """Members of a whole document as the service answers it, by their lower-case names."""
    return _answered(type_)


def spelled(type_: ResourceType, lowered: str) -> str:
    """The member called `lowered` in any case, as ARM writes it."""
    found = {type_.renames.get(name, name).lower(): type_.renames.get(name, name) for name in _names(type_)}
    return found.get(lowered, lowered)


@cache
def _members_of(token: str, arm_type: str, answered: bool) -> Mapping[str, Node]:
    from azkeep import types

    type_ = types.by_token(token)
    if type_ is None or type_.arm_type != arm_type:
        type_ = types.by_arm_type(arm_type)
    assert type_ is not None, arm_type
    if not answered:
        return _top_members(type_)
    properties = type_.schema.outputs.properties
    if "properties" in properties:
        return _placed(properties, type_.renames, None, "properties")
    return _placed(properties, type_.renames, type_.outside | set(ENVELOPE), "properties")


def _names(type_: ResourceType) -> tuple[str, ...]:
    inputs = type_.schema.inputs.properties
    nested = [name for node in inputs.values() if "ref" in node for name in type_.schema.shape(node["ref"]).properties]
    return (*nested, *inputs)


def _writable(type_: ResourceType) -> Mapping[str, Node]:
    return _members_of(type_.token, type_.arm_type, False)


def _answered(type_: ResourceType) -> Mapping[str, Node]:
    return _members_of(type_.token, type_.arm_type, True)


def _in_members(
    type_: ResourceType, members: Mapping[str, Node], value: Body, path: tuple[str, ...], *, known: bool
) -> Iterator[Member]:
    for key, item in value.items():
        node = members.get(str(key).lower())
        yield from _in_value(type_, node or ANY, item, (*path, str(key)), known=known and node is not None)


def _in_value(type_: ResourceType, node: Node, value: Any, path: tuple[str, ...], *, known: bool) -> Iterator[Member]:
    yield Member(path, node, value, known)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _in_value(type_, node.get("items", ANY), item, (*path, str(index)), known=known)
    elif isinstance(value, Mapping) and "values" in node:
        for key, item in value.items():
            yield from _in_value(type_, node["values"], item, (*path, str(key)), known=known)
    elif isinstance(value, Mapping):
        members = children(type_, node, value)
        open_ended = not members and "ref" not in node
        for key, item in value.items():
            found = members.get(str(key).lower())
            below = known and (found is not None or open_ended)
            yield from _in_value(type_, found or ANY, item, (*path, str(key)), known=below)


__all__ = ["ANY", "Member", "Shape", "answered", "children", "inputs_of", "outputs_of", "spelled", "top"]
