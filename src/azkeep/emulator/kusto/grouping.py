"""`distinct` and `summarize`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from azkeep.emulator.kusto.aggregates import aggregate
from azkeep.emulator.kusto.errors import semantic
from azkeep.emulator.kusto.kinds import Kind, group_key
from azkeep.emulator.kusto.relation import Relation, computed
from azkeep.emulator.kusto.scalars import Row, Scalar
from azkeep.emulator.kusto.syntax import Column, Distinct, Everything, Named, Summarize


def _check_group(shown: str, kind: Kind) -> None:
    if kind == "dynamic":
        raise semantic(
            f"Summarize group key '{shown}' is of a 'dynamic' type. Please use an explicit cast as grouping by a"
            " 'dynamic' type is not supported."
        )


def _grouped(rows: Iterable[Row], groups: Mapping[str, Scalar]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = tuple(group_key(each.value(row)) for each in groups.values())
        found.setdefault(key, []).append(row)
    return found


def distinct(operator: Distinct, source: Relation, now: datetime) -> Relation:
    """The distinct rows of the chosen columns."""
    items = operator.items
    if isinstance(items[0].value, Everything):
        items = tuple(Named(None, Column(name)) for name in source.columns)
    groups = computed(items, source, now, set())
    for shown, each in groups.items():
        _check_group(shown, each.kind)
    columns = {name: each.kind for name, each in groups.items()}
    found = _grouped(source.rows, groups)
    return Relation(columns, [dict(zip(columns, key, strict=True)) for key in found])


def summarized(operator: Summarize, source: Relation, now: datetime) -> Relation:
    """One row for each group, in order of first appearance; without groups one row."""
    taken: set[str] = set()
    groups = computed(operator.groups, source, now, taken)
    for shown, each in groups.items():
        _check_group(shown, each.kind)
    parts = [aggregate(item, source.columns, now, taken) for item in operator.aggregates]
    columns: dict[str, Kind] = {name: each.kind for name, each in groups.items()}
    for part in parts:
        columns.update(part.columns)
    found = _grouped(source.rows, groups)
    if not groups and not found:
        found = {(): []}
    rows = [
        dict(zip(columns, (*key, *(value for part in parts for value in part.values(rows))), strict=True))
        for key, rows in found.items()
    ]
    return Relation(columns, rows)
