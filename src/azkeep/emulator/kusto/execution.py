"""Running a parsed query over tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from azkeep.emulator.kusto import kinds
from azkeep.emulator.kusto.errors import not_known_here, semantic
from azkeep.emulator.kusto.grouping import distinct, summarized
from azkeep.emulator.kusto.joining import joined
from azkeep.emulator.kusto.kinds import Kind, sort_key
from azkeep.emulator.kusto.naming import name_of
from azkeep.emulator.kusto.relation import Derived, Relation, computed
from azkeep.emulator.kusto.scalars import Row, scalar
from azkeep.emulator.kusto.syntax import (
    Count,
    Distinct,
    Expand,
    Extend,
    Join,
    Operator,
    Order,
    Project,
    ProjectAway,
    ProjectRename,
    Query,
    Summarize,
    Take,
    Union,
    Where,
)

Tables = Callable[[str], Relation]
"""The relation with a lower-case name. Raises QueryError for a table that there is not."""


def run(query: Query, tables: Tables, now: datetime) -> Relation:
    """What the query gives. Raises QueryError."""
    found = tables(query.table.lower())
    for each in query.operators:
        found = _applied(each, found, tables, now)
    return Relation(found.columns, list(found.rows))


def _applied(operator: Operator, source: Relation, tables: Tables, now: datetime) -> Relation:
    if isinstance(operator, Join):
        return joined(operator, source, run(operator.right, tables, now), now)
    if isinstance(operator, Union):
        return _united([source, *(run(each, tables, now) for each in operator.queries)])
    return _SIMPLE[type(operator)](operator, source, now)


def _where(operator: Where, source: Relation, now: datetime) -> Relation:
    holds = scalar(operator.predicate, source.columns, now)
    if holds.kind not in ("bool", "dynamic"):
        raise semantic(f"where takes an expression of kind 'bool', not '{holds.kind}'")
    return Relation(source.columns, (row for row in source.rows if holds.value(row) is True))


def _taken(operator: Take, source: Relation, now: datetime) -> Relation:
    return Relation(source.columns, islice(source.rows, operator.count))


def _counted(operator: Count, source: Relation, now: datetime) -> Relation:
    return Relation({"Count": "long"}, [{"Count": sum(1 for _ in source.rows)}])


def _projected(operator: Project, source: Relation, now: datetime) -> Relation:
    found = computed(operator.items, source, now, set())
    columns = {name: each.kind for name, each in found.items()}
    return Relation(columns, (Derived(row, found, extended=False) for row in source.rows))


def _extended(operator: Extend, source: Relation, now: datetime) -> Relation:
    found = computed(operator.items, source, now, set(source.columns))
    columns = {**source.columns, **{name: each.kind for name, each in found.items()}}
    return Relation(columns, (Derived(row, found, extended=True) for row in source.rows))


def _known(name: str, source: Relation) -> None:
    if name not in source.columns:
        raise semantic(f"Failed to resolve column named '{name}'")


def _away(operator: ProjectAway, source: Relation, now: datetime) -> Relation:
    for name in operator.names:
        _known(name, source)
    columns = {name: kind for name, kind in source.columns.items() if name not in operator.names}
    return Relation(columns, ({name: row.get(name) for name in columns} for row in source.rows))


def _renamed(operator: ProjectRename, source: Relation, now: datetime) -> Relation:
    for _, old in operator.names:
        _known(old, source)
    new = {old: name for name, old in operator.names}
    columns = {new.get(name, name): kind for name, kind in source.columns.items()}
    return Relation(columns, ({new.get(name, name): value for name, value in row.items()} for row in source.rows))


def _sorted(operator: Order, source: Relation, now: datetime) -> Relation:
    rows = list(source.rows)
    for key in reversed(operator.keys):
        by = scalar(key.value, source.columns, now)
        if by.kind == "dynamic":
            raise semantic("order operator: key can't be of dynamic type")
        absent = [row for row in rows if by.value(row) is None]
        present = [row for row in rows if by.value(row) is not None]
        present.sort(key=lambda row, by=by: sort_key(by.value(row)), reverse=not key.ascending)  # type: ignore[misc]
        rows = [*absent, *present] if key.nulls_first else [*present, *absent]
    return Relation(source.columns, rows)


CASTS: Mapping[str, Callable[[Any], Any]] = {
    "string": kinds.as_text,
    "long": kinds.as_long,
    "int": kinds.as_long,
    "real": kinds.as_real,
    "bool": kinds.as_bool,
    "datetime": kinds.as_datetime,
    "dynamic": lambda value: value,
}


def _expanded(operator: Expand, source: Relation, now: datetime) -> Relation:
    value = scalar(operator.item.value, source.columns, now)
    if value.kind != "dynamic":
        raise semantic("mv-expand takes an expression of kind 'dynamic'")
    shown = operator.item.name or name_of(operator.item.value) or "Column1"
    kind = operator.kind or "dynamic"
    if kind not in CASTS:
        raise not_known_here(f"The kind '{kind}' of mv-expand")
    cast, most = CASTS[kind], operator.limit
    columns = {**source.columns, shown: "long" if kind == "int" else kind}

    def rows() -> Iterable[Row]:
        for row in source.rows:
            for item in _parts(value.value(row))[:most]:
                yield {**row, shown: cast(item)}

    return Relation(columns, rows())  # type: ignore[arg-type]


def _parts(value: Any) -> list[Any]:
    """What a value expands to: items of a list, members of an object each by itself, else the value alone."""
    if isinstance(value, list):
        return value or [None]
    if isinstance(value, dict):
        return [{name: inner} for name, inner in value.items()] or [None]
    return [value]


def _united(relations: list[Relation]) -> Relation:
    columns: dict[str, Kind] = {}
    for each in relations:
        for name, kind in each.columns.items():
            columns.setdefault(name, kind)
    rows = ({name: row.get(name) for name in columns} for each in relations for row in each.rows)
    return Relation(columns, rows)


_SIMPLE: Mapping[type, Callable[[Any, Relation, datetime], Relation]] = {
    Where: _where,
    Project: _projected,
    ProjectAway: _away,
    ProjectRename: _renamed,
    Extend: _extended,
    Order: _sorted,
    Take: _taken,
    Count: _counted,
    Distinct: distinct,
    Summarize: summarized,
    Expand: _expanded,
}
