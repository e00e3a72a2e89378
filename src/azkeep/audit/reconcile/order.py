"""Lists whose order means nothing come back in another order, as each type lists them (`unordered`).

They are not sorted, for then pointers would lie: items are paired instead.
"""

import json
from collections.abc import Mapping
from typing import Any

from azkeep.model.value import leaves, split
from azkeep.types.resource_type import ResourceType

Pair = tuple[int | None, int | None]
NAMES = ("name", "id", "category", "categoryGroup", "objectId", "value", "key")


def is_set(type_: ResourceType | None, path: tuple[str, ...]) -> bool:
    """True if the list at `path` has no order."""
    lowered = tuple(part.lower() for part in path)
    for pointer in type_.unordered if type_ else ():
        parts = split(pointer.lower())
        if len(parts) == len(lowered) and all(want in ("*", part) for want, part in zip(parts, lowered, strict=True)):
            return True
    return False


def pairs(before: list[Any], after: list[Any], *, unordered: bool) -> list[Pair] | None:
    """Which item of `before` is which of `after`, by index; None on a side for one that came or went.

    Named items are paired by name. Of the rest of an unordered list equal ones are paired, and then, where as many are
    left on both sides, the other objects by what they share. None if the list can only be looked at as a whole.
    """
    names_before, names_after = places(before), places(after)
    if names_before is not None and names_after is not None and (before or after):
        names = dict.fromkeys((*names_before, *names_after))
        return [(names_before.get(name), names_after.get(name)) for name in sorted(names)]
    if unordered:
        return _as_sets(before, after)
    of_objects = all(isinstance(item, Mapping) for item in (*before, *after))
    return [(index, index) for index in range(len(before))] if of_objects and len(before) == len(after) else None


def _as_sets(before: list[Any], after: list[Any]) -> list[Pair] | None:
    left = {index: _text(item) for index, item in enumerate(after)}
    rest: list[int] = []
    for index, item in enumerate(before):
        twin = next((place for place, text in left.items() if text == _text(item)), None)
        if twin is None:
            rest.append(index)
        else:
            del left[twin]
    unlike = any(not isinstance(item, Mapping) for item in (*(before[i] for i in rest), *(after[i] for i in left)))
    if unlike or len(rest) != len(left):
        return None
    return _alike(before, after, rest, list(left))


def _alike(before: list[Any], after: list[Any], rest: list[int], left: list[int]) -> list[Pair]:
    """Each of `rest` with the one of `left` that it shares most with."""
    found: list[Pair] = []
    for index in rest:
        best = max(left, key=lambda place: shared(before[index], after[place]))
        left.remove(best)
        found.append((index, best))
    return found


def shared(one: Any, other: Any) -> int:
    """How many values two documents have in common, places and casing of text included in neither."""
    values = [(path, str(value).lower()) for path, value in leaves(other)]
    return sum((path, str(value).lower()) in values for path, value in leaves(one))


def places(items: list[Any]) -> dict[str, int] | None:
    """Index of each item by what names it; None if nothing names them all, or two share a name."""
    if not all(isinstance(item, Mapping) for item in items):
        return None
    for member in NAMES:
        found = {_name(item, member): index for index, item in enumerate(items)}
        if len(found) == len(items) and "" not in found:
            return found
    return None


def _name(item: Mapping[str, Any], member: str) -> str:
    value = item.get(member)
    if member == "name" and not value:
        value = str(item.get("id") or "").rsplit("/", 1)[-1]
    # An address alone and with its full length are one name.
    return str(value if isinstance(value, str) else "").lower().removesuffix("/32").removesuffix("/128")


def _text(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=str)
