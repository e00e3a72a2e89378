"""What can be drawn: resources of an audit's documents or of a program, found by id and by what refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.resource import Resource
from azkeep.model.value import Body, Reference, get


@dataclass(frozen=True)
class Thing:
    """One resource. `key` is its id in lower case, or its URN where no id is known; `body` None where none was read."""

    key: str
    type: str
    name: str
    body: Body | None = None

    @property
    def kind(self) -> str:
        return self.type.lower()

    def get(self, pointer: str, default: Any = None) -> Any:
        return default if self.body is None else get(self.body, pointer, default)

    @property
    def is_known(self) -> bool:
        """True if its properties were read: a list often names a resource without them."""
        return self.body is not None and isinstance(self.body.get("properties"), Mapping)


@dataclass(frozen=True)
class Things:
    """All that can be drawn, by key; `urns` leads from the URN of a declared resource to its key."""

    by_key: Mapping[str, Thing]
    urns: Mapping[str, str]

    def __iter__(self) -> Iterator[Thing]:
        return iter(self.by_key.values())

    def of(self, *kinds: str) -> list[Thing]:
        """Those of the ARM types `kinds`, given in lower case."""
        return [thing for kind in kinds for thing in self._by_kind.get(kind, ())]

    def key_of(self, value: Any) -> str | None:
        """The key that a property refers to: an id in any case, or the output of a declared resource."""
        if isinstance(value, Mapping):
            value = value.get("id")
        if isinstance(value, Reference):
            return self.urns.get(value.urn)
        return key_of_id(value) if isinstance(value, str) else None

    def found(self, value: Any) -> Thing | None:
        return self.by_key.get(self.key_of(value) or "")

    def parent(self, thing: Thing) -> Thing | None:
        """The resource that a child type stands in."""
        parent = parent_key(thing.key)
        return self.by_key.get(parent) if parent else None

    @cached_property
    def _by_kind(self) -> dict[str, list[Thing]]:
        found: dict[str, list[Thing]] = {}
        for thing in self:
            found.setdefault(thing.kind, []).append(thing)
        return found


def key_of_id(text: str) -> str | None:
    """The lower-case id, None for a text that is none."""
    try:
        return ArmId.parse(text).key
    except ValueError:
        return None


def parent_key(key: str) -> str | None:
    """The key of what an id hangs on, None at the root and for what is no id."""
    try:
        parent = ArmId.parse(key).parent
    except ValueError:
        return None
    return parent.key if parent else None


def of_documents(documents: Mapping[str, Body]) -> Things:
    """The things that documents by id describe; what has no ARM id is left out."""
    found: dict[str, Thing] = {}
    for id, body in documents.items():
        key = key_of_id(id)
        if key is None:
            continue
        parsed = ArmId.parse(id)
        whole = found.get(key)
        if whole is None or not whole.is_known:
            found[key] = Thing(key, parsed.type, parsed.name, body)
    return Things(dict(sorted(found.items())), {})


def of_declared(resources: Iterable[Resource]) -> Things:
    """The things that a program declares, components left out."""
    found: dict[str, Thing] = {}
    urns: dict[str, str] = {}
    for each in resources:
        if each.is_component or each.body is None:
            continue
        key = (key_of_id(each.id) if each.id else None) or each.urn
        name = ArmId.parse(each.id).name if each.id and key_of_id(each.id) else each.name
        found[key] = Thing(key, each.type, name, each.body)
        urns[each.urn] = key
    return Things(found, urns)
