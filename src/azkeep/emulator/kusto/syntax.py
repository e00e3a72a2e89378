"""What a query consists of, once it is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Constant:
    """A literal: text, number, truth, datetime, timedelta, null, or JSON of `dynamic(…)`."""

    value: Any


@dataclass(frozen=True)
class Column:
    name: str


@dataclass(frozen=True)
class Side:
    """`$left.name` or `$right.name` in the condition of a join."""

    side: Literal["left", "right"]
    name: str


@dataclass(frozen=True)
class Member:
    """`of.key` and `of[key]`."""

    of: Expression
    key: Expression


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Binary:
    """`operator` as written: `==`, `=~`, `contains`, `and`, `+`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Among:
    """`in`, `in~`, `!in`, `!in~`, `has_any` and `has_all`."""

    operator: str
    left: Expression
    options: tuple[Expression, ...]


@dataclass(frozen=True)
class Between:
    value: Expression
    low: Expression
    high: Expression
    negated: bool


@dataclass(frozen=True)
class Minus:
    of: Expression


@dataclass(frozen=True)
class Everything:
    """`*`, as in `arg_max(time, *)`."""


Expression = Constant | Column | Side | Member | Call | Binary | Among | Between | Minus | Everything


@dataclass(frozen=True)
class Named:
    """`name = expression`; without a name the expression gives it."""

    name: str | None
    value: Expression


@dataclass(frozen=True)
class Where:
    predicate: Expression


@dataclass(frozen=True)
class Project:
    items: tuple[Named, ...]


@dataclass(frozen=True)
class ProjectAway:
    names: tuple[str, ...]


@dataclass(frozen=True)
class ProjectRename:
    """(new name, old name)."""

    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Extend:
    items: tuple[Named, ...]


@dataclass(frozen=True)
class Key:
    value: Expression
    ascending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Order:
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Take:
    count: int


@dataclass(frozen=True)
class Count:
    pass


@dataclass(frozen=True)
class Distinct:
    items: tuple[Named, ...]


@dataclass(frozen=True)
class Summarize:
    aggregates: tuple[Named, ...]
    groups: tuple[Named, ...]


@dataclass(frozen=True)
class Expand:
    """`mv-expand name = value to typeof(kind)`; `kind` is None without a `to`."""

    item: Named
    kind: str | None
    limit: int | None


@dataclass(frozen=True)
class Join:
    """`on`: (left expression, right expression)."""

    kind: str
    right: Query
    on: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True)
class Union:
    queries: tuple[Query, ...]


Operator = (
    Where | Project | ProjectAway | ProjectRename | Extend | Order | Take | Count | Distinct | Summarize | Expand | Join
    | Union
)  # fmt: skip


@dataclass(frozen=True)
class Query:
    table: str
    operators: tuple[Operator, ...]
