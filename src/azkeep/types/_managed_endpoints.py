"""Private endpoints of a workspace's managed network: what they leave on their targets. Pure.

Source: how-to-managed-network. The endpoints lie in a subscription of the service; a target sees their connections.
They are approved by the workspace's identity: a system-assigned one has the right, a user-assigned one needs a role.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._identity import identity_kinds
from azkeep.types._private_link import connection_body, connection_type
from azkeep.types._roles import role_guid
from azkeep.types.write import DeleteEffect, Effect, Estate, PutEffect

SERVICE_SUBSCRIPTION = "5e7a1ce5-0000-4000-8000-000000000001"
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
# Owner, Contributor, Azure AI Enterprise Network Connection Approver.
APPROVING = frozenset(
    {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
    }
)


def _target(rule: Mapping[str, Any]) -> str:
    """Id of what a rule leads to; "" for a rule that is no private endpoint."""
    if not same_text(rule.get("type"), "PrivateEndpoint"):
        return ""
    return str(get(rule, "/destination/serviceResourceId") or "")


def _connection(workspace: ArmId, name: str, target: str) -> str:
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"{workspace.key}/outboundrules/{name.lower()}")
    return f"{target}/privateEndpointConnections/{workspace.name}.{made}"


def connection_puts(
    workspace: ArmId, body: Body, rules: Mapping[str, Mapping[str, Any]], estate: Estate
) -> Iterator[Effect]:
    """The connections that the rules of an active network make, those that are there already left as they are."""
    for name, rule in rules.items():
        target = _target(rule)
        known = target and estate.get(target) is not None and estate.knows(connection_type(ArmId.parse(target).type))
        id = _connection(workspace, name, target)
        if not known or estate.get(id) is not None:
            continue
        home = f"/subscriptions/{SERVICE_SUBSCRIPTION}/resourceGroups/{workspace.name}-managed"
        endpoint = f"{home}/providers/Microsoft.Network/privateEndpoints/{name}"
        yield PutEffect(id, connection_body(endpoint, _state(body, target, estate)))


def connection_deletes(workspace: ArmId, name: str, rule: Mapping[str, Any]) -> tuple[Effect, ...]:
    """What goes with a rule."""
    target = _target(rule)
    return (DeleteEffect(_connection(workspace, name, target)),) if target else ()


def _state(workspace: Body, target: str, estate: Estate) -> dict[str, str]:
    if _may_approve(workspace, target, estate):
        return {"status": "Approved", "description": "Auto-Approved", "actionsRequired": "None"}
    return {"status": "Pending", "description": "Requested by the managed network", "actionsRequired": "None"}


def _may_approve(workspace: Body, target: str, estate: Estate) -> bool:
    if "systemassigned" in identity_kinds(workspace.get("identity")):
        return True
    named = get(workspace, "/identity/userAssignedIdentities") or {}
    principals = {str((each or {}).get("principalId", "")).lower() for each in named.values()}
    return any(
        str(get(each, "/properties/principalId")).lower() in principals
        and role_guid(str(get(each, "/properties/roleDefinitionId", ""))) in APPROVING
        and f"{target}/".lower().startswith(f"{str(get(each, '/properties/scope', '')).rstrip('/')}/".lower())
        for each in estate.of_type(ASSIGNMENTS)
    )
