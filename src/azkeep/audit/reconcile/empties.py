"""Absent, null, `{}`, `[]` and "" mean the same to ARM; which of them comes back depends on the provider's build.

Source: resource providers answer unset strings of a machine learning workspace as null, as "" or not at all, and unset
lists of networks as [] or not at all (REST API examples of workspaces and virtual networks).
"""

from typing import Any

from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType


def drop_empty(body: Body, type_: ResourceType | None) -> Body:
    """`body` without members that are empty, from the inside out; items of lists stay where they are."""
    kept = {key: _drop(value) for key, value in body.items() if key != "tags"}
    return {**{key: value for key, value in kept.items() if not is_empty(value)}, **_tags(body)}


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict | list | str) and not value)


def _tags(body: Body) -> dict[str, Any]:
    """Tags as they are: a tag may be empty."""
    return {"tags": body["tags"]} if body.get("tags") else {}


def _drop(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _drop(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if not is_empty(item)}
    if isinstance(value, list):
        return [_drop(item) for item in value]
    return value
