"""From text to tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from azkeep.emulator.kusto.errors import Place, parser_failure

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<verbatim>@"(?:[^"]|"")*"|@'(?:[^']|'')*')
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<datetime>datetime\s*\([^()]*\))
  | (?P<timespan>\d+(?:\.\d+)?(?:microseconds?|microsecond|ms|milliseconds?|days?|hours?|minutes?|seconds?|d|h|m|s)\b)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<word>!?in~|![a-z_]+|\$?[A-Za-z_]\w*)
  | (?P<symbol>==|!=|=~|!~|<=|>=|\.\.|[<>=|,()\[\]{}.+\-*/%:;])
    """,
    re.VERBOSE,
)
LARGEST = 2**63
LONGEST_NUMBER = 400
_UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "micro": 0.000_001}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@dataclass(frozen=True)
class Token:
    """`kind`: text, number, datetime, timespan, word, symbol or end; `value` of a literal."""

    kind: str
    text: str
    place: Place
    value: Any = None


def tokens(query: str) -> tuple[Token, ...]:
    """The tokens of a query, an `end` last. Raises QueryError at the first character that begins none."""
    return tuple(_tokens(query))


def _tokens(query: str) -> Iterator[Token]:
    position, line, begin = 0, 1, 0
    while position < len(query):
        found = _TOKEN.match(query, position)
        if found is None:
            raise parser_failure(Place(line, position - begin, query[position]), "a name, a literal or an operator")
        kind, text = str(found.lastgroup), found.group()
        place = Place(line, position - begin, text)
        position = found.end()
        if "\n" in text:
            line += text.count("\n")
            begin = position - len(text) + text.rindex("\n") + 1
        if kind != "space":
            yield Token("text" if kind == "verbatim" else kind, text, place, _value(kind, text, place))
    yield Token("end", "<EOF>", Place(line, position - begin, "<EOF>"))


def _value(kind: str, text: str, place: Place) -> Any:
    match kind:
        case "text":
            return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])
        case "verbatim":
            quote = text[1]
            return text[2:-1].replace(quote * 2, quote)
        case "number":
            return _parsed_number(text, place)
        case "timespan":
            return _span(text, place)
        case "datetime":
            moment = parsed_datetime(text[text.index("(") + 1 : -1].strip().strip("'\""))
            if moment is None:
                raise parser_failure(place, "a point in time such as datetime(2026-01-31)")
            return moment
    return None


def _parsed_number(text: str, place: Place) -> int | float:
    if len(text) > LONGEST_NUMBER:
        raise parser_failure(place, "a number that a long or a real can hold")
    value = int(text) if re.fullmatch(r"[0-9]+", text) else float(text)
    if not -LARGEST <= value < LARGEST and (isinstance(value, int) or math.isinf(value)):
        raise parser_failure(place, "a number that a long or a real can hold")
    return value


def _span(text: str, place: Place) -> timedelta:
    digits = re.match(r"[\d.]+", text)
    number = digits.group() if digits else "0"
    unit = text[len(number) :]
    known = next((each for each in ("micro", "ms", "milli") if unit.startswith(each)), unit[0])
    try:
        return timedelta(seconds=float(number) * _UNITS["ms" if known == "milli" else known])
    except OverflowError:
        raise parser_failure(place, "a timespan that a calendar can hold") from None


def parsed_datetime(text: str) -> datetime | None:
    """The moment that ISO 8601 text names, UTC where it names no zone; None for anything else."""
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())
    try:
        moment = datetime.fromisoformat(trimmed)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
