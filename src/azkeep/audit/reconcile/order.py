"""Lists whose order means nothing, as the type lists them, put into one order."""

import json

from azkeep.audit.recording import expand
from azkeep.model.value import Body, get, put
from azkeep.types.resource_type import ResourceType


def sort_sets(body: Body, type_: ResourceType | None) -> Body:
    """`body` with its unordered lists sorted by `id`, else `name`, else their JSON text."""
    for pointer in type_.unordered if type_ else ():
        for found in expand(body, pointer):
            items = get(body, found)
            if isinstance(items, list):
                body = put(body, found, sorted(items, key=_sort_key))
    return body


def _sort_key(item: object) -> str:
    if isinstance(item, dict):
        return str(item.get("id") or item.get("name") or json.dumps(item, sort_keys=True))
    return json.dumps(item)
