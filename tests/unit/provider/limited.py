"""Where azure-native's inputs have limits: each place once, with the inputs that lead to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.types import by_token, tokens
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Shape

LIMITS = ("minLength", "maxLength", "pattern", "minimum", "maximum")

Step = tuple[str, Any]
"""`("member", name)`, `("item", None)`, or `("constants", {...})` of the object that the next step is a member of."""


@dataclass(frozen=True)
class Place:
    """A property with limits, reached by `steps` from the inputs of the class `token`."""

    token: str
    steps: tuple[Step, ...]
    node: Node

    def __str__(self) -> str:
        return f"{self.token.split(':', 1)[1]}-{self.path}"

    @property
    def path(self) -> str:
        """As Check names it."""
        names = [f".{name}" if kind == "member" else "[0]" for kind, name in self.steps if kind != "constants"]
        return "".join(names).removeprefix(".")

    @property
    def is_number(self) -> bool:
        return self.node["type"] in ("integer", "number")

    def inputs(self, value: Any) -> dict[str, Any]:
        """Inputs that hold nothing but `value` at this place, and what decides unions on the way."""
        found = value
        for kind, what in reversed(self.steps):
            if kind == "constants":
                found.update(what)
            else:
                found = [found] if kind == "item" else {what: found}
        return dict(found)


def limited_places() -> list[Place]:
    """Every property with limits, once for each class or nested class that has it; a resource's own name excepted."""
    found: dict[tuple[str, str], Place] = {}
    for token in tokens():
        type_ = by_token(token)
        assert type_ is not None
        for owner, place in _in_shape(type_, token, type_.schema.inputs, (), frozenset()):
            if place.steps != (("member", type_.name_input),):
                found.setdefault((owner, place.steps[-1][1]), place)
    return list(found.values())


def _in_shape(
    type_: ResourceType, owner: str, shape: Shape, steps: tuple[Step, ...], above: frozenset[str]
) -> Iterator[tuple[str, Place]]:
    for name, node in shape.properties.items():
        here: tuple[Step, ...] = (*steps, ("member", name))
        if any(limit in node for limit in LIMITS):
            yield owner, Place(type_.token, here, node)
        yield from _below(type_, node, here, above)


def _below(
    type_: ResourceType, node: Node, steps: tuple[Step, ...], above: frozenset[str]
) -> Iterator[tuple[str, Place]]:
    if "items" in node:
        yield from _below(type_, node["items"], (*steps, ("item", None)), above)
    if "values" in node:
        yield from _below(type_, node["values"], (*steps, ("member", "key")), above)
    for name in [node["ref"]] if "ref" in node else node.get("union", ()):
        if name not in above:
            shape = type_.schema.shape(name)
            constants: Mapping[str, Any] = dict(shape.constants)
            yield from _in_shape(
                type_, f"{type_.token.split(':')[1]}:{name}", shape, (*steps, ("constants", constants)), above | {name}
            )
