"""Absent, null, `{}` and `[]` mean the same to ARM; which of them comes back depends on the provider's build."""

from typing import Any

from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType


def drop_empty(body: Body, type_: ResourceType | None) -> Body:
    """`body` without members that are null or empty, from the inside out."""
    return {key: _drop(value) for key, value in body.items() if not _is_empty(_drop(value))}


def _drop(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _drop(item) for key, item in value.items() if not _is_empty(_drop(item))}
    if isinstance(value, list):
        return [_drop(item) for item in value]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict | list) and not value)
