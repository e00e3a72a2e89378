"""Values that are not plain JSON: not known yet, the output of another resource, or secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Body = Mapping[str, Any]
"""An ARM document, or part of one: JSON values, and in a declared one also Unknown, Reference and Secret."""


@dataclass(frozen=True)
class Unknown:
    """A value that exists only after apply."""

    def __repr__(self) -> str:
        return "unknown"


@dataclass(frozen=True)
class Reference:
    """The output of another declared resource; counts as set."""

    urn: str
    output: str


@dataclass(frozen=True)
class Secret:
    """A value that must not be shown; equal secrets compare equal, and neither repr nor str shows them."""

    value: Any = field(repr=False)

    def __repr__(self) -> str:
        return "[secret]"

    __str__ = __repr__


def get(document: Any, pointer: str, default: Any = None) -> Any:
    """What JSON pointer `pointer` finds in `document`, else `default`."""
    for part in split(pointer):
        if isinstance(document, Mapping) and part in document:
            document = document[part]
        elif isinstance(document, list | tuple) and part.isdecimal() and int(part) < len(document):
            document = document[int(part)]
        else:
            return default
    return document


def spelling(key: str, members: Mapping[str, Any]) -> str:
    """`key` as `members` spell it, in any letter case; `key` itself where they do not have it."""
    if key in members:
        return key
    folded = key.casefold()
    return next((name for name in members if isinstance(name, str) and name.casefold() == folded), key)


@lru_cache(maxsize=8192)
def split(pointer: str) -> tuple[str, ...]:
    """The unescaped parts of a JSON pointer (RFC 6901); () for the whole document."""
    if not pointer:
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/"))


def join(parts: tuple[str, ...]) -> str:
    """The JSON pointer of unescaped parts."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def put(document: Any, pointer: str, value: Any) -> Any:
    """A copy of `document` with `value` at `pointer`; objects on the way are made, the original is left alone."""
    parts = split(pointer)
    if not parts:
        return value
    head, rest = parts[0], join(parts[1:])
    if isinstance(document, list):
        index = int(head)
        return [put(item, rest, value) if i == index else item for i, item in enumerate(document)]
    before = dict(document) if isinstance(document, Mapping) else {}
    before[head] = put(before.get(head), rest, value)
    return before


def remove(document: Any, pointer: str) -> Any:
    """A copy of `document` without what is at `pointer`; a `*` part stands for every item of a list or object."""
    parts = split(pointer)
    if not parts:
        return document
    head, rest = parts[0], parts[1:]
    if isinstance(document, list):
        chosen = range(len(document)) if head == "*" else [int(head)] if head.isdecimal() else []
        if not rest:
            return [item for i, item in enumerate(document) if i not in chosen]
        return [remove(item, join(rest)) if i in chosen else item for i, item in enumerate(document)]
    if not isinstance(document, Mapping):
        return document
    keys = list(document) if head == "*" else [head]
    if not rest:
        return {key: value for key, value in document.items() if key not in keys}
    return {key: remove(value, join(rest)) if key in keys else value for key, value in document.items()}


def leaves(document: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """(pointer, value) of every scalar, empty object and empty list, in document order."""
    if isinstance(document, Mapping) and document:
        for key, value in document.items():
            yield from leaves(value, pointer + join((str(key),)))
    elif isinstance(document, list | tuple) and document:
        for index, value in enumerate(document):
            yield from leaves(value, f"{pointer}/{index}")
    else:
        yield pointer, document


def texts(document: Any) -> Iterator[str]:
    """Every text in a document, names of members included."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for name, inner in document.items():
            yield from texts(name)
            yield from texts(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from texts(inner)
