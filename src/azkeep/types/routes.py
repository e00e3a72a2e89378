"""Microsoft.Network/routeTables/routes. Source: Routes REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, SHORT_DELETE, SHORT_PUT, with_value
from azkeep.types._routes import route_fault
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    fault = route_fault(write.id.text, write.id.name, write.body)
    if fault is not None or write.id.parent is None or write.listed:
        return fault
    prefix = str(get(write.body, "/properties/addressPrefix")).lower()
    for other in estate.children(write.id.parent.text, "routes"):
        same = str(get(other, "/properties/addressPrefix", "")).lower() == prefix
        if same and str(other["name"]).lower() != write.id.name.lower():
            text = f"Route {write.id.name} conflicts with route {other['name']}: both have the address prefix {prefix}."
            return ArmFault(400, "RouteConflict", text)
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/hasBgpOverride", False)


TYPE = ResourceType(
    arm_type="Microsoft.Network/routeTables/routes",
    token="azure-native:network:Route",
    path=IN_RESOURCE_GROUP + "/routeTables/{routeTableName}/routes/{routeName}",
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    required=("/properties/addressPrefix", "/properties/nextHopType"),
    read_only=("/properties/hasBgpOverride",),
    check=_check,
    complete=_complete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    tracked=False,
    in_resource_graph=False,
)
