"""Tables and what operators make of them: columns with their kinds, and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azkeep.emulator.kusto.kinds import Kind
from azkeep.emulator.kusto.naming import name_of, unique
from azkeep.emulator.kusto.scalars import Row, Scalar, scalar
from azkeep.emulator.kusto.syntax import Named


@dataclass(frozen=True)
class Relation:
    """Columns with their kinds, in order, and rows."""

    columns: Mapping[str, Kind]
    rows: Iterable[Row]


def computed(items: tuple[Named, ...], source: Relation, now: datetime, taken: set[str]) -> dict[str, Scalar]:
    """Name of the column → how it is computed; names that the query does not give stay clear of `taken`."""
    found: dict[str, Scalar] = {}
    for item in items:
        own = name_of(item.value)
        shown = item.name or unique(own or f"Column{len(found) + 1}", taken)
        found[shown] = scalar(item.value, source.columns, now)
    return found


def values(row: Row, columns: Mapping[str, Scalar]) -> dict[str, Any]:
    """The computed columns of one row."""
    return {name: each.value(row) for name, each in columns.items()}
