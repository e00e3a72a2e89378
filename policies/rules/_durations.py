"""Spans of time as ARM writes them (ISO 8601)."""

from __future__ import annotations

import re

from azkeep.policy import Node, Truth

_UNITS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile(
    rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?",
    re.IGNORECASE,
)


def seconds(text: str) -> float:
    """The length of an ISO 8601 duration without months and years. Raises ValueError for anything else."""
    found = _DURATION.fullmatch(text.strip())
    given = {} if found is None else {unit: part for unit, part in found.groupdict().items() if part is not None}
    if not given:
        raise ValueError(f"{text!r} is no duration such as PT15M")
    return sum(float(part) * _UNITS[unit] for unit, part in given.items())


def lasts(node: Node, *, at_least: float = 0, at_most: float, missing: bool = False) -> Truth:
    """The duration at `node` lies between two numbers of seconds, both included; what is no duration is WRONG."""
    return node.satisfies(lambda text: at_least <= seconds(text) <= at_most, missing=missing)
