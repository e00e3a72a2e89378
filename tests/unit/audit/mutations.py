"""Every change that a client could make to a document, by its type's own schema."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit.bodies import Example
from azkeep.audit.declared import unobservable
from azkeep.audit.reconcile.appearing import is_read_only
from azkeep.audit.reconcile.defaults import is_default
from azkeep.model.plan import Change
from azkeep.model.value import Body, join, put, remove, split
from azkeep.types import members
from azkeep.types.resource_type import ResourceType

IDENTITY = frozenset({"name", "id", "type", "etag", "category", "categorygroup", "objectid", "value", "key"})
"""What names an item of a list: changed, it is another item."""
OTHER_ID = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/elsewhere"
WHOLES = ("items", "values", "ref", "union", "members")


@dataclass(frozen=True)
class Mutation:
    """`path` in `live` holds `after`, and `before` in the document it was made from; None where it is absent."""

    path: str
    before: Any
    after: Any
    live: Body


def mutations(example: Example, chance: random.Random) -> Iterator[Mutation]:
    """One mutation for every writable property that the example has, and for each that it could have."""
    body = example.answered
    for member in members.inputs_of(example.type, body):
        path = join(member.path)
        if not member.known or not can_be_seen(example.type, path, body):
            continue
        if member.value is not None:
            yield from _changed(example.type, body, member, chance)
        if isinstance(member.value, Mapping):
            yield from _added(example.type, body, member, chance)
    top = members.Member((), {"members": members.top(example.type)}, body)
    yield from _added(example.type, body, top, chance)


def can_be_seen(type_: ResourceType, path: str, body: Body) -> bool:
    """True unless the service alone writes it, it moves by itself, or Azure never returns it."""
    parts = [part.lower() for part in split(path)]
    if parts[:1] in (["id"], ["name"], ["type"], ["etag"], ["systemdata"]) or parts[-1] in ("etag",):
        return False
    hidden = (*type_.volatile, *unobservable(type_), *type_.read_only)
    return not any(_covers(split(pointer.lower()), parts) for pointer in hidden) and not is_read_only(type_, path, body)


def _covers(wanted: tuple[str, ...], parts: list[str]) -> bool:
    return len(wanted) <= len(parts) and all(w in ("*", p) for w, p in zip(wanted, parts, strict=False))


def _changed(type_: ResourceType, body: Body, member: members.Member, chance: random.Random) -> Iterator[Mutation]:
    path = join(member.path)
    in_list = any(part.isdigit() for part in member.path)
    if in_list and member.path[-1].lower() in IDENTITY:
        return
    value = member.value
    if isinstance(value, list):
        last = Change(f"{path}/{len(value) - 1}", value[-1] if value else None, None)
        if is_default(last, body, body, type_):
            return
        if len(value) > 1 or (value and path not in type_.defaults):
            yield Mutation(path, value, value[:-1], put(body, path, value[:-1]))
        return
    if isinstance(value, Mapping):
        for key in value if "values" in member.node else ():
            below = join((*member.path, str(key)))
            yield Mutation(below, value[key], None, remove(body, below))
        return
    other = _other(type_, member.node, value, member.path, chance)
    if other is not None:
        yield Mutation(path, value, other, put(body, path, other))


def _added(type_: ResourceType, body: Body, member: members.Member, chance: random.Random) -> Iterator[Mutation]:
    """Members that the object could have and has not."""
    there = {str(key).lower() for key in member.value}
    if "values" in member.node:
        if member.node["values"].get("type") == "string":
            path = join((*member.path, "brandnew"))
            yield Mutation(path, None, "value", put(body, path, "value"))
        return
    for name, node in members.children(type_, member.node, member.value).items():
        path = join((*member.path, name))
        if name in there or name in IDENTITY or any(part in node for part in WHOLES):
            continue
        if not can_be_seen(type_, path, put(body, path, "x")):
            continue
        value = _other(type_, node, None, (*member.path, name), chance)
        if value is not None:
            yield Mutation(path, None, value, put(body, path, value))


def _other(type_: ResourceType, node: Any, value: Any, path: tuple[str, ...], chance: random.Random) -> Any:
    """Another value than `value` and than the property's default, None where there is none."""
    default = {split(pointer.lower()): given for pointer, given in type_.defaults.items()}.get(
        tuple(part.lower() for part in path)
    )
    kind = node.get("type")
    if node.get("enum"):
        taken = {str(each).lower().replace("_", "").replace(" ", "") for each in (value, default)}
        left = [word for word in node["enum"] if str(word).lower().replace("_", "").replace(" ", "") not in taken]
        return chance.choice(left) if left else None
    if kind == "boolean":
        return not value if value is not None else (None if default is not None and default is True else True)
    if kind in ("integer", "number"):
        return (value if isinstance(value, int | float) else 0) + chance.randint(1, 9) * 100
    if kind == "string" or isinstance(value, str):
        text = str(value or "")
        return OTHER_ID if text.lower().startswith("/subscriptions/") else f"{text}other"
    return None
