"""Parsing of a query: a table, and operators behind pipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from azkeep.emulator.kusto.errors import QueryError, not_known_here, parser_failure
from azkeep.emulator.kusto.expressions import DEEPEST, Cursor, expression
from azkeep.emulator.kusto.syntax import (
    Column,
    Count,
    Distinct,
    Everything,
    Expand,
    Expression,
    Extend,
    Join,
    Key,
    Named,
    Operator,
    Order,
    Project,
    ProjectAway,
    ProjectRename,
    Query,
    Side,
    Summarize,
    Take,
    Union,
    Where,
)
from azkeep.emulator.kusto.tokens import tokens

LONGEST = 65_536
JOINS = ("inner", "innerunique", "leftouter")


def parse(query: str) -> Query:
    """The query in `query`. Raises QueryError with the place of what is wrong."""
    if len(query) > LONGEST:
        raise QueryError("QueryTooComplex", f"The query is longer than {LONGEST} characters")
    cursor = Cursor(tokens(query))
    found = _query(cursor)
    cursor.accept(";")
    if cursor.next.kind != "end":
        raise cursor.failure("'|' or the end of the query")
    return found


def _query(cursor: Cursor) -> Query:
    table = cursor.name()
    operators: list[Operator] = []
    while cursor.accept("|"):
        operators.extend(_operator(cursor))
    return Query(table, tuple(operators))


def _operator(cursor: Cursor) -> tuple[Operator, ...]:
    place = cursor.next.place
    if cursor.next.kind != "word":
        raise cursor.failure("an operator")
    word = cursor.take().text
    if word in ("project", "mv") and cursor.at("-"):
        cursor.take()
        word = f"{word}-{cursor.name()}"
    if word == "top":
        return _top(cursor)
    known = _OPERATORS.get(word)
    if known is None:
        failure = not_known_here(f"The operator '{word}'")
        raise QueryError(failure.code, failure.message, place)
    return (known(cursor),)


def _top(cursor: Cursor) -> tuple[Operator, ...]:
    count = _number(cursor)
    cursor.expect("by")
    return Order(_keys(cursor)), Take(count)


def _number(cursor: Cursor) -> int:
    token = cursor.take()
    if token.kind != "number" or not isinstance(token.value, int):
        raise parser_failure(token.place, "a whole number")
    return token.value


def _take(cursor: Cursor) -> Take:
    return Take(_number(cursor))


def _count(cursor: Cursor) -> Count:
    return Count()


def _where(cursor: Cursor) -> Where:
    return Where(expression(cursor))


def _named(cursor: Cursor) -> Named:
    """`expression` or `name = expression`."""
    start = cursor.position
    found = expression(cursor)
    if isinstance(found, Column) and cursor.accept("="):
        return Named(found.name, expression(cursor))
    if cursor.at("="):
        cursor.position = start
        raise cursor.failure("a name before '='")
    return Named(None, found)


def _items(cursor: Cursor) -> tuple[Named, ...]:
    found = [_named(cursor)]
    while cursor.accept(","):
        found.append(_named(cursor))
    return tuple(found)


def _project(cursor: Cursor) -> Project:
    return Project(_items(cursor))


def _extend(cursor: Cursor) -> Extend:
    return Extend(_items(cursor))


def _away(cursor: Cursor) -> ProjectAway:
    names = [cursor.name()]
    while cursor.accept(","):
        names.append(cursor.name())
    return ProjectAway(tuple(names))


def _rename(cursor: Cursor) -> ProjectRename:
    found: list[tuple[str, str]] = []
    while not found or cursor.accept(","):
        new = cursor.name()
        cursor.expect("=")
        found.append((new, cursor.name()))
    return ProjectRename(tuple(found))


def _order(cursor: Cursor) -> Order:
    cursor.expect("by")
    return Order(_keys(cursor))


def _keys(cursor: Cursor) -> tuple[Key, ...]:
    """Keys of a sort; the default is descending, and null is the smallest value."""
    found: list[Key] = []
    while not found or cursor.accept(","):
        value = expression(cursor)
        ascending = cursor.accept("asc", "desc") == "asc"
        nulls_first = ascending
        if cursor.accept("nulls"):
            nulls_first = cursor.expect("first", "last") == "first"
        found.append(Key(value, ascending, nulls_first))
    return tuple(found)


def _distinct(cursor: Cursor) -> Distinct:
    if cursor.accept("*"):
        return Distinct((Named(None, Everything()),))
    return Distinct(_items(cursor))


def _summarize(cursor: Cursor) -> Summarize:
    aggregates = () if cursor.at("by") else _items(cursor)
    groups = _items(cursor) if cursor.accept("by") else ()
    return Summarize(aggregates, groups)


def _expand(cursor: Cursor) -> Expand:
    if cursor.at("bagexpansion", "with_itemindex", "kind"):
        raise not_known_here(f"'{cursor.next.text}' of mv-expand")
    item = _named(cursor)
    kind = None
    if cursor.accept("to"):
        cursor.expect("typeof")
        cursor.expect("(")
        kind = cursor.name()
        cursor.expect(")")
    if cursor.at(","):
        raise not_known_here("mv-expand of several columns at once")
    return Expand(item, kind, _number(cursor) if cursor.accept("limit") else None)


def _nested(cursor: Cursor) -> Query:
    """A query in parentheses, or the bare name of a table."""
    if not cursor.accept("("):
        return Query(cursor.name(), ())
    cursor.depth += 1
    if cursor.depth > DEEPEST:
        raise QueryError("QueryTooComplex", "The query is nested too deeply", cursor.next.place)
    found = _query(cursor)
    cursor.depth -= 1
    cursor.expect(")")
    return found


def _join(cursor: Cursor) -> Join:
    kind = "innerunique"
    if cursor.accept("kind"):
        cursor.expect("=")
        kind = cursor.name()
        if kind not in JOINS:
            raise not_known_here(f"The join kind '{kind}'")
    right = _nested(cursor)
    cursor.expect("on")
    conditions = [_condition(cursor)]
    while cursor.accept(","):
        conditions.append(_condition(cursor))
    return Join(kind, right, tuple(conditions))


def _condition(cursor: Cursor) -> tuple[Expression, Expression]:
    """`name`, or `$left.name == $right.other` in either order."""
    place = cursor.next.place
    if cursor.next.text not in ("$left", "$right"):
        name = cursor.name()
        return Column(name), Column(name)
    first = expression(cursor)
    sides = (first.left, first.right) if getattr(first, "operator", "") == "==" else ()  # type: ignore[union-attr]
    named = {each.side: Column(each.name) for each in sides if isinstance(each, Side)}
    if set(named) != {"left", "right"}:
        raise parser_failure(place, "$left.column == $right.column")
    return named["left"], named["right"]


def _union(cursor: Cursor) -> Union:
    found = [_nested(cursor)]
    while cursor.accept(","):
        found.append(_nested(cursor))
    return Union(tuple(found))


_OPERATORS: Mapping[str, Callable[[Cursor], Operator]] = {
    "where": _where,
    "filter": _where,
    "project": _project,
    "project-away": _away,
    "project-rename": _rename,
    "extend": _extend,
    "order": _order,
    "sort": _order,
    "take": _take,
    "limit": _take,
    "count": _count,
    "distinct": _distinct,
    "summarize": _summarize,
    "mv-expand": _expand,
    "join": _join,
    "union": _union,
}
