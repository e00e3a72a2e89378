"""One value after the other: what the noises share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azkeep.model.value import Body


def each_text(body: Body, change: Callable[[tuple[str, ...], str], Any]) -> Body:
    """`body` with every string replaced by what `change(path, string)` gives; nothing moves."""
    changed: Body = _walk(body, (), change)
    return changed


def _walk(value: Any, path: tuple[str, ...], change: Callable[[tuple[str, ...], str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _walk(item, (*path, str(key)), change) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, (*path, str(index)), change) for index, item in enumerate(value)]
    return change(path, value) if isinstance(value, str) else value


def is_free_text(path: tuple[str, ...]) -> bool:
    """True for what people write and nobody may rewrite: tags, and names and descriptions for people."""
    return path[:1] == ("tags",) or "tags" in path or path[-1].lower() in FREE_TEXT


FREE_TEXT = frozenset({"description", "displayname", "friendlyname", "notes", "comment", "justification"})
