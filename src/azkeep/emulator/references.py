"""Which ARM ids a document mentions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.value import texts

OWN_MEMBERS = frozenset({"id", "name", "type"})


def targets(body: Mapping[str, Any]) -> set[str]:
    """Lower-case ids in values and member names (`userAssignedIdentities`) of a document, its own `id` left out."""
    found: set[str] = set()
    for name, value in body.items():
        if name not in OWN_MEMBERS:
            found.update(_ids(value))
    return found


def identities(body: Mapping[str, Any]) -> set[str]:
    """Lower-case object ids of the directory objects that a document brings with it.

    A system-assigned identity has its id in `identity`; a user-assigned one is the resource with both a client and a
    principal id.
    """
    identity, properties = body.get("identity"), body.get("properties")
    found = set()
    if isinstance(identity, Mapping) and identity.get("principalId"):
        found.add(str(identity["principalId"]).lower())
    if isinstance(properties, Mapping) and properties.get("clientId") and properties.get("principalId"):
        found.add(str(properties["principalId"]).lower())
    return found


def _ids(value: Any) -> Iterator[str]:
    return (text.rstrip("/").lower() for text in texts(value) if text[:15].lower() == "/subscriptions/")
