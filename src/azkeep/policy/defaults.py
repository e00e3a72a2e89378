"""What the service fills in where a declaration is silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Body, spelling, split
from azkeep.types.resource_type import ResourceType


def with_defaults(type_: ResourceType, body: Body) -> Body:
    """`body` with the service's defaults of `type_` where nothing, or null, stands; what is not known is left alone."""
    filled: Any = body
    for pointer, value in type_.defaults.items():
        filled = _filled(filled, split(pointer), value)
    return filled  # type: ignore[no-any-return]


def _filled(body: Any, parts: tuple[str, ...], value: Any) -> Any:
    if not parts:
        return value if body is None else body
    head, rest = parts[0], parts[1:]
    if head == "*":
        if isinstance(body, list):
            return [_filled(item, rest, value) for item in body]
        return {key: _filled(item, rest, value) for key, item in body.items()} if isinstance(body, Mapping) else body
    if body is None and "*" not in rest:
        body = {}
    if not isinstance(body, Mapping):
        return body
    spelled = spelling(head, body)
    below = _filled(body.get(spelled), rest, value)
    return body if below is None or below is body.get(spelled) else {**body, spelled: below}
