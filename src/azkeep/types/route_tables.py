"""Microsoft.Network/routeTables. Source: Route Tables REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    referring,
    shown,
    with_value,
)
from azkeep.types._routes import route_fault
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
POINTER = "/properties/routeTable/id"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for route in get(write.sent, "/properties/routes", None) or []:
        name = str(route.get("name", ""))
        fault = route_fault(f"{write.id}/routes/{name}", name, route)
        if fault is not None:
            return fault
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    return shown(body, "subnets", referring(estate, id.text, SUBNETS, POINTER))


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    if not referring(estate, id.text, SUBNETS, POINTER):
        return None
    text = f"Route table {id.name} is in use and cannot be deleted."
    return ArmFault(400, "InUseRouteTableCannotBeDeleted", text)


TYPE = ResourceType(
    arm_type="Microsoft.Network/routeTables",
    token="azure-native:network:RouteTable",
    path=IN_RESOURCE_GROUP + "/routeTables/{routeTableName}",
    maintained=("routes",),
    name=NAME,
    read_only=("/properties/resourceGuid", "/properties/subnets"),
    # Route Tables REST API, create example response.
    defaults={"/properties/routes": [], "/properties/disableBgpRoutePropagation": False},
    inline={"/properties/routes": "Microsoft.Network/routeTables/routes"},
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    volatile=("/etag", "/properties/routes/*/etag", "/properties/subnets"),
    unordered=("/properties/routes", "/properties/subnets"),
)
