"""`join`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from azkeep.emulator.kusto.errors import semantic
from azkeep.emulator.kusto.naming import name_of, unique
from azkeep.emulator.kusto.relation import Relation
from azkeep.emulator.kusto.scalars import Row, Scalar, scalar
from azkeep.emulator.kusto.syntax import Expression, Join


def joined(operator: Join, left: Relation, right: Relation, now: datetime) -> Relation:
    """Rows of both sides with equal keys; columns of the right whose names are taken get a number."""
    ours = [_join_key(first, left, now) for first, _ in operator.on]
    theirs = [_join_key(second, right, now) for _, second in operator.on]
    taken = set(left.columns)
    names = {name: unique(name, taken) for name in right.columns}
    columns = {**left.columns, **{names[name]: kind for name, kind in right.columns.items()}}
    index: dict[tuple[Any, ...], list[Row]] = {}
    for row in right.rows:
        index.setdefault(tuple(each.value(row) for each in theirs), []).append(row)
    seen: set[tuple[Any, ...]] = set()
    rows: list[Row] = []
    for row in left.rows:
        key = tuple(each.value(row) for each in ours)
        if operator.kind == "innerunique" and key in seen:
            continue
        seen.add(key)
        others = index.get(key, []) or ([{}] if operator.kind == "leftouter" else [])
        rows.extend({**row, **{names[name]: other.get(name) for name in names}} for other in others)
    return Relation(columns, rows)


def _join_key(expression: Expression, source: Relation, now: datetime) -> Scalar:
    found = scalar(expression, source.columns, now)
    if found.kind == "dynamic":
        raise semantic(
            f"join key '{name_of(expression)}' is of a 'dynamic' type. Please use an explicit cast as join on a"
            " 'dynamic' type is not supported."
        )
    return found
