"""Lengths, patterns and ranges of values, as API descriptions limit them and as `make limits` put them into schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from azkeep.types.schema import Node


@dataclass(frozen=True)
class Refusal:
    """What a service says of a value beyond a limit. `{path}` is `properties.a.0.b`, `{parameter}` the service's own
    `a[*].b`, and `{must}` what the value must be."""

    code: str
    message: str


REFUSALS: Mapping[str, Refusal] = {
    # The description is generated from the validation of the service's own classes.
    "Microsoft.MachineLearningServices": Refusal(
        "ValidationError", "The request content was invalid: property '{path}' {must}."
    ),
    # Answers to storage accounts that public tests and issues show: keyPolicy.keyExpirationPeriodInDays,
    # networkAcls.ipRule[*].value.
    "Microsoft.Storage": Refusal(
        "InvalidValuesForRequestParameters", "Values for request parameters are invalid: {parameter}."
    ),
}
"""Namespace → how its service refuses values beyond the limits that it describes.

Other services refuse each in words of its own: there, the checks of the types say what is refused.
"""

TAKEN: Mapping[str, tuple[str, ...]] = {
    # Days count only while the policy is enabled; a retention of 0 days was seen to be taken.
    "Microsoft.Storage/storageAccounts/blobServices": (
        "/properties/containerDeleteRetentionPolicy/days",
        "/properties/deleteRetentionPolicy/days",
        "/properties/restorePolicy/days",
    ),
    "Microsoft.Storage/storageAccounts/fileServices": ("/properties/shareDeleteRetentionPolicy/days",),
}
"""ARM type → pointers of values that the service takes though its description excludes them, or judges by more."""

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
