"""Scalar functions by name: the kind of the result, how many arguments, and what is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from azkeep.emulator.kusto.kinds import Kind, as_bool, as_datetime, as_long, as_real, as_text, parsed


@dataclass(frozen=True)
class Function:
    """`kind` None: that of the first argument that has one. `most` -1: any number of arguments."""

    kind: Kind | None
    compute: Callable[..., Any]
    least: int = 1
    most: int = 1


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _split(text: Any, separator: Any, index: Any = None) -> list[str]:
    if _empty(separator):
        return [as_text(text)]
    parts = as_text(text).split(as_text(separator))
    if index is None:
        return parts
    position = as_long(index)
    return [parts[position]] if position is not None and 0 <= position < len(parts) else []


def _substring(text: Any, start: Any, length: Any = None) -> str:
    begin = max(as_long(start) or 0, 0)
    size = as_long(length)
    return as_text(text)[begin:] if size is None else as_text(text)[begin : begin + max(size, 0)]


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None


def _keys(value: Any) -> list[str] | None:
    return list(value) if isinstance(value, dict) else None


def _pack(*pairs: Any) -> dict[str, Any]:
    return {as_text(name): value for name, value in zip(pairs[::2], pairs[1::2], strict=False)}


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not _empty(value)), None)


def _case(*parts: Any) -> Any:
    for predicate, value in zip(parts[:-1:2], parts[1:-1:2], strict=False):
        if predicate is True:
            return value
    return parts[-1]


def _negated(value: Any) -> bool | None:
    known = as_bool(value)
    return None if known is None else not known


def _join(values: Any, separator: Any = ",") -> str | None:
    return as_text(separator).join(map(as_text, values)) if isinstance(values, list) else None


def _bin(value: Any, size: Any) -> Any:
    if isinstance(value, datetime) and isinstance(size, timedelta) and size > timedelta(0):
        seconds = size.total_seconds()
        return datetime.fromtimestamp(value.timestamp() // seconds * seconds, value.tzinfo)
    number, step = as_real(value), as_real(size)
    return None if number is None or not step else number // step * step


def _replace(text: Any, old: Any, new: Any) -> str:
    return as_text(text).replace(as_text(old), as_text(new)) if not _empty(old) else as_text(text)


_TO_LONG = Function("long", as_long)
_TO_REAL = Function("real", as_real)
_TO_JSON = Function("dynamic", parsed)
_IFF = Function(None, lambda predicate, yes, no: yes if predicate is True else no, 3, 3)

FUNCTIONS: Mapping[str, Function] = {
    "tolower": Function("string", lambda value: as_text(value).lower()),
    "toupper": Function("string", lambda value: as_text(value).upper()),
    "tostring": Function("string", as_text),
    "todatetime": Function("datetime", as_datetime),
    "toint": _TO_LONG,
    "tolong": _TO_LONG,
    "toreal": _TO_REAL,
    "todouble": _TO_REAL,
    "tobool": Function("bool", as_bool),
    "parse_json": _TO_JSON,
    "todynamic": _TO_JSON,
    "isempty": Function("bool", _empty),
    "isnotempty": Function("bool", lambda value: not _empty(value)),
    "notempty": Function("bool", lambda value: not _empty(value)),
    "isnull": Function("bool", lambda value: value is None),
    "isnotnull": Function("bool", lambda value: value is not None),
    "not": Function("bool", _negated),
    "strlen": Function("long", lambda value: len(as_text(value))),
    "strcat": Function("string", lambda *values: "".join(map(as_text, values)), 1, -1),
    "strcat_array": Function("string", _join, 1, 2),
    "split": Function("dynamic", _split, 2, 3),
    "substring": Function("string", _substring, 2, 3),
    "replace_string": Function("string", _replace, 3, 3),
    "iff": _IFF,
    "iif": _IFF,
    "case": Function(None, _case, 3, -1),
    "coalesce": Function(None, _coalesce, 2, -1),
    "array_length": Function("long", _length),
    "bag_keys": Function("dynamic", _keys),
    "pack": Function("dynamic", _pack, 0, -1),
    "bag_pack": Function("dynamic", _pack, 0, -1),
    "pack_array": Function("dynamic", lambda *values: list(values), 0, -1),
    "bin": Function(None, _bin, 2, 2),
}
CONDITION_FIRST = frozenset({"iff", "iif", "case"})
