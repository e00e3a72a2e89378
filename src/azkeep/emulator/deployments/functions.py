"""Template functions that need nothing but their arguments.

Source: Azure Resource Manager, template functions. `guid` is the version 5 UUID that ARM makes; the hash behind
`uniqueString` is not published: here it is another one, of the same length and letters, and as stable.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from azkeep.emulator.deployments.expressions import Function, Node, TemplateError

_GUIDS = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_UNIQUE = 13


def _concat(*parts: Any) -> Any:
    if parts and isinstance(parts[0], list):
        return [item for part in parts for item in part]
    return "".join(_string(part) for part in parts)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else str(value)


def _same(left: Any, right: Any) -> bool:
    """Equality without regard to the case of text, and never between a number and a truth value."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise TemplateError("The template language function 'json' expects valid JSON.") from None


def _bool(value: Any) -> bool:
    return value.lower() in ("true", "1") if isinstance(value, str) else bool(value)


def _contains(holder: Any, wanted: Any) -> bool:
    if isinstance(holder, str):
        return str(wanted).lower() in holder.lower()
    return any(_same(each, wanted) for each in holder)


def _union(first: Any, *others: Any) -> Any:
    if isinstance(first, Mapping):
        found = dict(first)
        for other in others:
            found.update(other)
        return found
    return [*first, *(item for other in others for item in other if item not in first)]


def _format(text: str, *values: Any) -> str:
    for position, value in enumerate(values):
        text = text.replace("{" + str(position) + "}", _string(value))
    return text


def _create_object(*pairs: Any) -> dict[str, Any]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def unique_string(*parts: str) -> str:
    """13 lower-case letters and digits, the same for the same parts."""
    digest = hashlib.sha256("-".join(parts).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_UNIQUE]


_PLAIN: Mapping[str, Callable[..., Any]] = {
    "add": lambda left, right: left + right,
    "and": lambda *values: all(values),
    "array": lambda value: value if isinstance(value, list) else [value],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "bool": _bool,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": _concat,
    "contains": _contains,
    "createarray": lambda *values: list(values),
    "createobject": _create_object,
    "div": lambda left, right: int(left / right),
    "empty": lambda value: value in (None, "", [], {}),
    "endswith": lambda text, end: text.lower().endswith(end.lower()),
    "equals": _same,
    "false": lambda: False,
    "first": lambda value: value[0] if value else None,
    "format": _format,
    "greater": lambda left, right: left > right,
    "greaterorequals": lambda left, right: left >= right,
    "guid": lambda *parts: str(uuid.uuid5(_GUIDS, "-".join(parts))),
    "indexof": lambda text, part: text.lower().find(part.lower()),
    "int": int,
    "join": lambda items, mark: mark.join(map(_string, items)),
    "json": _json,
    "last": lambda value: value[-1] if value else None,
    "length": len,
    "less": lambda left, right: left < right,
    "lessorequals": lambda left, right: left <= right,
    "max": lambda *values: max(values[0] if isinstance(values[0], list) else values),
    "min": lambda *values: min(values[0] if isinstance(values[0], list) else values),
    "mod": lambda left, right: left % right,
    "mul": lambda left, right: left * right,
    "not": lambda value: not value,
    "null": lambda: None,
    "or": lambda *values: any(values),
    "range": lambda start, count: list(range(start, start + count)),
    "replace": lambda text, old, new: text.replace(old, new),
    "skip": lambda value, count: value[count:],
    "split": lambda text, mark: text.split(mark),
    "startswith": lambda text, start: text.lower().startswith(start.lower()),
    "string": _string,
    "sub": lambda left, right: left - right,
    "substring": lambda text, start, length=None: text[start:] if length is None else text[start : start + length],
    "take": lambda value, count: value[:count],
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "true": lambda: True,
    "union": _union,
    "uniquestring": unique_string,
    "uri": lambda base, path: f"{base.rstrip('/')}/{path.lstrip('/')}",
}


def plain() -> dict[str, Function]:
    """All of them, and `if`, which looks at one branch alone."""
    return {"if": _if, **{name: eager(name, work) for name, work in _PLAIN.items()}}


def eager(name: str, work: Callable[..., Any]) -> Function:
    """A function of evaluated arguments. What it cannot do with them is the template's fault."""

    def call(arguments: tuple[Node, ...], evaluate: Callable[[Node], Any]) -> Any:
        values = [evaluate(each) for each in arguments]
        try:
            return work(*values)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, ZeroDivisionError):
            raise TemplateError(f"The arguments of the template language function '{name}' are not valid.") from None

    return call


def _if(arguments: tuple[Node, ...], evaluate: Callable[[Node], Any]) -> Any:
    if len(arguments) != 3:
        raise TemplateError("The template language function 'if' expects three arguments.")
    return evaluate(arguments[1] if evaluate(arguments[0]) is True else arguments[2])
