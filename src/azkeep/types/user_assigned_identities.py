"""Microsoft.ManagedIdentity/userAssignedIdentities. Source: User Assigned Identities REST API 2023-01-31.

`isolationScope` came with 2024-11-30 and is the only property that a client sets.
"""

from __future__ import annotations

from azkeep.model.value import Body
from azkeep.types.resource_type import Estate, NameRule, ResourceType, Timing, Write


def _complete(write: Write, estate: Estate) -> Body:
    ids = {
        "tenantId": write.caller.tenant,
        "principalId": write.guid("principalId"),
        "clientId": write.guid("clientId"),
    }
    return {**write.body, "properties": {**write.body.get("properties", {}), **ids}}


TYPE = ResourceType(
    arm_type="Microsoft.ManagedIdentity/userAssignedIdentities",
    token="azure-native:managedidentity:UserAssignedIdentity",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    name=NameRule(
        pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$",
        minimum=3,
        maximum=128,
        code="InvalidResourceName",
        message="Invalid resource name '{name}'. The name must begin with a letter or a number, be 3 to 128 characters"
        " long, and hold letters, numbers, '-' and '_' only.",
    ),
    read_only=("/properties/tenantId", "/properties/principalId", "/properties/clientId"),
    complete=_complete,
    put=Timing(),
    provisioning_state=None,
    system_data=False,
    in_resource_graph=True,
)
