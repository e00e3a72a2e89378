"""Parts of a document carry an identity of their own: etag and type of a subnet in its network's list.

They move with every write and name what the item is anyway. Source: Network REST API, SubResource with etag and type.
"""

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType


def drop_identity_members(body: Body, type_: ResourceType | None) -> Body:
    """`body` without `etag`, and without `type` where an `id` says the same, in items of lists."""
    return {key: _drop(value, inside=False) for key, value in body.items()}


def _drop(value: Any, *, inside: bool) -> Any:
    if isinstance(value, list):
        return [_drop(item, inside=True) for item in value]
    if not isinstance(value, Mapping):
        return value
    gone = ({"etag", "type"} if "id" in value and "/" in str(value.get("type", "")) else {"etag"}) if inside else set()
    return {key: _drop(item, inside=False) for key, item in value.items() if key not in gone}
