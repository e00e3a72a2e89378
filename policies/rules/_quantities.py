"""Amounts of processor and memory as Kubernetes writes them.

Source: Kubernetes API reference, Quantity.
"""

from __future__ import annotations

import re

from azkeep.policy import NOT_APPLICABLE, Node, Truth

_QUANTITY = re.compile(r"(?P<number>\d+(?:\.\d*)?|\.\d+)(?P<suffix>[EPTGM]i|[Kk]i|[EPTGMkm]|[eE][+-]?\d+)?")
_DECIMAL = {"m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = {unit: 1024.0**power for power, unit in enumerate(("ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)}


def quantity(text: str) -> float:
    """The number that `text`, such as `500m` or `2Gi`, stands for. Raises ValueError for what is no quantity."""
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a quantity: {text}")
    number, suffix = float(found["number"]), found["suffix"] or ""
    if suffix[:1] in ("e", "E") and suffix[1:].lstrip("+-").isdigit():
        return float(f"{found['number']}e{suffix[1:]}")
    return number * {**_DECIMAL, **_BINARY, "Ki": 1024.0}[suffix]


def fits(request: Node, limit: Node) -> Truth:
    """`request` is at most `limit`; NOT_APPLICABLE where one is missing."""
    if request.is_missing or limit.is_missing:
        return NOT_APPLICABLE
    highest = limit.satisfies(lambda text: quantity(text) >= 0)
    return highest & request.satisfies(lambda text: quantity(text) <= quantity(limit.text))
