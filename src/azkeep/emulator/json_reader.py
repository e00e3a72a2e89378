"""The JSON of a request, read as strictly as ARM reads it, and refused in its reader's words.

Sources: messages as observed of Azure Resource Manager, whose services share Json.NET; its MaxDepth is 64. NaN,
infinite numbers and lone surrogates, of which Json.NET takes some, are refused: no client could read them back.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from azkeep.errors import ArmFault

DEEPEST = 64
LARGEST = 2**63
SHOWN = 100
_TEXT = r'"(?:[^"\\]++|\\.)*+"?'
_TOKEN = re.compile(rf"(?P<text>{_TEXT})(?P<colon>\s*+:)?|[{{}}\[\],]", re.DOTALL)


class _Unreadable(Exception):
    """A value that JSON can write and ARM cannot read; holds it and what is said of it."""


def read(content: bytes) -> Any:
    """The JSON value in `content`, a byte order mark passed over. Raises ArmFault 400."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(f"The byte 0x{content[error.start]:02X} at index {error.start} is not of UTF-8.") from None
    _check_depth(text)
    try:
        found = json.loads(text, parse_constant=_constant, parse_int=_integer, parse_float=_number)
    except json.JSONDecodeError as error:
        raise refused(_problem(text, error.pos) + _place(text, error.pos)) from None
    except _Unreadable as error:
        value, problem = error.args
        raise refused(problem + _place(text, _outside_text(text, value))) from None
    if "\\u" in text:
        _check_surrogates(found)
    return found


def refused(problem: str) -> ArmFault:
    """400 for content that could not be read."""
    message = f"The request content was invalid and could not be deserialized: '{problem}'."
    return ArmFault(400, "InvalidRequestContent", message)


def _constant(name: str) -> Any:
    raise _Unreadable(name, f"Unexpected character encountered while parsing value: {name[0]}.")


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -LARGEST <= int(digits) < LARGEST:
        raise _Unreadable(digits, f"JSON integer {digits[:SHOWN]} is too large or small for an Int64.")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _Unreadable(digits, f"Input string '{digits[:SHOWN]}' is not a valid number.")
    return value


def _problem(text: str, position: int) -> str:
    if position >= len(text.rstrip()):
        return "Unexpected end when deserializing object."
    return f"Unexpected character encountered while parsing value: {text[position]}."


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= DEEPEST:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
        if depth > DEEPEST:
            problem = f"The reader's MaxDepth of {DEEPEST} has been exceeded."
            raise refused(problem + _place(text, token.start()))


def _check_surrogates(found: Any) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise refused("A string holds half of a surrogate pair.") from None


def _outside_text(text: str, value: str) -> int:
    """Where `value` stands, strings passed over."""
    outside = re.finditer(rf"{_TEXT}|{re.escape(value)}", text, re.DOTALL)
    return next((each.start() for each in outside if not each.group().startswith('"')), 0)


def _place(text: str, position: int) -> str:
    """` Path 'a.b[0]', line 1, position 7.`: lines count from 1, characters of the line up to the one at `position`."""
    before = text[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + (position < len(text))
    return f" Path '{_path(before)}', line {line}, position {column}."


def _path(before: str) -> str:
    """The path of the value that begins behind `before`, or that could not be read there."""
    holders: list[str | int] = []
    for token in _TOKEN.finditer(before):
        mark = token.group()
        if mark in ("{", "["):
            holders.append("" if mark == "{" else 0)
        elif mark in ("}", "]"):
            holders = holders[:-1]
        elif mark == "," and holders:
            holders[-1] = _next(holders[-1])
        elif holders and token["colon"]:
            holders[-1] = token["text"].strip('"')
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in holders if each != "").lstrip(".")


def _next(held: str | int) -> str | int:
    return held + 1 if isinstance(held, int) else ""
