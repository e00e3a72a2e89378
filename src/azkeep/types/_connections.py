"""Private endpoint connections as their target shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import children_in
from azkeep.types.write import Estate

KIND = "privateEndpointConnections"
POINTER = "/properties/privateEndpointConnections"


def connections(id: ArmId, estate: Estate) -> list[dict[str, Any]]:
    """The connections of target `id`, in order of creation."""
    return children_in(id, KIND, estate)


def with_connections(id: ArmId, body: Body, estate: Estate) -> Body:
    """`body` with its list of private endpoint connections, empty if there are none."""
    shown: Mapping[str, Any] = put(body, POINTER, connections(id, estate))
    return shown


STATE = "/properties/privateLinkServiceConnectionState"


def in_storage_words(connection: Body) -> Body:
    """`connection` as storage accounts show it: they alone say `actionRequired`."""
    state = dict(get(connection, STATE) or {})
    state.setdefault("actionRequired", state.pop("actionsRequired", "None"))
    shown: Body = put(connection, STATE, state)
    return shown


def approved(id: ArmId, estate: Estate) -> bool:
    """True if at least one private endpoint is connected and approved."""
    return any(_status(connection) == "approved" for connection in connections(id, estate))


def _status(connection: Body) -> str:
    state = connection.get("properties", {}).get("privateLinkServiceConnectionState", {})
    return str(state.get("status", "")).lower()
