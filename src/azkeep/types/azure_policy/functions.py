"""Functions of ARM's expressions that depend on nothing but their arguments. Source: ARM template functions."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

# ARM's own limit of range; of padLeft, what a text of a rule may be long.
LONGEST = 10_000


class EvaluationFailed(Exception):
    """A rule that cannot be evaluated on a resource, which Azure Policy takes for a denial; says why."""


def text_of(value: Any) -> str:
    """A JSON value as conditions and `string` write it: `true`, `12`, the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _same(first: Any, second: Any) -> bool:
    return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)


def _concat(*parts: Any) -> Any:
    if parts and all(isinstance(part, list) for part in parts):
        return [item for part in parts for item in part]
    return "".join(text_of(part) for part in parts)


def _contains(container: Any, item: Any) -> bool:
    if isinstance(container, str):
        return text_of(item) in container
    if isinstance(container, Mapping):
        return text_of(item).lower() in {str(name).lower() for name in container}
    return any(_same(each, item) for each in container or ())


def _split(text: str, marks: str | list[str]) -> list[str]:
    found = [text]
    for mark in [marks] if isinstance(marks, str) else marks:
        found = [part for each in found for part in each.split(mark)]
    return found


def _substring(text: str, start: int, length: int | None = None) -> str:
    end = len(text) if length is None else start + length
    if not 0 <= start <= end <= len(text):
        raise EvaluationFailed(f"the index of substring lies outside '{text}'")
    return text[start:end]


def _union(*parts: Any) -> Any:
    if all(isinstance(part, Mapping) for part in parts):
        return {name: value for part in parts for name, value in part.items()}
    found: list[Any] = []
    for item in (item for part in parts for item in part):
        if not any(_same(item, each) for each in found):
            found.append(item)
    return found


def _intersection(first: Any, *others: Any) -> Any:
    return [item for item in first if all(any(_same(item, each) for each in other) for other in others)]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _int(value: Any) -> int:
    return int(value)


def _bool(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    if isinstance(value, int):
        return bool(value)
    raise EvaluationFailed(f"'{value}' is neither true nor false")


def _add_days(moment: str, days: int) -> str:
    found = datetime.fromisoformat(moment.replace("Z", "+00:00")) + timedelta(days=days)
    return found.isoformat().replace("+00:00", "Z")


def _range_contains(range_: str, target: str) -> bool:
    outer = ipaddress.ip_network(range_, strict=False)
    inner = ipaddress.ip_network(target, strict=False)
    return outer.version == inner.version and outer.supernet_of(inner)  # type: ignore[arg-type]


def _pad(value: Any, width: int, mark: str = " ") -> str:
    if width > LONGEST:
        raise EvaluationFailed(f"{width} is more than padLeft takes")
    return text_of(value).rjust(width, mark)


def _range(start: int, count: int) -> list[int]:
    if count > LONGEST:
        raise EvaluationFailed(f"{count} is more than range takes")
    return list(range(start, start + count))


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: choose(values[0]) if len(values) == 1 and isinstance(values[0], list) else choose(values)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "add": lambda first, second: first + second,
    "adddays": _add_days,
    "and": lambda *values: all(values),
    "array": lambda value: value if isinstance(value, list) else [value],
    "bool": _bool,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": _contains,
    "createarray": lambda *values: list(values),
    "div": lambda first, second: int(first / second),
    "empty": lambda value: value is None or len(value) == 0,
    "endswith": lambda text, end: text.lower().endswith(end.lower()),
    "equals": _same,
    "false": lambda: False,
    "first": lambda value: value[0] if value else ("" if isinstance(value, str) else None),
    "greater": lambda first, second: first > second,
    "greaterorequals": lambda first, second: first >= second,
    "if": lambda test, yes, no: yes if test else no,
    "indexof": lambda text, part: text.lower().find(part.lower()),
    "int": _int,
    "intersection": _intersection,
    "iprangecontains": _range_contains,
    "join": lambda items, mark: mark.join(text_of(item) for item in items),
    "last": lambda value: value[-1] if value else ("" if isinstance(value, str) else None),
    "lastindexof": lambda text, part: text.lower().rfind(part.lower()),
    "length": len,
    "less": lambda first, second: first < second,
    "lessorequals": lambda first, second: first <= second,
    "max": _extreme(max),
    "min": _extreme(min),
    "mod": lambda first, second: first % second,
    "mul": lambda first, second: first * second,
    "not": lambda value: not value,
    "null": lambda: None,
    "or": lambda *values: any(values),
    "padleft": _pad,
    "range": _range,
    "replace": lambda text, old, new: text.replace(old, new),
    "skip": lambda value, count: value[max(count, 0) :],
    "split": _split,
    "startswith": lambda text, start: text.lower().startswith(start.lower()),
    "string": text_of,
    "sub": lambda first, second: first - second,
    "substring": _substring,
    "take": lambda value, count: value[: max(count, 0)],
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "true": lambda: True,
    "union": _union,
}
"""Lower-case name → the function."""
