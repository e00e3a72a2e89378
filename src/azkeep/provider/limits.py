"""Lengths, patterns and ranges, judged as the official plugin does. Source: its validateProperty.

Lengths are of UTF-8, as Go counts them; bounds belong to the range. A text, which may be a secret, is never shown; a
number is, as the plugin shows it.
"""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.types.limits import broken
from azkeep.types.resource_type import NameRule
from azkeep.types.schema import Node

FAULTS = {
    "minLength": "'{path}' is too short ({found}): at least {limit} characters required",
    "maxLength": "'{path}' is too long ({found}): at most {limit} characters allowed",
    "pattern": "'{path}' does not match expression '{limit}'",
    "minimum": "'{path}' is too low ({found:f} < {limit:f})",
    "maximum": "'{path}' is too high ({found:f} > {limit:f})",
}


def limit_faults(path: str, node: Node, value: str | float) -> Iterator[str]:
    """The plugin's text for each limit of `node` that `value` at `path` breaks."""
    found = _bytes(value) if isinstance(value, str) else value
    for name in broken(node, value, length=_bytes):
        yield FAULTS[name].format(path=path, found=found, limit=node[name])


def name_limits(node: Node, rule: NameRule) -> Node:
    """The limits of a resource's own name: those of the API description, and of the service where it has no pattern."""
    if "pattern" in node:
        return node
    return {"minLength": rule.minimum, "maxLength": rule.maximum, "pattern": rule.pattern, **node}


def _bytes(text: str) -> int:
    return len(text.encode())
