"""Parsing of scalar expressions by recursive descent, loosest operator first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.kusto.errors import QueryError, not_known_here, parser_failure
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
from azkeep.emulator.kusto.tokens import Token

DEEPEST = 40
COMPARISONS = frozenset({"==", "!=", "=~", "!~", "<", "<=", ">", ">="})
TEXT_OPERATORS = frozenset(
    f"{negation}{word}{case}"
    for negation in ("", "!")
    for word in ("contains", "startswith", "endswith", "has", "hasprefix", "hassuffix")
    for case in ("", "_cs")
)
LIST_OPERATORS = frozenset({"in", "in~", "!in", "!in~", "has_any", "has_all"})
CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass
class Cursor:
    """A place in the tokens of one query."""

    tokens: tuple[Token, ...]
    position: int = 0
    depth: int = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.next
        if token.kind != "end":
            self.position += 1
        return token

    def at(self, *texts: str) -> bool:
        """True if the next token is one of these words or symbols."""
        return self.next.kind in ("word", "symbol") and self.next.text in texts

    def accept(self, *texts: str) -> str | None:
        """The text of the next token, taken, if it is one of these."""
        return self.take().text if self.at(*texts) else None

    def expect(self, *texts: str) -> str:
        if not self.at(*texts):
            raise self.failure(" or ".join(f"'{text}'" for text in texts))
        return self.take().text

    def name(self) -> str:
        """A plain name, or one in brackets: `['odd name']`."""
        if self.at("["):
            self.take()
            quoted = self.take()
            if quoted.kind != "text":
                raise parser_failure(quoted.place, "a quoted name")
            self.expect("]")
            return str(quoted.value)
        if self.next.kind != "word" or not self.next.text.replace("_", "a").isalnum():
            raise self.failure("a name")
        return self.take().text

    def failure(self, expected: str) -> QueryError:
        return parser_failure(self.next.place, expected)


def expression(cursor: Cursor) -> Expression:
    """The longest expression from here. Raises QueryError, also for one that is nested beyond reason."""
    cursor.depth += 1
    if cursor.depth > DEEPEST:
        raise QueryError("QueryTooComplex", "The query is nested too deeply", cursor.next.place)
    found = _chain(cursor, ("or",), lambda inner: _chain(inner, ("and",), _comparison))
    cursor.depth -= 1
    return found


def expressions(cursor: Cursor, closing: str) -> tuple[Expression, ...]:
    """Expressions between commas up to `closing`, which is taken."""
    found: list[Expression] = []
    while not cursor.at(closing):
        found.append(Everything() if cursor.accept("*") else expression(cursor))
        if not cursor.at(closing):
            cursor.expect(",")
    cursor.take()
    return tuple(found)


def _chain(cursor: Cursor, operators: tuple[str, ...], part: Callable[[Cursor], Expression]) -> Expression:
    left = part(cursor)
    while True:
        operator = cursor.accept(*operators)
        if operator is None:
            return left
        left = Binary(operator, left, part(cursor))


def _comparison(cursor: Cursor) -> Expression:
    left = _sum(cursor)
    text = cursor.next.text
    if cursor.next.kind not in ("word", "symbol"):
        return left
    if text in COMPARISONS or text in TEXT_OPERATORS:
        cursor.take()
        return Binary(text, left, _sum(cursor))
    if text in LIST_OPERATORS:
        cursor.take()
        cursor.expect("(")
        return Among(text, left, expressions(cursor, ")"))
    if text in ("between", "!between"):
        return _between(cursor, left)
    if text in ("matches", "like") or text.startswith("!"):
        raise not_known_here(f"The operator '{text}'")
    return left


def _between(cursor: Cursor, value: Expression) -> Expression:
    negated = cursor.take().text.startswith("!")
    cursor.expect("(")
    low = _sum(cursor)
    cursor.expect("..")
    high = _sum(cursor)
    cursor.expect(")")
    return Between(value, low, high, negated)


def _sum(cursor: Cursor) -> Expression:
    return _chain(cursor, ("+", "-"), lambda inner: _chain(inner, ("*", "/", "%"), _unary))


def _unary(cursor: Cursor) -> Expression:
    if not cursor.accept("-"):
        return _postfix(cursor)
    cursor.depth += 1
    if cursor.depth > DEEPEST:
        raise QueryError("QueryTooComplex", "The query is nested too deeply", cursor.next.place)
    found = Minus(_unary(cursor))
    cursor.depth -= 1
    return found


def _postfix(cursor: Cursor) -> Expression:
    found = _primary(cursor)
    while True:
        if cursor.accept("."):
            key: Expression = Constant(cursor.name())
        elif cursor.accept("["):
            key = expression(cursor)
            cursor.expect("]")
        else:
            return found
        found = Member(found, key)


def _primary(cursor: Cursor) -> Expression:
    token = cursor.next
    if token.kind in ("text", "number", "datetime", "timespan"):
        return Constant(cursor.take().value)
    if cursor.accept("("):
        inner = expression(cursor)
        cursor.expect(")")
        return inner
    if token.kind == "symbol" and token.text == "[":
        return Column(cursor.name())
    if token.kind != "word" or token.text.startswith("!"):
        raise cursor.failure("an expression")
    return _word(cursor)


def _word(cursor: Cursor) -> Expression:
    word = cursor.take().text
    if word in CONSTANTS:
        return Constant(CONSTANTS[word])
    if word in ("$left", "$right"):
        cursor.expect(".")
        return Side("left" if word == "$left" else "right", cursor.name())
    if word == "dynamic" and cursor.accept("("):
        found = Constant(_json(cursor))
        cursor.expect(")")
        return found
    if cursor.accept("("):
        return Call(word, expressions(cursor, ")"))
    return Column(word)


def _json(cursor: Cursor) -> Any:
    """The JSON value that stands in `dynamic(…)`."""
    token = cursor.take()
    if token.kind in ("text", "number"):
        return token.value
    if token.text in CONSTANTS:
        return CONSTANTS[token.text]
    if token.text == "-" and cursor.next.kind == "number":
        return -cursor.take().value
    cursor.depth += 1
    if token.text not in ("[", "{") or cursor.depth > DEEPEST:
        raise parser_failure(token.place, "a JSON value")
    found = _list(cursor) if token.text == "[" else _object(cursor)
    cursor.depth -= 1
    return found


def _list(cursor: Cursor) -> list[Any]:
    found: list[Any] = []
    while not cursor.accept("]"):
        found.append(_json(cursor))
        if not cursor.at("]"):
            cursor.expect(",")
    return found


def _object(cursor: Cursor) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not cursor.accept("}"):
        name = cursor.take()
        if name.kind != "text":
            raise parser_failure(name.place, "a quoted name")
        cursor.expect(":")
        found[str(name.value)] = _json(cursor)
        if not cursor.at("}"):
            cursor.expect(",")
    return found
