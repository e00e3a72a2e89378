"""Bodies with every property that a model of an SDK has, each with a value that its service could take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.contract.sdks.models import Kind, Member, Model, Scalar, Several, members

from azkeep.model.value import get, join, split
from azkeep.types.resource_type import ResourceType
from azkeep.types.validation import wrong_values

VALUES: Mapping[str, Any] = {
    "text": "words",
    "whole": 7,
    "number": 0.5,
    "truth": True,
    "bytes": "AQIDBA==",
    "moment": "2026-03-04T05:06:07.000Z",
    "day": "2026-03-04",
    "time": "05:06:07",
    "seconds": 1800000000,
    "duration": "PT5M",
    "anything": {"some": "thing"},
}


class Chosen(dict[str, Any]):
    """An object of a class that a discriminator chose; `fixed` are its members that have one value only."""

    fixed: tuple[str, ...] = ()


LEFT_OUT = object()
Word = tuple[tuple[str, ...], tuple[str, ...]]

AT_TOP = (("id",), ("name",), ("type",), ("location",))
"""What a request's path says, and where the example is."""

OF_PARTS = (("id",), ("etag",), ("type",))
"""What the service gives the parts of a resource that have names of their own."""


@dataclass(frozen=True)
class Part:
    """One property of a document with all that is below it. `variant` counts the ways to choose subclasses."""

    path: tuple[str, ...]
    value: Any
    variant: int

    @property
    def pointer(self) -> str:
        return "/".join(("", *self.path))

    def __str__(self) -> str:
        return self.pointer + (f" in its form {self.variant}" if self.variant else "")


@dataclass(frozen=True)
class Maker:
    """Makes values for the properties of one type.

    `known(pointer, kind)` is a value for a pointer with `*` for items, LEFT_OUT for none, None for any of the kind.
    """

    type_: ResourceType
    known: Callable[[str, Kind], Any]

    def parts(self, cls: type) -> Iterator[Part]:
        """Every property at the top and in `properties`, and where a discriminator chooses, one for each choice."""
        for member in members(cls):
            if not member.writable or member.path in AT_TOP:
                continue
            if member.path == ("properties",) and isinstance(member.kind, Model) and not member.kind.choices:
                yield from self._held(member.kind.cls)
                continue
            yield from self._variants(member, ())

    def _held(self, cls: type) -> Iterator[Part]:
        for member in members(cls):
            if member.writable:
                yield from self._variants(member, ("properties",))

    def _variants(self, member: Member, above: tuple[str, ...]) -> Iterator[Part]:
        path = (*above, *member.path)
        for variant in range(_ways(member.kind, ())):
            value = self.value(member.kind, path, variant)
            if value is not None:
                yield Part(path, self._readable(path, value), variant)

    def _readable(self, path: tuple[str, ...], value: Any) -> Any:
        """`value` with a word of the type's own in each place where the model has any text and the type an enum."""
        whole = with_part({}, Part(path, value, 0))
        for wrong in list(wrong_values(self.type_, whole)):
            if wrong.value == VALUES["text"] and wrong.allowed:
                *above, last = split(wrong.pointer)
                holder = get(whole, join(tuple(above)))
                holder[int(last) if isinstance(holder, list) else last] = wrong.allowed[0]
        return get(whole, join(path))

    def value(self, kind: Kind, path: tuple[str, ...], variant: int, within: tuple[type, ...] = ()) -> Any:
        """A value of `kind`, None where there is none; classes `within` themselves are left out."""
        if isinstance(kind, Scalar) and len(kind.words) == 1:
            return kind.words[0]
        known = self.known("/" + "/".join(path), kind)
        if known is not None:
            return None if known is LEFT_OUT else known
        if isinstance(kind, Scalar):
            return kind.words[0] if kind.words else VALUES[kind.kind]
        if isinstance(kind, Several):
            item = self.value(kind.of, (*path, "*"), variant, within)
            return None if item is None else {"one": item} if kind.keyed else [item]
        cls = kind.choices[variant % len(kind.choices)] if kind.choices else kind.cls
        return None if cls in within else self.object(cls, path, variant, (*within, cls))

    def object(self, cls: type, path: tuple[str, ...], variant: int, within: tuple[type, ...]) -> dict[str, Any]:
        """All writable members of a model; of a resource of its own, its id only."""
        found = Chosen()
        sent = _sent(cls, path)
        found.fixed = tuple(member.path[-1] for member in sent if _is_fixed(member))
        for member in sent:
            value = self.value(member.kind, (*path, *member.path), variant, within)
            if value is None:
                continue
            holder = found
            for name in member.path[:-1]:
                holder = holder.setdefault(name, {})
            holder[member.path[-1]] = value
        return found


