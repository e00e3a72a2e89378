"""Tables and what operators make of them: columns with their kinds, and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


class Derived(Mapping[str, Any]):
    """A row with computed columns, each computed when it is asked for: most rows are never shown.

    Without `extended` it has nothing but these columns.
    """

    def __init__(self, source: Row, columns: Mapping[str, Scalar], *, extended: bool) -> None:
        self._source = source
        self._columns = columns
        self._extended = extended
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._known:
            return self._known[name]
        if name in self._columns:
            self._known[name] = self._columns[name].value(self._source)
            return self._known[name]
        if not self._extended:
            raise KeyError(name)
        return self._source[name]

    def __iter__(self) -> Iterator[str]:
        above = (name for name in self._source if name not in self._columns) if self._extended else ()
        yield from above
        yield from self._columns

    def __len__(self) -> int:
        return sum(1 for _ in self)
