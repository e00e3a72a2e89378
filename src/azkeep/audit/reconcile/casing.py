"""Resource ids and GUIDs come back in other casing than they were sent.

Source: resource names and ids are case-insensitive (Azure Resource Manager, resource-name-rules); RFC 9562, UUIDs are
read in any case.
"""

import re
from typing import Any

from azkeep.model.ids import GUID
from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

ARM_ID = re.compile(r"^/?(subscriptions/[0-9a-f-]{36}(/|$)|providers/[a-z]+\.[a-z.]+/)", re.IGNORECASE)


def fold_ids(body: Body, type_: ResourceType | None) -> Body:
    """`body` with every id and GUID in lower case, as values and as names of members; other text is kept."""
    return {key: value if key == "tags" else _fold(value) for key, value in body.items()}


def _fold(value: Any) -> Any:
    if isinstance(value, dict):
        return {_fold(key): _fold(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_fold(item) for item in value]
    if not isinstance(value, str):
        return value
    if ARM_ID.match(value):
        return "/" + "/".join(part for part in value.lower().split("/") if part)
    return value.lower() if GUID.fullmatch(value) else value
