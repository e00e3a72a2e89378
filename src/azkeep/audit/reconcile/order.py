"""Lists of plain values whose order means nothing, as the type lists them, put into one order.

Items that have names are matched by them and stay where they are, so that pointers keep their indexes.
"""

import json

from azkeep.audit.recording import expand
from azkeep.model.value import Body, get, put
from azkeep.types.resource_type import ResourceType


def sort_sets(body: Body, type_: ResourceType | None) -> Body:
    """`body` with its unordered lists of nameless items sorted by their JSON text."""
    for pointer in type_.unordered if type_ else ():
        for found in expand(body, pointer):
            items = get(body, found)
            if isinstance(items, list) and not any(_has_name(item) for item in items):
                body = put(body, found, sorted(items, key=lambda item: json.dumps(item, sort_keys=True)))
    return body


def _has_name(item: object) -> bool:
    return isinstance(item, dict) and bool(item.get("name") or item.get("id"))
