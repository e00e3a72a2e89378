"""Aggregations of `summarize`, each a function of the rows of one group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azkeep.emulator.kusto.errors import semantic, unknown_function
from azkeep.emulator.kusto.kinds import Kind, group_key, sort_key
from azkeep.emulator.kusto.naming import name_of, unique
from azkeep.emulator.kusto.scalars import Columns, Row, Scalar, scalar
from azkeep.emulator.kusto.syntax import Call, Column, Everything, Expression, Named

Rows = Sequence[Row]


@dataclass(frozen=True)
class Aggregate:
    """One aggregation: the columns it gives, and their values for the rows of a group."""

    columns: Mapping[str, Kind]
    values: Callable[[Rows], tuple[Any, ...]]


def aggregate(item: Named, columns: Columns, now: datetime, taken: set[str]) -> Aggregate:
    """The aggregation in `item`. Raises QueryError for anything but a call of a known one."""
    if not isinstance(item.value, Call):
        raise semantic("summarize takes aggregations such as count() or max(name)")
    name, arguments = item.value.function, item.value.arguments
    if name in ("arg_max", "arg_min"):
        return _extreme(name, arguments, columns, now, taken)
    known = _AGGREGATES.get(name)
    if known is None:
        raise unknown_function(name)
    least, compute, kind, prefix = known
    if len(arguments) != least:
        raise semantic(f"{name}(): function expects {least} argument(s)")
    given = [scalar(each, columns, now) for each in arguments]
    inner = name_of(arguments[0]) if arguments and least else None
    shown = unique(item.name or f"{prefix}_{inner or ''}", taken)
    value = given[0] if given else Scalar("bool", lambda row: True)
    result = kind or value.kind
    return Aggregate({shown: result}, lambda rows: (compute([value.value(row) for row in rows]),))


def _extreme(
    name: str, arguments: tuple[Expression, ...], columns: Columns, now: datetime, taken: set[str]
) -> Aggregate:
    """`arg_max(by, …)`: the columns of the row with the greatest (least) value; rows without a value do not count."""
    if len(arguments) < 2:
        raise semantic(f"{name}(): function expects at least 2 arguments")
    by = scalar(arguments[0], columns, now)
    chosen: dict[str, Scalar] = {unique(name_of(arguments[0]) or "Column1", taken): by}
    for each in arguments[1:]:
        names = [Column(column) for column in columns] if isinstance(each, Everything) else [each]
        for one in names:
            shown = name_of(one) or "Column1"
            if shown not in taken:
                chosen[unique(shown, taken)] = scalar(one, columns, now)
    pick = max if name == "arg_max" else min

    def values(rows: Rows) -> tuple[Any, ...]:
        counted = [row for row in rows if by.value(row) is not None]
        if not counted:
            return tuple(None for _ in chosen)
        best = pick(counted, key=lambda row: sort_key(by.value(row)))
        return tuple(each.value(best) for each in chosen.values())

    return Aggregate({shown: each.kind for shown, each in chosen.items()}, values)


def _present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _numbers(values: list[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


def _distinct(values: list[Any]) -> list[Any]:
    return list({group_key(value): value for value in _present(values)}.values())


def _average(values: list[Any]) -> float | None:
    numbers = _numbers(values)
    return sum(numbers) / len(numbers) if numbers else None


def _first(values: list[Any]) -> Any:
    return next(iter(_present(values)), None)


_AGGREGATES: Mapping[str, tuple[int, Callable[[list[Any]], Any], Kind | None, str]] = {
    "count": (0, len, "long", "count"),
    "countif": (1, lambda values: sum(value is True for value in values), "long", "countif"),
    "dcount": (1, lambda values: len(_distinct(values)), "long", "dcount"),
    "sum": (1, lambda values: sum(_numbers(values)), None, "sum"),
    "avg": (1, _average, "real", "avg"),
    "min": (1, lambda values: min(_present(values), key=sort_key, default=None), None, "min"),
    "max": (1, lambda values: max(_present(values), key=sort_key, default=None), None, "max"),
    "make_list": (1, _present, "dynamic", "list"),
    "make_set": (1, _distinct, "dynamic", "set"),
    "any": (1, _first, None, "any"),
    "take_any": (1, _first, None, "any"),
}
