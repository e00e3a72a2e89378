"""The language of template expressions: `[concat(parameters('name'), '-x')]`. Parsing and evaluation, no I/O.

Source: Azure Resource Manager, template syntax and expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<word>[A-Za-z_]\w*)|(?P<mark>[(),.\[\]?]))")


class TemplateError(Exception):
    """What is wrong with a template, in ARM's words."""


@dataclass(frozen=True)
class Literal:
    value: str | int


@dataclass(frozen=True)
class Call:
    """A function's name in lower case, and its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Member:
    """A property or an item of something."""

    target: Node
    key: Node


Node = Literal | Call | Member
Function = Callable[[tuple[Node, ...], Callable[[Node], Any]], Any]
"""Gets its arguments unevaluated, and how to evaluate one."""


def evaluated(value: Any, functions: Mapping[str, Function]) -> Any:
    """`value` with every expression in it replaced by its result. Raises TemplateError."""
    if isinstance(value, str):
        return _text(value, functions)
    if isinstance(value, Mapping):
        return {str(_text(key, functions)): evaluated(item, functions) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluated(item, functions) for item in value]
    return value


def _text(value: str, functions: Mapping[str, Function]) -> Any:
    if not (value.startswith("[") and value.endswith("]")):
        return value
    if value.startswith("[["):
        return value[1:]
    return result(parsed(value[1:-1]), functions)


def result(node: Node, functions: Mapping[str, Function]) -> Any:
    """What an expression gives."""

    def evaluate(inner: Node) -> Any:
        return result(inner, functions)

    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Member):
        return _member(evaluate(node.target), evaluate(node.key))
    found = functions.get(node.name) or (functions.get("list*") if node.name.startswith("list") else None)
    if found is None:
        raise TemplateError(f"The template function '{node.name}' is not valid.")
    if found is functions.get("list*"):
        return found((Literal(node.name), *node.arguments), evaluate)
    return found(node.arguments, evaluate)


def _member(target: Any, key: Any) -> Any:
    if isinstance(target, list) and isinstance(key, int) and 0 <= key < len(target):
        return target[key]
    if isinstance(target, Mapping):
        for name, value in target.items():
            if str(name).lower() == str(key).lower():
                return value
        raise TemplateError(
            f"The language expression property '{key}' doesn't exist, available properties are"
            f" '{', '.join(map(str, target))}'."
        )
    raise TemplateError(f"The language expression property '{key}' can't be evaluated.")


@lru_cache(maxsize=4096)
def parsed(text: str) -> Node:
    """The tree of an expression without its brackets. Raises TemplateError."""
    tokens = _tokens(text)
    node, rest = _expression(tokens, text)
    if rest:
        raise _invalid(text)
    return node


def _invalid(text: str) -> TemplateError:
    return TemplateError(f"The template language expression '{text}' is not valid.")


def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _invalid(text)
        found.append(match.group().strip())
        position = match.end()
    return tuple(found)


def _expression(tokens: tuple[str, ...], text: str) -> tuple[Node, tuple[str, ...]]:
    if not tokens:
        raise _invalid(text)
    node, rest = _primary(tokens, text)
    while rest and rest[0] in (".", "["):
        if rest[0] == "." and len(rest) > 1:
            node, rest = Member(node, Literal(rest[1])), rest[2:]
            continue
        key, rest = _expression(rest[1:], text)
        if not rest or rest[0] != "]":
            raise _invalid(text)
        node, rest = Member(node, key), rest[1:]
    return node, rest


def _primary(tokens: tuple[str, ...], text: str) -> tuple[Node, tuple[str, ...]]:
    first, rest = tokens[0], tokens[1:]
    if first.startswith("'"):
        return Literal(first[1:-1].replace("''", "'")), rest
    if first.lstrip("-").isdigit():
        return Literal(int(first)), rest
    if not rest or rest[0] != "(":
        raise _invalid(text)
    arguments: list[Node] = []
    rest = rest[1:]
    while rest and rest[0] != ")":
        node, rest = _expression(rest, text)
        arguments.append(node)
        if rest and rest[0] == ",":
            rest = rest[1:]
        elif not rest or rest[0] != ")":
            raise _invalid(text)
    if not rest:
        raise _invalid(text)
    return Call(first.lower(), tuple(arguments)), rest[1:]
