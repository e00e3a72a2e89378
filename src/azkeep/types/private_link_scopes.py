"""Microsoft.Insights/privateLinkScopes. Source: Azure Monitor REST API 2023-06-01-preview, private link scopes."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import get
from azkeep.types._connections import POINTER, with_connections
from azkeep.types._document import same_text
from azkeep.types._monitor import IN_SCOPE, SCOPES
from azkeep.types._private_link import link_resources
from azkeep.types.resource_type import NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

MODES = ("Open", "PrivateOnly")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for name in ("ingestionAccessMode", "queryAccessMode"):
        mode = get(write.body, f"/properties/accessModeSettings/{name}")
        if not any(same_text(mode, known) for known in MODES):
            return ArmFault(400, "InvalidParameter", f"accessModeSettings.{name} must be Open or PrivateOnly.")
    return None


TYPE = ResourceType(
    arm_type=SCOPES,
    token="azure-native:monitor:PrivateLinkScope",
    path=IN_SCOPE,
    force_new=("location",),
    name=NameRule(pattern=r"^[\w.()-]*[\w()-]$", maximum=255),
    location="global",
    required=("/properties/accessModeSettings",),
    read_only=(POINTER,),
    # Answer of PrivateLinkScopesCreate in the REST examples.
    defaults={"/properties/accessModeSettings/exclusions": []},
    check=_check,
    present=with_connections,
    views={"privateLinkResources": link_resources},
    put=Timing(created=201),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    system_data=True,
    in_resource_graph=True,
    unordered=("/properties/accessModeSettings/exclusions", POINTER),
)
