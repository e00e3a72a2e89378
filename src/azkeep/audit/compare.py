"""Two documents of one resource, and the properties in which they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.audit.reconcile import ORDER
from azkeep.model.plan import Change
from azkeep.model.value import Body, join
from azkeep.types.resource_type import ResourceType


def compare(recorded: Body, live: Body, type_: ResourceType | None) -> tuple[Change, ...]:
    """One Change per JSON pointer, sorted; () means in sync. `before` is recorded, `after` is live.

    Lists of objects that all have an `id` or `name` are matched by it, other lists are compared as a whole.
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
        keyed_before, keyed_after = _keyed(before), _keyed(after)
        if keyed_before is not None and keyed_after is not None:
            for key in sorted({*keyed_before, *keyed_after}):
                yield from _differences(keyed_before.get(key), keyed_after.get(key), (*path, key))
            return
    yield Change(path=join(path), before=before, after=after)


def _keyed(items: list[Any]) -> dict[str, Any] | None:
    """Items by their last name; None if one has none or two share one."""
    found: dict[str, Any] = {}
    for item in items:
        name = item.get("name") or str(item.get("id", "")).rsplit("/", 1)[-1] if isinstance(item, Mapping) else ""
        if not name or name in found:
            return None
        found[str(name)] = item
    return found


def same(before: Any, after: Any) -> bool:
    """True if two JSON values are equal whatever the order of their members."""
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
