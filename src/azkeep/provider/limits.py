"""Lengths, patterns and ranges, judged as the official plugin does. Source: its validateProperty.

Lengths are of UTF-8, as Go counts them; patterns have Go's meaning; bounds belong to the range. A text, which may be
a secret, is never shown; a number is, as the plugin shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from azkeep.types.resource_type import NameRule
from azkeep.types.schema import Node

_END = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$")


def text_faults(path: str, limits: Node, value: str) -> Iterator[str]:
    """What is wrong with the text at `path`, for `minLength`, `maxLength` and `pattern` of `limits`."""
    length = len(value.encode())
    if length < limits.get("minLength", 0):
        yield f"'{path}' is too short ({length}): at least {limits['minLength']} characters required"
    if length > limits.get("maxLength", length):
        yield f"'{path}' is too long ({length}): at most {limits['maxLength']} characters allowed"
    if "pattern" in limits and not _compiled(limits["pattern"]).search(value):
        yield f"'{path}' does not match expression '{limits['pattern']}'"


def number_faults(path: str, limits: Node, value: float) -> Iterator[str]:
    """What is wrong with the number at `path`, for `minimum` and `maximum` of `limits`."""
    if value < limits.get("minimum", value):
        yield f"'{path}' is too low ({value:f} < {limits['minimum']:f})"
    if value > limits.get("maximum", value):
        yield f"'{path}' is too high ({value:f} > {limits['maximum']:f})"


def name_limits(node: Node, rule: NameRule) -> Node:
    """The limits of a resource's own name: those of the API description, and of the service where it has no pattern."""
    if "pattern" in node:
        return node
    return {"minLength": rule.minimum, "maxLength": rule.maximum, "pattern": rule.pattern, **node}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern with Go's meaning: classes are ASCII, and `$` is the very end, even after a line break."""
    return re.compile(_END.sub(lambda found: found.group(1) or r"\Z", pattern), re.ASCII)
