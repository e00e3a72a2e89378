"""The `$filter` grammar that ARM's own lists take: comparisons joined by `and` and `or`.

Points in time may stand unquoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_$][\w./$-]*)|(?P<moment>\d{4}-\d\d-[\w:.+-]+)|(?P<mark>[(),]))"
)
OPERATORS = frozenset({"eq", "ne", "ge", "gt", "le", "lt"})


class FilterError(ValueError):
    """The filter is not of the grammar; its text says where."""


@dataclass(frozen=True)
class Comparison:
    """`name operator 'value'`; a call such as `substringof('x', name)` has the function as its operator.

    A call without a name, such as `atScope()`, has the empty name.
    """

    name: str
    operator: str
    value: str


def parse_filter(text: str) -> tuple[Comparison, ...]:
    """The comparisons, all of which must hold. Raises FilterError for anything else, so for `or`."""
    alternatives = parse_alternatives(text)
    if len(alternatives) > 1:
        raise FilterError("expected 'and' before or")
    return alternatives[0]


def parse_alternatives(text: str) -> tuple[tuple[Comparison, ...], ...]:
    """Groups of comparisons: all of one group must hold, of any one. Raises FilterError."""
    tokens = _tokens(text)
    found: list[tuple[Comparison, ...]] = []
    group: list[Comparison] = []
    while True:
        comparison, tokens = _comparison(tokens)
        group.append(comparison)
        if not tokens:
            return (*found, tuple(group))
        if tokens[0].lower() not in ("and", "or"):
            raise FilterError(f"expected 'and' before {tokens[0]}")
        if tokens[0].lower() == "or":
            found.append(tuple(group))
            group = []
        tokens = tokens[1:]


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FilterError(f"unexpected character '{text[position:].lstrip()[:1]}' at position {position}")
        found.append(match.group().strip())
        position = match.end()
    return found


def _comparison(tokens: list[str]) -> tuple[Comparison, list[str]]:
    if len(tokens) < 3:
        raise FilterError("the filter ends too early")
    name, operator, value = tokens[:3]
    if not name[0].isalpha():
        raise FilterError(f"expected a name before {name}")
    if operator == "(":
        return _call(tokens)
    if operator.lower() not in OPERATORS:
        raise FilterError(f"unknown operator '{operator}'")
    return Comparison(name, operator.lower(), _unquoted(value)), tokens[3:]


def _call(tokens: list[str]) -> tuple[Comparison, list[str]]:
    if ")" not in tokens:
        raise FilterError(f"the call of '{tokens[0]}' is not closed")
    end = tokens.index(")")
    inner = tokens[2:end]
    arguments = inner[::2]
    if any(each != "," for each in inner[1::2]) or len(inner) not in (0, 1, 3):
        raise FilterError(f"'{tokens[0]}' does not take these arguments")
    names = [each for each in arguments if not each.startswith("'")]
    values = [_unquoted(each) for each in arguments if each.startswith("'")]
    call = Comparison(names[0] if names else "", tokens[0].lower(), values[0] if values else "")
    return call, tokens[end + 1 :]


def _unquoted(text: str) -> str:
    if text[0].isdigit():
        return text
    if not text.startswith("'"):
        raise FilterError(f"expected a quoted value, found {text}")
    return text[1:-1].replace("''", "'")
