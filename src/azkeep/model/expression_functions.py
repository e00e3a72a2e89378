"""The functions of ARM's expressions that depend on nothing but their arguments.

Source: Azure Resource Manager, template functions. `guid` is the version 5 UUID that ARM makes; the hash behind
`uniqueString` is not published: here it is another one, of the same length and letters, and as stable.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_RANGE = 10_000
LONGEST_TEXT = 131_072
LONGEST_LIST = 32_768
"""Of what a function gives: Azure Policy, limits of policy rules."""
_GUIDS = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_UNIQUE = 13
_OVERFLOW = 2**63
_WHOLE = re.compile(r"[+-]?[0-9]+")
_PLACE = re.compile(r"\{\{|\}\}|\{(\d+)\}|[{}]")


class EvaluationFailed(Exception):
    """An expression that has no value; says why, in ARM's words where they are known."""


def boolean(value: Any, name: str) -> bool:
    """A truth value that the function `name` was given. Raises EvaluationFailed for anything else."""
    if isinstance(value, bool):
        return value
    raise EvaluationFailed(f"The arguments of the template language function '{name}' are not valid.")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else str(value)


def _key(value: Any) -> str:
    """The same text for equal values: with regard to case, and never for a number and a truth value."""
    return json.dumps(value, sort_keys=True)


def _position(item: Any, items: list[Any]) -> int:
    wanted = _key(item)
    return next((at for at, each in enumerate(items) if _key(each) == wanted), -1)


def _concat(*parts: Any) -> Any:
    if parts and all(isinstance(part, list) for part in parts):
        return _joined(parts)
    if any(isinstance(part, list | dict) for part in parts):
        raise TypeError("arrays are only concatenated with arrays")
    return _bounded("".join(map(_text, parts)))


def _joined(parts: tuple[list[Any], ...]) -> list[Any]:
    if sum(map(len, parts)) > LONGEST_LIST:
        raise EvaluationFailed(f"A function gives an array of more than {LONGEST_LIST} items.")
    return [item for part in parts for item in part]


