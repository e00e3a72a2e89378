"""Microsoft.Network/applicationSecurityGroups. Source: Application Security Groups REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, SHORT_DELETE, SHORT_PUT, in_use, is_same
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write

MEMBERS = ("sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups", "applicationSecurityGroups")


def _complete(write: Write, estate: Estate) -> Body:
    return {**write.body, "properties": {"resourceGuid": write.guid("resourceGuid")}}


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    users = tuple(
        str(document["id"])
        for document in estate.referrers(id.text)
        for member in MEMBERS
        if any(is_same(each.get("id"), id.text) for each in get(document, f"/properties/{member}", None) or [])
    )
    return in_use(id, users, "InUseApplicationSecurityGroupCannotBeDeleted", "Application security group", "aka.ms/asg")


TYPE = ResourceType(
    arm_type="Microsoft.Network/applicationSecurityGroups",
    token="azure-native:network:ApplicationSecurityGroup",
    path=IN_RESOURCE_GROUP + "/applicationSecurityGroups/{applicationSecurityGroupName}",
    name=NAME,
    read_only=("/properties",),
    complete=_complete,
    blocks_delete=_blocks_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
)
