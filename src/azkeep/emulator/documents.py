"""Pure changes to ARM documents that the write pipeline makes for every type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.value import Body, get, join, put, remove, split

OWN_MEMBERS = ("id", "name", "type", "etag", "systemData")


def without_nulls(value: Any) -> Any:
    """A copy without members that are null; items of lists stay."""
    if isinstance(value, Mapping):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def matches(document: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """(concrete pointer, value) of everything that `pointer` finds, `*` standing for every item."""
    yield from _matches(document, split(pointer), ())


def _matches(value: Any, parts: tuple[str, ...], done: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if not parts:
        yield join(done), value
        return
    head, rest = parts[0], parts[1:]
    if head == "*":
        items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        for name, inner in items:
            yield from _matches(inner, rest, (*done, str(name)))
    elif isinstance(value, Mapping) and head in value:
        yield from _matches(value[head], rest, (*done, head))
    elif isinstance(value, list) and head.isdecimal() and int(head) < len(value):
        yield from _matches(value[int(head)], rest, (*done, head))


_ABSENT = object()


def with_default(document: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """`document` with `value` wherever `pointer` finds nothing; under a `*` in every item that exists."""
    if "*" not in split(pointer):
        return document if get(document, pointer, _ABSENT) is not _ABSENT else put(document, pointer, value)
    holder, _, rest = pointer.partition("/*")
    for each, inner in list(matches(document, f"{holder}/*")):
        if isinstance(inner, Mapping):
            document = put(document, each, with_default(dict(inner), rest, value))
    return document


def merged(before: Any, change: Any) -> Any:
    """A JSON merge patch (RFC 7396); `tags` at the top replace the old ones as a whole."""
    if not isinstance(change, Mapping):
        return change
    result = dict(before) if isinstance(before, Mapping) else {}
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def patched(before: Body, change: Body) -> dict[str, Any]:
    """`before` after a PATCH with `change`."""
    result: dict[str, Any] = merged(before, change)
    if isinstance(change.get("tags"), Mapping):
        result["tags"] = dict(change["tags"])
    return result


def without(document: dict[str, Any], pointers: tuple[str, ...]) -> dict[str, Any]:
    """A copy without what the pointers find."""
    for pointer in pointers:
        document = remove(document, pointer)
    return document


def same(left: Any, right: Any) -> bool:
    """Equal, text compared without case and blanks at the ends, as ids and locations are."""
    if isinstance(left, str) and isinstance(right, str):
        return left.strip().rstrip("/").lower() == right.strip().rstrip("/").lower()
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def secrets_apart(document: dict[str, Any], pointers: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(a copy without what the pointers find, concrete pointer → value of what was taken out and is not empty)."""
    found = {
        concrete: value
        for pointer in pointers
        for concrete, value in matches(document, pointer)
        if value not in (None, "")
    }
    return without(document, pointers), found
