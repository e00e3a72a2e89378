"""Kinds of values, and how values of different kinds are compared and converted.

Null equals nothing and orders with nothing. A dynamic value is compared as what it holds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from azkeep.emulator.json_reader import read
from azkeep.emulator.kusto.tokens import parsed_datetime
from azkeep.errors import ArmFault

Kind = Literal["string", "long", "real", "bool", "datetime", "timespan", "dynamic"]
TYPES: dict[type, Kind] = {
    bool: "bool",
    str: "string",
    int: "long",
    float: "real",
    datetime: "datetime",
    timedelta: "timespan",
}


def kind_of(value: Any) -> Kind:
    """The kind of a constant."""
    return TYPES.get(type(value), "dynamic")


def as_text(value: Any) -> str:
    """What `tostring` gives; empty for null."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case datetime():
            return shown_datetime(value)
        case timedelta():
            return shown_span(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def shown_datetime(value: datetime) -> str:
    """`2026-01-31T12:00:00.0000000Z`, with Kusto's seven digits."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def shown_span(value: timedelta) -> str:
    """`1.02:03:04`, days and fraction only where there are any."""
    whole, sign = abs(value), "-" if value < timedelta(0) else ""
    minutes, seconds = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days = f"{whole.days}." if whole.days else ""
    fraction = f".{whole.microseconds:06d}0" if whole.microseconds else ""
    return f"{sign}{days}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def as_datetime(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return parsed_datetime(value) if isinstance(value, str) else None


def as_long(value: Any) -> int | None:
    number = as_real(value)
    return None if number is None or math.isinf(number) or math.isnan(number) else int(number)


def as_real(value: Any) -> float | None:
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def as_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower())


def parsed(value: Any) -> Any:
    """What `parse_json` gives: JSON text as its value, other text as itself."""
    if not isinstance(value, str):
        return value
    try:
        return read(value.encode())
    except (ArmFault, UnicodeEncodeError):
        return value


def equal(left: Any, right: Any) -> bool:
    """True for equal values; numbers compare across kinds, a datetime or span also with its text."""
    if left is None or right is None:
        return False
    if isinstance(left, bool) != isinstance(right, bool):
        return as_bool(left) == as_bool(right) if isinstance(left, str) or isinstance(right, str) else False
    return ordered(left, right, lambda first, second: bool(first == second))


def ordered(left: Any, right: Any, decide: Callable[[Any, Any], bool]) -> bool:
    """`decide` on the two values brought to one kind; False where that cannot be."""
    if left is None or right is None:
        return False
    if isinstance(left, datetime) or isinstance(right, datetime):
        left, right = as_datetime(left), as_datetime(right)
    elif isinstance(left, int | float) != isinstance(right, int | float):
        left, right = as_real(left), as_real(right)
    if left is None or right is None:
        return False
    try:
        return decide(left, right)
    except TypeError:
        return False


def sort_key(value: Any) -> tuple[int, Any]:
    """A key that orders values of any kind, one kind after another."""
    if isinstance(value, bool | int | float):
        return (0, float(value))
    if isinstance(value, datetime):
        return (1, value.timestamp())
    if isinstance(value, timedelta):
        return (1, value.total_seconds())
    return (2, as_text(value))


def group_key(value: Any) -> Any:
    """A hashable stand-in for a value: equal values have equal keys, text is case-sensitive."""
    return as_text(value) if isinstance(value, dict | list) else value
