"""Expressions in policy rules and templates: `[concat('a', parameters('b').c[0])]`.

Source: ARM template functions; "Azure Policy definition structure: policy functions" for those that a rule may use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from azkeep.types.azure_policy.functions import FUNCTIONS, EvaluationFailed

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<mark>[()\[\],.]))")
DEEPEST = 40


class ExpressionError(ValueError):
    """A text in brackets that is no expression, or one with a function that is not known; says which."""


@dataclass(frozen=True)
class Literal:
    value: Any


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Part:
    """A member or an item of a value."""

    of: Expression
    key: Expression


Expression = Literal | Call | Part
Scope = Mapping[str, Callable[..., Any]]
"""Functions that depend on where an expression stands, by lower-case name: `parameters`, `field` …"""


def is_expression(value: Any) -> bool:
    """True for a text in single brackets; `[[` stands for a bracket."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


@lru_cache(maxsize=1024)
def parsed(text: str) -> Expression:
    """The expression in a bracketed text. Raises ExpressionError."""
    reader = _Reader(text[1:-1])
    found = reader.expression(0)
    if reader.left():
        raise ExpressionError(f"'{text}' goes on after its end")
    return found


def functions_of(expression: Expression) -> frozenset[str]:
    """Lower-case names of all functions that an expression calls."""
    match expression:
        case Call(name, arguments):
            return frozenset({name.lower()}).union(*(functions_of(each) for each in arguments))
        case Part(of, key):
            return functions_of(of) | functions_of(key)
        case Literal():
            return frozenset()


def check(value: Any, extra: frozenset[str]) -> None:
    """Raises ExpressionError where a value, or a text in it, calls a function that is neither common nor `extra`."""
    if isinstance(value, Mapping):
        for inner in value.values():
            check(inner, extra)
    elif isinstance(value, list):
        for inner in value:
            check(inner, extra)
    elif is_expression(value):
        unknown = sorted(functions_of(parsed(value)) - extra - FUNCTIONS.keys())
        if unknown:
            raise ExpressionError(f"the function '{unknown[0]}' in '{value}' is not known")


def resolved(value: Any, scope: Scope) -> Any:
    """`value` with every expression in it replaced by what it comes to. Raises EvaluationFailed."""
    if isinstance(value, Mapping):
        return {name: resolved(inner, scope) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, scope) for inner in value]
    if is_expression(value):
        try:
            return evaluated(parsed(value), scope)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError) as error:
            raise EvaluationFailed(f"'{value}' cannot be evaluated: {error}") from None
    return value[1:] if isinstance(value, str) and value.startswith("[[") else value


def evaluated(expression: Expression, scope: Scope) -> Any:
    """The value of an expression. Raises what its functions raise."""
    match expression:
        case Literal(value):
            return value
        case Part(of, key):
            return _part(evaluated(of, scope), evaluated(key, scope))
        case Call(name, arguments) if name.lower() == "if":
            test, yes, no = arguments
            return evaluated(yes if evaluated(test, scope) else no, scope)
        case Call(name, arguments):
            function = scope.get(name.lower()) or FUNCTIONS.get(name.lower())
            if function is None:
                raise EvaluationFailed(f"the function '{name}' is not known here")
            return function(*(evaluated(each, scope) for each in arguments))


def _part(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(key, str):
        for name, inner in value.items():
            if name.lower() == key.lower():
                return inner
        raise KeyError(key)
    return value[key]


class _Reader:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._next = text, _tokens(text), 0

    def left(self) -> bool:
        return self._next < len(self._tokens)

    def expression(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise ExpressionError(f"'{self._text}' is nested too deeply")
        found = self._primary(depth)
        while self._peek() in (".", "["):
            if self._take() == ".":
                found = Part(found, Literal(self._take()))
            else:
                found = Part(found, self.expression(depth + 1))
                self._expect("]")
        return found

    def _primary(self, depth: int) -> Expression:
        token = self._take()
        if token.startswith("'"):
            return Literal(token[1:-1].replace("''", "'"))
        if token.lstrip("-").isdecimal():
            return Literal(int(token))
        if not (token[0].isalpha() or token[0] == "_"):
            raise ExpressionError(f"'{token}' is out of place in '{self._text}'")
        self._expect("(")
        arguments: list[Expression] = []
        while self._peek() != ")":
            if arguments:
                self._expect(",")
            arguments.append(self.expression(depth + 1))
        self._expect(")")
        return Call(token, tuple(arguments))

    def _peek(self) -> str:
        return self._tokens[self._next] if self.left() else ""

    def _take(self) -> str:
        if not self.left():
            raise ExpressionError(f"'{self._text}' ends too early")
        self._next += 1
        return self._tokens[self._next - 1]

    def _expect(self, mark: str) -> None:
        found = self._take()
        if found != mark:
            raise ExpressionError(f"'{found}' stands in '{self._text}' where '{mark}' must")


def _tokens(text: str) -> tuple[str, ...]:
    found, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"'{text}' cannot be read from '{text[position:][:20]}' on")
        found.append(match.group().strip())
        position = match.end()
    return tuple(found)
