"""Microsoft.ManagedIdentity/userAssignedIdentities. Source: User Assigned Identities REST API 2023-01-31.

`isolationScope` came with 2024-11-30 and is the only property that a client sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types.resource_type import Action, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write


def _complete(write: Write, estate: Estate) -> Body:
    ids = {
        "tenantId": write.caller.tenant,
        "principalId": write.guid("principalId"),
        "clientId": write.guid("clientId"),
    }
    return {**write.body, "properties": {**write.body.get("properties", {}), **ids}}


def _users(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    """The resources that have the identity assigned."""
    found = [each for each in estate.referrers(id.text) if _has(each, id)]
    return {"totalCount": len(found), "value": [_user(each) for each in found]}


def _has(document: Body, id: ArmId) -> bool:
    return any(same_text(each, id.text) for each in get(document, "/identity/userAssignedIdentities") or {})


def _user(document: Body) -> dict[str, Any]:
    id = ArmId.parse(str(document["id"]))
    return {
        "id": id.text,
        "name": id.name,
        "type": str(document["type"]).lower(),
        "resourceGroup": str(id.resource_group).lower(),
        "subscriptionId": id.subscription,
    }


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
    # Source: 2022-01-31-preview, the one version that has it.
    actions={"listAssociatedResources": Action(_users)},
    provisioning_state=None,
    system_data=False,
    in_resource_graph=True,
)
