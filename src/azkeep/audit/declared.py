"""What of a declared document can be seen in a live one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from azkeep.audit.reconcile.order import is_set, places, shared
from azkeep.model.value import Body, Reference, Secret, Unknown, join, split
from azkeep.types import members
from azkeep.types.resource_type import ResourceType


@dataclass(frozen=True)
class _Cut:
    """How to cut. `hidden`: pointers that Azure never returns. `extras`: live items that no declared one is stay."""

    hidden: tuple[tuple[str, ...], ...]
    extras: bool
    type: ResourceType


def observable_part(declared: Body, live: Body, type_: ResourceType, *, extras: bool) -> tuple[Body, Body]:
    """Both documents, cut down to what the program sets and Azure shows; with `extras` a list that the program sets
    keeps the live items that the program does not name.

    A declared property that Azure never returns is in neither; one that it does return and that is gone is in the
    first alone. Values that are secret or were not known are left out.
    """
    cut = _Cut(tuple(split(pointer.lower()) for pointer in unobservable(type_)), extras, type_)
    wanted, actual = _cut(declared, live, (), cut)
    return wanted, actual


def unobservable(type_: ResourceType) -> tuple[str, ...]:
    """Pointers that can be written and are never returned, sorted: secrets, inputs that no answer has, and others that
    the type lists."""
    return _unobservable(type_.token, type_.arm_type)


@cache
def _unobservable(token: str, arm_type: str) -> tuple[str, ...]:
    from azkeep import types

    type_ = types.by_token(token)
    if type_ is None or type_.arm_type != arm_type:
        type_ = types.by_arm_type(arm_type)
    assert type_ is not None
    written = {name: node for name, node in members.top(type_).items() if name not in ("tags", *members.ENVELOPE)}
    # What brings a deleted resource back is a word of the request, and no property of what came back.
    recovers = type_.soft_delete.recovery if type_.soft_delete else {}
    answered = members.answered(type_)
    found = {*type_.secrets, *type_.write_only, *recovers, *_write_only(type_, written, answered, ())}
    return tuple(sorted(found))


def _write_only(
    type_: ResourceType, written: Mapping[str, Any], answered: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[str]:
    """Members of the whole document, and of its `properties`, that are inputs and no outputs."""
    for name, node in written.items():
        other = answered.get(name)
        if other is None:
            yield join((*path, members.spelled(type_, name)))
        elif "members" in node and "members" in other:
            yield from _write_only(type_, node["members"], other["members"], (*path, name))


def _cut(declared: Any, live: Any, path: tuple[str, ...], cut: _Cut) -> tuple[Any, Any]:
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return _cut_objects(declared, live, path, cut)
    if isinstance(declared, list) and isinstance(live, list):
        return _cut_lists(declared, live, path, cut)
    return declared, live


def _cut_objects(
    declared: Mapping[str, Any], live: Mapping[str, Any], path: tuple[str, ...], cut: _Cut
) -> tuple[Any, Any]:
    wanted: dict[str, Any] = {}
    actual: dict[str, Any] = {}
    spelled = {str(key).lower(): key for key in live}
    for key, value in declared.items():
        here = (*path, key)
        other = spelled.get(str(key).lower())
        if isinstance(value, Secret | Unknown | Reference) or _is_hidden(here, cut.hidden):
            continue
        if other is None:
            wanted[key] = value
            continue
        wanted[key], actual[key] = _cut(value, live[other], here, cut)
    return wanted, actual


def _cut_lists(declared: list[Any], live: list[Any], path: tuple[str, ...], cut: _Cut) -> tuple[Any, Any]:
    """Items that match are cut to what is declared of them."""
    named, others = places(declared), places(live)
    if named is not None and others is not None:
        matched = {index: others[name] for name, index in named.items() if name in others}
    else:
        matched = _matched(declared, live, unordered=is_set(cut.type, path))
    wanted, actual = list(declared), list(live)
    for index, place in matched.items():
        wanted[index], actual[place] = _cut(declared[index], live[place], (*path, "*"), cut)
    if named is not None and others is not None and not cut.extras:
        actual = [item for place, item in enumerate(actual) if place in matched.values()]
    return wanted, actual


def _matched(declared: list[Any], live: list[Any], *, unordered: bool) -> dict[int, int]:
    """Index of each declared item → index of the live one that it is, where nothing names them."""
    if len(declared) != len(live):
        return {}
    if not unordered:
        return {index: index for index in range(len(declared))}
    left = list(range(len(live)))
    found: dict[int, int] = {}
    for index, item in enumerate(declared):
        found[index] = max(left, key=lambda place: shared(item, live[place]))
        left.remove(found[index])
    return found


def _is_hidden(path: tuple[str, ...], hidden: tuple[tuple[str, ...], ...]) -> bool:
    lowered = tuple(part.lower() for part in path)
    return any(
        len(parts) == len(lowered) and all(want in ("*", part) for want, part in zip(parts, lowered, strict=True))
        for parts in hidden
    )
