"""Two documents of one resource, and the properties in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.audit.reconcile import EXPLAINED, ORDER
from azkeep.audit.reconcile.order import is_set, pairs, places
from azkeep.model.plan import Change
from azkeep.model.value import Body, get, join, split
from azkeep.types.resource_type import ResourceType

_Path = tuple[str, ...]


def compare(recorded: Body, live: Body, type_: ResourceType | None) -> tuple[Change, ...]:
    """One Change per JSON pointer, sorted; () means in sync. `before` is recorded, `after` is live, as they were read.

    Items of lists are matched by what names them, and the pointer's index is the live one (the recorded one of an item
    that has gone). A list of unnamed items that grew or shrank is compared as a whole.
    """
    before, after = normal(recorded, type_), normal(live, type_)
    found = sorted(_differences(before, after, (), (), type_), key=lambda item: item[0].path)
    kept = (item for item in found if not any(explains(item[0], before, after, type_) for explains in EXPLAINED))
    return tuple(_as_read(change, place, recorded, live) for change, place in kept)


def normal(body: Body, type_: ResourceType | None) -> Body:
    """`body` without its noise; every value that is left stands where it stood."""
    for reconcile in ORDER:
        body = reconcile(body, type_)
    return body


def _differences(
    before: Any, after: Any, path: _Path, place: _Path, type_: ResourceType | None
) -> Iterator[tuple[Change, _Path]]:
    """Each difference, and where it stands in the recorded document, whose lists may have another order."""
    if before == after:
        return
    before, after = _emptied(before, after), _emptied(after, before)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _differences(before.get(key), after.get(key), (*path, key), (*place, key), type_)
        return
    if isinstance(before, list) and isinstance(after, list):
        matched = pairs(before, after, unordered=is_set(type_, path))
        for was, now in matched or ():
            index = now if now is not None else was
            here, there = (*path, str(index)), (*place, str(was if was is not None else now))
            yield from _differences(_at(before, was), _at(after, now), here, there, type_)
        if matched is not None:
            return
    yield Change(path=join(path), before=before, after=after), place


def _as_read(change: Change, place: _Path, recorded: Body, live: Body) -> Change:
    """`change` with the values that were read, in their own casing and spelling."""
    path = split(change.path)
    came, went = change.before is None and place == path, change.after is None and place == path
    before = raw(recorded, place) if change.before is not None or came else None
    after = raw(live, path) if change.after is not None or went else None
    return Change(path=join(_spelled(path, place, recorded, live)), before=before, after=after)


def _spelled(path: _Path, place: _Path, recorded: Any, live: Any) -> _Path:
    """`path` as the documents write it: names of tags and ids in their own casing, the live one where both have it."""
    found: list[str] = []
    for part, spot in zip(path, place, strict=True):
        here, there = _member(live, part), _member(recorded, spot)
        found.append(part if isinstance(live, list) else here or there or part)
        live, recorded = raw(live, (part,)), raw(recorded, (spot,))
    return tuple(found)


def _member(document: Any, part: str) -> str | None:
    """The member of `document` that is called `part` in any case; None where it has none."""
    if not isinstance(document, Mapping) or part in document:
        return part if isinstance(document, Mapping) else None
    wanted = part.lower().strip("/")
    return next((str(key) for key in document if str(key).lower().strip("/") == wanted), None)


def _emptied(value: Any, other: Any) -> Any:
    """{} in place of nothing beside an object of one member: then that member is what came or went."""
    return {} if value is None and isinstance(other, Mapping) and len(other) == 1 else value


def raw(document: Any, path: _Path) -> Any:
    """What stands at `path`, names of members read without case."""
    for part in path:
        document = get(document, join((_member(document, part) or part,)))
    return document


def named(document: Any, pointer: str, declared: Any = None) -> str:
    """`pointer` with names in place of indexes where items have names: the same in documents of another order.

    A list whose items have no names in `declared` keeps its indexes, though the service has named them since.
    """
    found: list[str] = []
    for part in split(pointer):
        unnamed = isinstance(declared, list) and bool(declared) and places(declared) is None
        where = places(document) if isinstance(document, list) and not unnamed else None
        names = {str(index): name for name, index in where.items()} if where else {}
        found.append(names.get(part, part))
        document, declared = raw(document, (part,)), _beside(declared, found[-1])
    return join(tuple(found)).lower()


def _beside(declared: Any, part: str) -> Any:
    """What `declared` has at `part`, an index or, in a list of named items, a name."""
    where = places(declared) if isinstance(declared, list) else None
    return raw(declared, (str(where.get(part, part)) if where else part,))


def _at(items: list[Any], index: int | None) -> Any:
    return None if index is None else items[index]
