"""Resource ids come back in other casing than they were sent. Source: ids are case-insensitive (ARM)."""

import re
from typing import Any

from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

ARM_ID = re.compile(r"^/?subscriptions/[0-9a-f-]{36}(/|$)", re.IGNORECASE)


def fold_ids(body: Body, type_: ResourceType | None) -> Body:
    """`body` with every resource id in lower case, as values and as names of members; other text is kept."""
    folded: Body = _fold(body)
    return folded


def _fold(value: Any) -> Any:
    if isinstance(value, dict):
        return {_fold(key): _fold(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_fold(item) for item in value]
    if isinstance(value, str) and ARM_ID.match(value):
        return value.lower()
    return value
