"""From parsed expressions to functions of one row, with the kind of their result.

Refused here, as Kusto refuses it: a column that is not there, a function that is unknown or gets too few arguments.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from azkeep.emulator.kusto.errors import not_known_here, semantic, unknown_function
from azkeep.emulator.kusto.functions import CONDITION_FIRST, FUNCTIONS, Function
from azkeep.emulator.kusto.kinds import Kind, as_real, as_text, equal, kind_of, ordered
from azkeep.emulator.kusto.syntax import (
    Among,
    Between,
    Binary,
    Call,
    Column,
    Constant,
    Everything,
    Expression,
    Member,
    Minus,
    Side,
)

Row = Mapping[str, Any]
Columns = Mapping[str, Kind]
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Scalar:
    """A computable expression. `fixed`: the same for every row."""

    kind: Kind
    value: Callable[[Row], Any]
    fixed: bool = False


def scalar(expression: Expression, columns: Columns, now: datetime) -> Scalar:
    """`expression` over rows with these columns. Raises QueryError."""
    match expression:
        case Constant(value):
            return Scalar(kind_of(value), lambda row: value, fixed=True)
        case Column(name):
            if name not in columns:
                raise semantic(f"Failed to resolve scalar expression named '{name}'")
            return Scalar(columns[name], lambda row: row.get(name))
        case Member(of, key):
            return _member(scalar(of, columns, now), scalar(key, columns, now))
        case Call(function, arguments):
            return _call(function, arguments, columns, now)
        case Binary(sign, left, right):
            return _binary(sign, scalar(left, columns, now), scalar(right, columns, now))
        case Among(sign, left, options):
            return _among(sign, scalar(left, columns, now), [scalar(each, columns, now) for each in options])
        case Between(value, low, high, negated):
            parts = (scalar(value, columns, now), scalar(low, columns, now), scalar(high, columns, now))
            return _between(*parts, negated=negated)
        case Minus(of):
            return _negative(scalar(of, columns, now))
        case Side() | Everything():
            raise semantic("'$left', '$right' and '*' stand in other places")


def _member(of: Scalar, key: Scalar) -> Scalar:
    def value(row: Row) -> Any:
        holder, name = of.value(row), key.value(row)
        if isinstance(holder, Mapping):
            return holder.get(as_text(name))
        if isinstance(holder, list) and isinstance(name, int) and -len(holder) <= name < len(holder):
            return holder[name]
        return None

    if of.kind != "dynamic":
        raise semantic(f"A value of kind '{of.kind}' has no members")
    return Scalar("dynamic", value)


def _call(name: str, arguments: tuple[Expression, ...], columns: Columns, now: datetime) -> Scalar:
    given = [scalar(each, columns, now) for each in arguments]
    if name in ("now", "ago"):
        return _moment(name, given, now)
    known = FUNCTIONS.get(name)
    if known is None:
        raise unknown_function(name)
    if len(given) < known.least or (known.most >= 0 and len(given) > known.most):
        raise semantic(f"{name}(): function expects {_expected(known)} argument(s)")
    compute = known.compute
    return Scalar(known.kind or _kind(name, given), lambda row: compute(*(each.value(row) for each in given)))


def _expected(function: Function) -> str:
    if function.most < 0:
        return f"at least {function.least}"
    return str(function.least) if function.least == function.most else f"{function.least} to {function.most}"


def _kind(name: str, given: list[Scalar]) -> Kind:
    """The common kind of the values that a function chooses from."""
    values = (given[1::2] if len(given) % 2 == 0 else [*given[1:-1:2], given[-1]]) if name in CONDITION_FIRST else given
    kinds = {each.kind for each in values}
    return values[0].kind if len(kinds) == 1 or name == "bin" else "dynamic"


def _moment(name: str, given: list[Scalar], now: datetime) -> Scalar:
    if name == "now" and not given:
        return Scalar("datetime", lambda row: now)
    if len(given) != 1 or given[0].kind != "timespan":
        raise semantic(f"{name}(): function expects a timespan such as 1d")
    span = given[0].value
    sign = -1 if name == "ago" else 1
    return Scalar("datetime", lambda row: _calculated(operator.add, now, sign * (span(row) or timedelta(0))))


def _calculated(sign: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """The result, null where there is none."""
    try:
        return sign(left, right)
    except (TypeError, ZeroDivisionError, OverflowError, ValueError):
        return None


def _binary(sign: str, left: Scalar, right: Scalar) -> Scalar:
    if sign in ("and", "or"):
        return _logical(sign, left, right)
    if sign in ("+", "-", "*", "/", "%"):
        return _arithmetic(sign, left, right)
    return Scalar("bool", _comparison(sign, left.value, right.value))


def _logical(sign: str, left: Scalar, right: Scalar) -> Scalar:
    first, second = left.value, right.value
    for each in (left, right):
        if each.kind not in ("bool", "dynamic"):
            raise semantic(f"'{sign}' takes values of kind 'bool', not '{each.kind}'")
    if sign == "and":
        return Scalar("bool", lambda row: first(row) is True and second(row) is True)
    return Scalar("bool", lambda row: first(row) is True or second(row) is True)


def _arithmetic(sign: str, left: Scalar, right: Scalar) -> Scalar:
    first, second = left.value, right.value
    compute = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "%": operator.mod,
    }[sign]
    kind = _result(sign, left.kind, right.kind)

    def value(row: Row) -> Any:
        one, other = first(row), second(row)
        if isinstance(one, str | bool) or isinstance(other, str | bool):
            one, other = as_real(one), as_real(other)
        found = _calculated(compute, one, other)
        return int(found) if kind == "long" and isinstance(found, float) else found

    return Scalar(kind, value)


def _result(sign: str, left: Kind, right: Kind) -> Kind:
    kinds = {left, right}
    if "string" in kinds or "bool" in kinds:
        raise semantic(f"'{sign}' does not take text or truth values; strcat() joins text")
    if kinds == {"datetime"}:
        return "timespan"
    for each in ("datetime", "timespan", "dynamic", "real"):
        if each in kinds:
            return each
    return "long"


def _negative(of: Scalar) -> Scalar:
    value = of.value
    return Scalar(of.kind, lambda row: _calculated(operator.mul, value(row), -1))


def _between(value: Scalar, low: Scalar, high: Scalar, *, negated: bool) -> Scalar:
    def holds(row: Row) -> bool:
        found = value.value(row)
        inside = ordered(found, low.value(row), operator.ge) and ordered(found, high.value(row), operator.le)
        return inside != negated

    return Scalar("bool", holds)


def _comparison(sign: str, left: Callable[[Row], Any], right: Callable[[Row], Any]) -> Callable[[Row], bool]:
    if sign in ORDERS:
        decide = ORDERS[sign]
        return lambda row: ordered(left(row), right(row), decide)
    if sign == "==":
        return lambda row: equal(left(row), right(row))
    if sign == "!=":
        return lambda row: not equal(left(row), right(row))
    if sign in ("=~", "!~"):
        wanted = sign == "=~"
        return lambda row: (as_text(left(row)).lower() == as_text(right(row)).lower()) is wanted
    test = text_test(sign)
    return lambda row: test(as_text(left(row)), as_text(right(row)))


def text_test(sign: str) -> Callable[[str, str], bool]:
    """The test behind `contains`, `!has_cs` and their like; without `_cs` case does not matter."""
    negated, word = sign.startswith("!"), sign.removeprefix("!")
    exact, word = word.endswith("_cs"), word.removesuffix("_cs")
    base: Callable[[str, str], bool] = {
        "contains": lambda text, part: part in text,
        "startswith": str.startswith,
        "endswith": str.endswith,
        "has": lambda text, part: _has(text, part, before=True, after=True),
        "hasprefix": lambda text, part: _has(text, part, before=True, after=False),
        "hassuffix": lambda text, part: _has(text, part, before=False, after=True),
    }[word]
    if exact:
        return lambda text, part: base(text, part) is not negated
    return lambda text, part: base(text.lower(), part.lower()) is not negated


def _has(text: str, part: str, *, before: bool, after: bool) -> bool:
    """True if `part` stands in `text` as a whole term: with no letter or digit beside it."""
    pattern = ("(?<![^\\W_])" if before else "") + re.escape(part) + ("(?![^\\W_])" if after else "")
    return re.search(pattern, text) is not None


def _among(sign: str, left: Scalar, options: list[Scalar]) -> Scalar:
    value = left.value
    if sign in ("has_any", "has_all"):
        gather, test = (any if sign == "has_any" else all), text_test("has")
        return Scalar(
            "bool", lambda row: gather(test(as_text(value(row)), as_text(each)) for each in _all(options, row))
        )
    negated, loose = sign.startswith("!"), sign.endswith("~")
    if any(each.kind not in ("string", "long", "real", "bool", "dynamic") for each in options):
        raise not_known_here(f"'{sign}' over points in time")

    texts = _texts(options, {}) if all(each.fixed for each in options) else None

    def holds(row: Row) -> bool:
        found = value(row)
        if loose:
            known = texts if texts is not None else _texts(options, row)
            return (as_text(found).lower() in known) is not negated
        return any(equal(found, each) for each in _all(options, row)) is not negated

    return Scalar("bool", holds)


def _texts(options: list[Scalar], row: Row) -> frozenset[str]:
    """The options as lower-case text."""
    return frozenset(as_text(each).lower() for each in _all(options, row))


def _all(options: list[Scalar], row: Row) -> list[Any]:
    """The options, a list among them taken apart."""
    found: list[Any] = []
    for each in options:
        value = each.value(row)
        found.extend(value) if isinstance(value, list) else found.append(value)
    return found
