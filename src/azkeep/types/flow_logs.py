"""Microsoft.Network/networkWatchers/flowLogs. Source: Flow Logs REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._network import (
    CLASSES,
    FLOW_LOGS,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_PUT,
    SILENT_DELETE,
    TARGET,
    is_same,
    same_place,
    with_value,
)
from azkeep.types.resource_type import Link, LinkedAccess, ResourceType
from azkeep.types.write import Estate, Write

ANALYTICS = "/properties/flowAnalyticsConfiguration/networkWatcherFlowAnalyticsConfiguration"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    target = str(get(write.body, TARGET))
    if write.is_create and "/networksecuritygroups/" in target.lower():
        # nsg-flow-logs-overview: none can be made since 30 June 2025, while virtual networks' own take their place.
        text = (
            "On September 30, 2027, Network Security Group (NSG) flow logs will be retired. As part of this retirement,"
            " creation of new NSG flow logs is blocked starting June 30, 2025. We recommend migrating to virtual"
            " network flow logs."
        )
        return ArmFault(400, "NsgFlowLogCreationBlocked", text)
    for other in estate.of_type(FLOW_LOGS):
        if is_same(get(other, TARGET), target) and not is_same(other["id"], write.id.text):
            text = f"Flow log {other['id']} already exists for target resource {target}."
            return ArmFault(400, "FlowLogAlreadyExistsForTargetResource", text)
    location = (estate.get(target) or {}).get("location")
    if not same_place(location, write.body.get("location")):
        text = f"Flow log {write.id} must be in the region {location} of its target resource {target}."
        return ArmFault(400, "FlowLogAndTargetResourceMustBeInSameRegion", text)
    return None


def _complete(write: Write, estate: Estate) -> Body:
    target = estate.get(str(get(write.body, TARGET))) or {}
    guid = get(target, "/properties/resourceGuid")
    return with_value(write.body, "/properties/targetResourceGuid", guid) if guid else write.body


TYPE = ResourceType(
    arm_type=FLOW_LOGS,
    token="azure-native:network:FlowLog",
    path=IN_RESOURCE_GROUP + "/networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
    autoname="copy",
    name=NAME,
    required=(TARGET, "/properties/storageId"),
    # "Azure role-based access control permissions required to use Network Watcher": flow logs, traffic analytics.
    linked=(
        *(
            LinkedAccess("/properties/storageId", f"Microsoft.Storage/storageAccounts/{verb}/action")
            for verb in ("listServiceSas", "listAccountSas", "listKeys")
        ),
        LinkedAccess(f"{ANALYTICS}/workspaceResourceId", "Microsoft.OperationalInsights/workspaces/sharedKeys/action"),
    ),
    links=(Link(TARGET), Link("/properties/storageId", ("Microsoft.Storage/storageAccounts",))),
    read_only=("/properties/targetResourceGuid",),
    # Flow Logs REST API, create example response.
    defaults={
        "/properties/enabled": True,
        "/properties/format": {"type": "JSON", "version": 1},
        "/properties/retentionPolicy": {"days": 0, "enabled": False},
    },
    check=_check,
    complete=_complete,
    put=SHORT_PUT,
    delete=SILENT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
)
