"""Microsoft.Network/networkWatchers. Source: Network Watchers REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, same_place
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

ARM_TYPE = "Microsoft.Network/networkWatchers"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    """A subscription has one watcher in a region: network-watcher-create."""
    for other in estate.of_type(ARM_TYPE):
        here = str(other["id"]).lower().startswith(f"/subscriptions/{write.subscription.lower()}/")
        same_region = same_place(other.get("location"), write.body.get("location"))
        if here and same_region and str(other["id"]).lower() != write.id.key:
            text = "Cannot create more than 1 network watchers for this subscription in this region."
            return ArmFault(400, "NetworkWatcherCountLimitReached", f"{text} Existing: {other['id']}")
    return None


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:network:NetworkWatcher",
    path=IN_RESOURCE_GROUP + "/networkWatchers/{networkWatcherName}",
    name=NAME,
    check=_check,
    put=Timing(),
    delete=Timing(created=204, asynchronous=True, accepted=True, seconds=3),
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
)
