"""What Azure Policy's rules may call, and the functions that only they have.

Source: "Azure Policy definition structure: policy functions".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from azkeep.model.expression_functions import FUNCTIONS, EvaluationFailed
from azkeep.model.expressions import ExpressionError, functions_of, parsed, texts_of

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check(value: Any, extra: frozenset[str]) -> None:
    """Raises ExpressionError where a value, or a text in it, calls a function that is neither common nor `extra`."""
    for text in texts_of(value):
        unknown = sorted(functions_of(parsed(text)) - extra - FUNCTIONS.keys() - POLICY_FUNCTIONS.keys())
        if unknown:
            raise ExpressionError(f"the function '{unknown[0]}' in '{text}' is not known")


def _add_days(moment: str, days: int) -> str:
    found = datetime.fromisoformat(moment.replace("Z", "+00:00")) + timedelta(days=days)
    return found.isoformat().replace("+00:00", "Z")


def _range_contains(range_: str, target: str) -> bool:
    (first, last), (start, end) = _addresses(range_), _addresses(target)
    if first.version != start.version:
        raise EvaluationFailed(f"'{range_}' and '{target}' are of different families of addresses")
    return int(first) <= int(start) and int(end) <= int(last)


def _addresses(text: str) -> tuple[_Address, _Address]:
    """The first and the last address of an address, a CIDR range, or two addresses with a hyphen."""
    start, hyphen, end = text.partition("-")
    if not hyphen:
        network = ipaddress.ip_network(text.strip(), strict=False)
        return network[0], network[-1]
    first, last = ipaddress.ip_address(start.strip()), ipaddress.ip_address(end.strip())
    if first.version != last.version or int(first) > int(last):
        raise EvaluationFailed(f"the range of addresses '{text}' is empty")
    return first, last


POLICY_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"adddays": _add_days, "iprangecontains": _range_contains}
"""Lower-case name → the function, of those that depend on nothing but their arguments."""
