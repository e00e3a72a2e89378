"""Two documents of one resource, and the properties in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.audit.reconcile import ORDER
from azkeep.model.plan import Change
from azkeep.model.value import Body, join, split
from azkeep.types.resource_type import ResourceType


def compare(recorded: Body, live: Body, type_: ResourceType | None) -> tuple[Change, ...]:
    """One Change per JSON pointer, sorted; () means in sync. `before` is recorded, `after` is live.

    Lists of objects that all have a `name` or `id` are matched by it, and the pointer's index is the live one (the
    recorded one of an item that has gone); other lists are compared as a whole.
    """
    for reconcile in ORDER:
        recorded, live = reconcile(recorded, type_), reconcile(live, type_)
    return tuple(sorted(_differences(recorded, live, ()), key=lambda change: change.path))


def _differences(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _differences(before.get(key), after.get(key), (*path, str(key)))
        return
    if isinstance(before, list) and isinstance(after, list):
        places_before, places_after = places(before), places(after)
        if places_before is not None and places_after is not None:
            for name in sorted({*places_before, *places_after}):
                was, now = places_before.get(name), places_after.get(name)
                index = now if now is not None else was
                yield from _differences(_at(before, was), _at(after, now), (*path, str(index)))
            return
    yield Change(path=join(path), before=before, after=after)


def places(items: list[Any]) -> dict[str, int] | None:
    """Index of each item by its name, or the last part of its id; None if one has neither or two share one."""
    found: dict[str, int] = {}
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            return None
        name = str(item.get("name") or str(item.get("id", "")).rsplit("/", 1)[-1]).lower()
        if not name or name in found:
            return None
        found[name] = index
    return found


def named(document: Any, pointer: str) -> str:
    """`pointer` with names in place of indexes where items have names: the same in documents of another order."""
    found: list[str] = []
    for part in split(pointer):
        where = places(document) if isinstance(document, list) else None
        names = {str(index): name for name, index in where.items()} if where else {}
        found.append(names.get(part, part))
        document = _below(document, part)
    return join(tuple(found)).lower()


def _at(items: list[Any], index: int | None) -> Any:
    return None if index is None else items[index]


def _below(document: Any, part: str) -> Any:
    if isinstance(document, Mapping):
        return document.get(part)
    if isinstance(document, list) and part.isdigit() and int(part) < len(document):
        return document[int(part)]
    return None
