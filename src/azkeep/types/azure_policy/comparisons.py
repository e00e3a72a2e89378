"""Operators of conditions. Source: "Azure Policy definition structure: policy rule", conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from azkeep.model.expression_functions import EvaluationFailed


@dataclass(frozen=True)
class Operator:
    """`name` as ARM's refusals write it; `holds(value, target)`, where an absent value is None."""

    name: str
    holds: Callable[[Any, Any], bool]


def text_of(value: Any) -> str:
    """A JSON value as conditions write it: `true`, `12`, the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _equals(value: Any, target: Any) -> bool:
    if value is None:
        return target is None
    if isinstance(value, list | Mapping) or isinstance(target, list | Mapping):
        return bool(value == target)
    return text_of(value).lower() == text_of(target).lower()


@lru_cache(maxsize=512)
def _wildcard(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")) + r"\Z", re.IGNORECASE | re.DOTALL)


def _like(value: Any, target: Any) -> bool:
    if text_of(target).count("*") > 1:
        raise EvaluationFailed(f"'{target}' has more than one wildcard")
    return value is not None and _wildcard(text_of(target)).match(text_of(value)) is not None


@lru_cache(maxsize=512)
def _picture(pattern: str, flags: int) -> re.Pattern[str]:
    signs = {"#": "[0-9]", "?": "[A-Za-z]", ".": "."}
    return re.compile("".join(signs.get(each) or re.escape(each) for each in pattern) + r"\Z", flags | re.DOTALL)


def _match(value: Any, target: Any) -> bool:
    return value is not None and _picture(text_of(target), 0).match(text_of(value)) is not None


def _match_insensitively(value: Any, target: Any) -> bool:
    return value is not None and _picture(text_of(target), re.IGNORECASE).match(text_of(value)) is not None


def _contains(value: Any, target: Any) -> bool:
    if isinstance(value, list):
        return any(_equals(item, target) for item in value)
    return value is not None and text_of(target).lower() in text_of(value).lower()


def _in(value: Any, target: Any) -> bool:
    if not isinstance(target, list):
        raise EvaluationFailed(f"'{target}' is no list")
    return any(_equals(value, item) for item in target)


def _contains_key(value: Any, target: Any) -> bool:
    return isinstance(value, Mapping) and text_of(target).lower() in {str(name).lower() for name in value}


def _exists(value: Any, target: Any) -> bool:
    return (value is not None) == (text_of(target).lower() == "true")


def _ordered(first: Any, second: Any) -> tuple[Any, Any]:
    numbers = [each for each in (first, second) if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) == 2:
        return first, second
    if isinstance(first, str) and isinstance(second, str):
        return first.lower(), second.lower()
    raise EvaluationFailed(f"'{text_of(first)}' and '{text_of(second)}' cannot be compared")


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, target: value is not None and test(*_ordered(value, target))


def _not(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, target: not test(value, target)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": _equals,
    "NotEquals": _not(_equals),
    "Like": _like,
    "NotLike": _not(_like),
    "Match": _match,
    "NotMatch": _not(_match),
    "MatchInsensitively": _match_insensitively,
    "NotMatchInsensitively": _not(_match_insensitively),
    "Contains": _contains,
    "NotContains": _not(_contains),
    "In": _in,
    "NotIn": _not(_in),
    "ContainsKey": _contains_key,
    "NotContainsKey": _not(_contains_key),
    "Less": _compared(lambda value, target: value < target),
    "LessOrEquals": _compared(lambda value, target: value <= target),
    "Greater": _compared(lambda value, target: value > target),
    "GreaterOrEquals": _compared(lambda value, target: value >= target),
    "Exists": _exists,
}
OPERATORS: Mapping[str, Operator] = {name.lower(): Operator(name, test) for name, test in _TESTS.items()}
"""Lower-case name in a rule → the operator."""
