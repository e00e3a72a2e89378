"""Children that a resource's own document shows: judged as resources of their own, and not twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep import types
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put

CONNECTIONS = "/properties/privateEndpointConnections"


def without_children(id: str, body: Body, apart: frozenset[str]) -> Body:
    """`body` without the children whose ids, in lower case, are in `apart`."""
    if not apart:
        return body
    kept = _without_items(body, f"{ArmId.parse(id).key}/", apart)
    type_ = types.by_arm_type(ArmId.parse(id).type)
    for pointer, kind in type_.mirrors.items() if type_ else ():
        named = get(kept, pointer)
        if isinstance(named, Mapping):
            below = f"{ArmId.parse(id).key}/{kind.rsplit('/', 1)[-1].lower()}/"
            left = {name: item for name, item in named.items() if below + str(name).lower() not in apart}
            kept = put(kept, pointer, left)
    return kept


def without_connections(body: Body, gone: frozenset[str]) -> Body:
    """`body` without the connections of private endpoints whose ids, in lower case, are in `gone`: that these went too
    is told of the endpoint."""
    items = get(body, CONNECTIONS)
    if not gone or not isinstance(items, list):
        return body
    endpoints = [str(get(item, "/properties/privateEndpoint/id") or "").lower() for item in items]
    kept: Body = put(body, CONNECTIONS, [item for item, id in zip(items, endpoints, strict=True) if id not in gone])
    return kept


def shown_children(id: str, body: Body) -> frozenset[str]:
    """Ids, in lower case, of all children that `body` shows, with their own id or by their names."""
    own = ArmId.parse(id).key
    found = set(_ids(body.get("properties"), f"{own}/"))
    type_ = types.by_arm_type(ArmId.parse(id).type)
    for pointer, kind in type_.mirrors.items() if type_ else ():
        named = get(body, pointer)
        if isinstance(named, Mapping):
            found.update(f"{own}/{kind.rsplit('/', 1)[-1].lower()}/{str(name).lower()}" for name in named)
    return frozenset(found)


def declared_children(id: str, declared: Body) -> frozenset[str]:
    """Ids, in lower case, of the children that the program declares inside their parent."""
    type_ = types.by_arm_type(ArmId.parse(id).type)
    found: set[str] = set()
    if type_ is None:
        return frozenset()
    own = ArmId.parse(id).key
    for pointer, kind in (*type_.inline.items(), *type_.mirrors.items()):
        items = get(declared, pointer)
        names = list(items) if isinstance(items, Mapping) else [_name(item) for item in items or ()]
        found.update(f"{own}/{kind.rsplit('/', 1)[-1].lower()}/{str(name).lower()}" for name in names if name)
    return frozenset(found)


def _name(item: Any) -> str:
    return str(item.get("name") or "") if isinstance(item, Mapping) else ""


def _without_items(body: Body, prefix: str, apart: frozenset[str]) -> Body:
    properties = body.get("properties")
    if not isinstance(properties, Mapping):
        return body
    return {**body, "properties": {name: _kept(value, prefix, apart) for name, value in properties.items()}}


def _kept(value: Any, prefix: str, apart: frozenset[str]) -> Any:
    if not isinstance(value, list):
        return value
    return [item for item in value if _child_key(item, prefix) not in apart]


def _ids(properties: Any, prefix: str) -> list[str]:
    lists = [value for value in properties.values() if isinstance(value, list)] if properties else []
    return [key for items in lists for item in items if (key := _child_key(item, prefix))]


def _child_key(item: Any, prefix: str) -> str:
    """The item's id in lower case if it is one of a child resource, else "": parts of a resource have ids too."""
    id = str(item.get("id") or "").lower() if isinstance(item, Mapping) else ""
    return id if id.startswith(prefix) and types.by_arm_type(_type_of(id)) else ""


def _type_of(id: str) -> str:
    try:
        return ArmId.parse(id).type
    except ValueError:
        return ""
