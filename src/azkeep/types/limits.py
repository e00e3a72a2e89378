"""Lengths, patterns and ranges of values, as API descriptions limit them and as `make limits` put them into schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from azkeep.types.schema import Node

REFUSALS: Mapping[str, str] = {"Microsoft.MachineLearningServices": "ValidationError"}
"""Namespace → code with which its service refuses values beyond the limits that it describes.

Its description is generated from the validation of its own classes. Other services take some values that their
descriptions exclude (retention of containers for 0 days), and refuse each of the others in words of its own: there,
the checks of the types say what is refused.
"""

_END = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$")


def broken(limits: Node, value: str | float, *, length: Callable[[str], int] = len) -> tuple[str, ...]:
    """Names of the limits that `value` breaks, of minLength, maxLength, pattern, minimum and maximum, in this order."""
    if isinstance(value, str):
        size = length(value)
        found = {
            "minLength": size < limits.get("minLength", size),
            "maxLength": size > limits.get("maxLength", size),
            "pattern": "pattern" in limits and not _compiled(limits["pattern"]).search(value),
        }
    else:
        found = {
            "minimum": value < limits.get("minimum", value),
            "maximum": value > limits.get("maximum", value),
        }
    return tuple(name for name, is_broken in found.items() if is_broken)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as Go reads it: classes are ASCII, and `$` is the very end, even after a line break."""
    return re.compile(_END.sub(lambda found: found.group(1) or r"\Z", pattern), re.ASCII)
