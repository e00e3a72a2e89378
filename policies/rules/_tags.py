"""Tags that every resource carries, shared by the rules of governance and of single services."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.policy import Document, Truth, every

REQUIRED_TAGS: Mapping[str, str | None] = {
    "owner": None,
    "environment": "^(dev|test|production)$",
    "costCenter": None,
    "dataClass": None,
}
"""Tag → pattern that its value has to match, None for any value."""


def carries_tags(resource: Document, required: Mapping[str, str | None]) -> Truth:
    """Each of `required` is there, in any letter case, with a value that is not blank and matches its pattern."""
    return every(required.items(), lambda item: _carries(resource, *item))


def _carries(resource: Document, tag: str, pattern: str | None) -> Truth:
    value = resource["tags"].member(tag)
    if pattern is None:
        return value.has_text()
    return (value.has_text() & value.matches(pattern)).otherwise(f"tag {tag} has to match {pattern}")
