"""ARM's expressions: `[concat('a', parameters('b').c[0])]`, in templates and in the rules of Azure Policy. No I/O.

Source: Azure Resource Manager, template syntax and expressions; refusals as clients report them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from azkeep.model.expression_functions import FUNCTIONS, EvaluationFailed, boolean
from azkeep.model.value import spelling, texts

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<mark>[()\[\],.]))")
DEEPEST = 64
"""So deep may functions and indexes stand in each other: Azure Policy, limits of policy rules."""
_MISFITS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class ExpressionError(ValueError):
    """A text in brackets that is no expression; says where."""


@dataclass(frozen=True)
class Literal:
    value: str | int


@dataclass(frozen=True)
class Call:
    """A function, named as it was written, and its arguments."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Part:
    """What stands in a value below `keys`: members and items, the outermost first."""

    of: Expression
    keys: tuple[Expression, ...]


Expression = Literal | Call | Part
Scope = Mapping[str, Callable[..., Any]]
"""The functions that are known beside ARM's common ones, by lower-case name: `parameters`, `field` …

A name with a star at its end stands for all that begin so; that function gets the name first, as it was written.
"""


def is_expression(value: Any) -> bool:
    """True for a text in single brackets."""
    return _in_brackets(value) and not value.startswith("[[")


def _in_brackets(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("[") and value.endswith("]")


@lru_cache(maxsize=4096)
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
        case Part(of, keys):
            return functions_of(of).union(*(functions_of(each) for each in keys))
        case Literal():
            return frozenset()


def texts_of(value: Any) -> Iterator[str]:
    """Every expression in a value, brackets included."""
    return filter(is_expression, texts(value))


def resolved(value: Any, scope: Scope) -> Any:
    """`value` with every expression in it replaced by what it comes to; `[[…]` stands for `[…]`.

    Raises ExpressionError, EvaluationFailed, and what the functions of the scope raise on purpose.
    """
    if isinstance(value, Mapping):
        return {str(resolved(name, scope)): resolved(inner, scope) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, scope) for inner in value]
    if is_expression(value):
        return evaluated(parsed(value), scope)
    return value[1:] if _in_brackets(value) else value


def evaluated(expression: Expression, scope: Scope) -> Any:
    """The value of an expression; of `if`, `and` and `or` only the arguments are looked at that decide."""
    match expression:
        case Literal(value):
            return value
        case Part(of, keys):
            found = evaluated(of, scope)
            for key in keys:
                found = _part(found, evaluated(key, scope))
            return found
        case Call(name, arguments):
            values = (evaluated(each, scope) for each in arguments)
            match name.lower():
                case "if" if len(arguments) == 3:
                    return evaluated(arguments[1 if boolean(next(values), name) else 2], scope)
                case "and" if arguments:
                    return all(boolean(each, name) for each in values)
                case "or" if arguments:
                    return any(boolean(each, name) for each in values)
            return _called(_function(name, scope), name, tuple(values))


def _called(function: Callable[..., Any], name: str, values: tuple[Any, ...]) -> Any:
    try:
        return function(*values)
    except _MISFITS:
        raise EvaluationFailed(f"The arguments of the template language function '{name}' are not valid.") from None


def _function(name: str, scope: Scope) -> Callable[..., Any]:
    lowered = name.lower()
    found = scope.get(lowered) or FUNCTIONS.get(lowered)
    if found is not None:
        return found
    for start, family in scope.items():
        if start.endswith("*") and lowered.startswith(start[:-1]):
            return partial(family, name)
    raise EvaluationFailed(f"The template function '{name}' is not valid.")


def _part(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        return _member(value, str(key))
    if not isinstance(value, list) or not isinstance(key, int):
        raise EvaluationFailed(f"The language expression property '{key}' can't be evaluated.")
    if not 0 <= key < len(value):
        raise EvaluationFailed(f"The language expression property array index '{key}' is out of bounds.")
    return value[key]


def _member(value: Mapping[str, Any], key: str) -> Any:
    """The member of exactly that name, else of that name in another casing."""
    spelled = spelling(key, value)
    if spelled in value:
        return value[spelled]
    raise EvaluationFailed(
        f"The language expression property '{key}' doesn't exist, available properties are"
        f" '{', '.join(map(str, value))}'."
    )


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
        keys: list[Expression] = []
        while self._peek() in (".", "["):
            keys.append(self._key(depth))
        return Part(found, tuple(keys)) if keys else found

    def _key(self, depth: int) -> Expression:
        if self._take() == ".":
            return Literal(self._name())
        found = self.expression(depth + 1)
        self._expect("]")
        return found

    def _primary(self, depth: int) -> Expression:
        token = self._peek()
        if token.startswith("'"):
            return Literal(self._take()[1:-1].replace("''", "'"))
        if token.lstrip("-").isdecimal():
            return Literal(int(self._take()))
        name = self._name()
        self._expect("(")
        arguments: list[Expression] = []
        while self._peek() != ")":
            if arguments:
                self._expect(",")
            arguments.append(self.expression(depth + 1))
        self._expect(")")
        return Call(name, tuple(arguments))

    def _name(self) -> str:
        token = self._take()
        if not (token[0].isalpha() or token[0] == "_"):
            raise ExpressionError(f"'{token}' is out of place in '{self._text}'")
        return token

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