def _sent(cls: type, path: tuple[str, ...]) -> list[Member]:
    """The members that are sent of an object at `path`: of another resource its id, of a part of this one no id."""
    own = [member for member in members(cls) if member.writable]
    names = {member.path[0] for member in members(cls)}
    by_id = [member for member in own if member.path == ("id",)]
    if by_id and ("location" in names or (path[-1:] != ("*",) and names & {"type", "properties"})):
        return by_id
    is_part = "name" in names and path[-1:] == ("*",)
    return [member for member in own if not (is_part and _is_services(member))]


def _is_services(member: Member) -> bool:
    return member.path in OF_PARTS and member.kind == Scalar("text")


def _is_fixed(member: Member) -> bool:
    return isinstance(member.kind, Scalar) and len(member.kind.words) == 1 and len(member.path) == 1


def _ways(kind: Kind, within: tuple[type, ...]) -> int:
    if isinstance(kind, Scalar):
        return 1
    if isinstance(kind, Several):
        return _ways(kind.of, within)
    if kind.cls in within:
        return 1
    classes = kind.choices or (kind.cls,)
    below = [_ways(member.kind, (*within, kind.cls)) for cls in classes for member in members(cls) if member.writable]
    return max([len(classes), *below])


def merged(part: Any, example: Any) -> Any:
    """`part` with the values of `example` wherever both have one; items of lists are merged with its first item."""
    if isinstance(part, Chosen) and isinstance(example, Mapping) and _is_another(part, example):
        return part
    if isinstance(part, Mapping) and isinstance(example, Mapping):
        return {**example, **{key: merged(value, example.get(key)) for key, value in part.items()}}
    if isinstance(part, list) and isinstance(example, list) and part and example:
        return [merged(part[0], example[0]), *example[1:]]
    return part if example is None else example


def words(cls: type, path: tuple[str, ...] = (), within: tuple[type, ...] = ()) -> Iterator[Word]:
    """(path, values) of every enum that is sent below `cls`; `*` is an item of a list."""
    for member in _sent(cls, path):
        yield from _words(member.kind, (*path, *member.path), (*within, cls))


def _words(kind: Kind, path: tuple[str, ...], within: tuple[type, ...]) -> Iterator[Word]:
    if isinstance(kind, Scalar):
        yield path, kind.words
    elif isinstance(kind, Several):
        yield from _words(kind.of, (*path, "one" if kind.keyed else "*"), within)
    else:
        for cls in kind.choices or (kind.cls,):
            if cls not in within:
                yield from words(cls, path, within)


def _is_another(part: Chosen, example: Mapping[str, Any]) -> bool:
    return any(str(example.get(name, part[name])).lower() != str(part[name]).lower() for name in part.fixed)


def with_part(body: Mapping[str, Any], part: Part) -> dict[str, Any]:
    """`body` with `part` in it; what the body has already stays as it is."""

    def inside(document: Any, path: tuple[str, ...]) -> Any:
        if not path:
            return merged(part.value, document)
        document = document if isinstance(document, Mapping) else {}
        return {**document, path[0]: inside(document.get(path[0]), path[1:])}

    return dict(inside(body, part.path))
