"""Which ARM ids a document mentions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OWN_MEMBERS = frozenset({"id", "name", "type"})


def targets(body: Mapping[str, Any]) -> set[str]:
    """Lower-case ids in values and member names (`userAssignedIdentities`) of a document, its own `id` left out."""
    found: set[str] = set()
    for name, value in body.items():
        if name not in OWN_MEMBERS:
            found.update(_ids(value))
    return found


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value[:15].lower() == "/subscriptions/":
            yield value.rstrip("/").lower()
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _ids(name)
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