def _bounded(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise EvaluationFailed(f"A function gives a text of {len(text)} characters; the limit is {LONGEST_TEXT}.")
    return text


def _contains(holder: Any, wanted: Any) -> bool:
    if isinstance(holder, str):
        return _text(wanted) in holder
    if isinstance(holder, Mapping):
        return _text(wanted).lower() in {str(name).lower() for name in holder}
    return _position(wanted, holder) >= 0


def _index_of(holder: Any, wanted: Any) -> int:
    return _position(wanted, holder) if isinstance(holder, list) else int(holder.lower().find(wanted.lower()))


def _last_index_of(holder: Any, wanted: Any) -> int:
    if isinstance(holder, list):
        found = _position(wanted, holder[::-1])
        return len(holder) - 1 - found if found >= 0 else -1
    return int(holder.lower().rfind(wanted.lower()))


def _end(at: int) -> Callable[[Any], Any]:
    def end(value: Any) -> Any:
        if len(value):
            return value[at]
        return "" if isinstance(value, str) else None

    return end


def _split(text: str, marks: str | list[str]) -> list[str]:
    found = [text]
    for mark in [marks] if isinstance(marks, str) else marks:
        found = [part for each in found for part in each.split(mark)]
    return found


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST_TEXT:
        raise EvaluationFailed(f"A function gives a text of more than {LONGEST_TEXT} characters.")
    return text.replace(old, new)


def _substring(text: str, start: int, length: int | None = None) -> str:
    end = len(text) if length is None else start + length
    if not 0 <= start <= end <= len(text):
        raise EvaluationFailed(f"the index of substring lies outside '{text}'")
    return text[start:end]


def _pad(value: str | int, width: int, mark: str = " ") -> str:
    if width > LONGEST_TEXT:
        raise EvaluationFailed(f"{width} is more than padLeft takes")
    return _text(value).rjust(width, mark)


def _format(text: str, *values: Any) -> str:
    def put(found: re.Match[str]) -> str:
        if found[1] is not None:
            return _text(values[int(found[1])])
        if len(found[0]) == 1:
            raise ValueError("a brace without its other, or a format of its own")
        return found[0][0]

    return _bounded(_PLACE.sub(put, text))


def _union(*parts: Any) -> Any:
    if all(isinstance(part, Mapping) for part in parts):
        found: dict[str, Any] = {}
        for name, value in (member for part in parts for member in part.items()):
            merged = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
            found[name] = _union(found[name], value) if merged else value
        return found
    if not all(isinstance(part, list) for part in parts):
        raise TypeError("arrays are united with arrays, objects with objects")
    seen: dict[str, Any] = {}
    for item in _joined(parts):
        seen.setdefault(_key(item), item)
    return list(seen.values())


def _intersection(first: Any, *others: Any) -> Any:
    if isinstance(first, Mapping):
        return {
            name: value
            for name, value in first.items()
            if all(name in other and _key(other[name]) == _key(value) for other in others)
        }
    common = [set(map(_key, other)) for other in others]
    return [item for item in first if all(_key(item) in each for each in common)]


def _create_object(*pairs: Any) -> dict[str, Any]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _items(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": value[name]} for name in sorted(value)]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise EvaluationFailed("The template language function 'json' expects valid JSON.") from None


def _bool(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    if isinstance(value, int):
        return bool(value)
    raise ValueError("neither true nor false")


def _range(start: int, count: int) -> list[int]:
    if count > LONGEST_RANGE:
        raise EvaluationFailed(f"{count} is more than range takes")
    return list(range(start, start + count))


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError("a whole number is expected")


def _int(value: Any) -> int:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("no whole number")
    return int(value)


def _of_integers(work: Callable[[int, int], int]) -> Callable[[Any, Any], int]:
    def calculate(first: Any, second: Any) -> int:
        found = work(_integer(first), _integer(second))
        if not -_OVERFLOW <= found < _OVERFLOW:
            raise OverflowError("more than 64 bits")
        return found

    return calculate


def _quotient(first: int, second: int) -> int:
    """Towards zero, whatever the signs."""
    found = abs(first) // abs(second)
    return found if (first < 0) == (second < 0) else -found


def _extreme(choose: Callable[..., int]) -> Callable[..., int]:
    return lambda *values: choose(map(_integer, values[0] if isinstance(values[0], list) else values))


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of two numbers or of two texts, where `A` comes behind `a`."""

    def order(value: Any) -> Any:
        return (value.lower(), value.swapcase()) if isinstance(value, str) else _integer(value)

    return lambda first, second: test(order(first), order(second))


def _unique_string(first: str, *others: str) -> str:
    """13 lower-case letters and digits, the same for the same parts."""
    digest = hashlib.sha256("-".join((first, *others)).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_UNIQUE]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "add": _of_integers(lambda first, second: first + second),
    "and": lambda first, *others: all(boolean(each, "and") for each in (first, *others)),
    "array": lambda value: value if isinstance(value, list) else [value],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64tojson": lambda text: _json(base64.b64decode(text, validate=True).decode()),
    "base64tostring": lambda text: base64.b64decode(text, validate=True).decode(),
    "bool": _bool,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": _concat,
    "contains": _contains,
    "createarray": lambda *values: list(values),
    "createobject": _create_object,
    "div": _of_integers(_quotient),
    "empty": lambda value: value is None or len(value) == 0,
    "endswith": lambda text, end: text.lower().endswith(end.lower()),
    "equals": lambda first, second: _key(first) == _key(second),
    "false": lambda: False,
    "first": _end(0),
    "format": _format,
    "greater": _compared(lambda first, second: first > second),
    "greaterorequals": _compared(lambda first, second: first >= second),
    "guid": lambda first, *others: str(uuid.uuid5(_GUIDS, "-".join((first, *others)))),
    "if": lambda test, yes, no: yes if boolean(test, "if") else no,
    "indexof": _index_of,
    "int": _int,
    "intersection": _intersection,
    "items": _items,
    "join": lambda items, mark: _bounded(mark.join(map(_text, items))),
    "json": _json,
    "last": _end(-1),
    "lastindexof": _last_index_of,
    "length": len,
    "less": _compared(lambda first, second: first < second),
    "lessorequals": _compared(lambda first, second: first <= second),
    "max": _extreme(max),
    "min": _extreme(min),
    "mod": _of_integers(lambda first, second: first - second * _quotient(first, second)),
    "mul": _of_integers(lambda first, second: first * second),
    "not": lambda value: not boolean(value, "not"),
    "null": lambda: None,
    "or": lambda first, *others: any(boolean(each, "or") for each in (first, *others)),
    "padleft": _pad,
    "range": _range,
    "replace": _replace,
    "skip": lambda value, count: value[max(_integer(count), 0) :],
    "split": _split,
    "startswith": lambda text, start: text.lower().startswith(start.lower()),
    "string": _text,
    "sub": _of_integers(lambda first, second: first - second),
    "substring": _substring,
    "take": lambda value, count: value[: max(_integer(count), 0)],
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "true": lambda: True,
    "union": _union,
    "uniquestring": _unique_string,
    "uri": lambda base, path: f"{base.rstrip('/')}/{path.lstrip('/')}",
}
"""Lower-case name → the function."""
