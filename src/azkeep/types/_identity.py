"""Managed identities of resources: what ARM adds to `identity`, and what it refuses.

Source: REST examples (`principalId`, `tenantId` of a system identity, `principalId` and `clientId` per user-assigned
one).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types.write import Estate, Write

READ_ONLY = ("/identity/principalId", "/identity/tenantId")


def with_identity(body: Body, write: Write, estate: Estate) -> dict[str, Any]:
    """`body` with the ids of its identities; unchanged without an `identity`."""
    identity = body.get("identity")
    if not isinstance(identity, Mapping):
        return dict(body)
    kinds = identity_kinds(identity)
    found = {key: value for key, value in identity.items() if key not in ("principalId", "tenantId")}
    if "systemassigned" in kinds:
        found |= {"principalId": write.guid("identity/principalId"), "tenantId": write.caller.tenant}
    if "userassigned" in kinds:
        named = identity.get("userAssignedIdentities") or {}
        found["userAssignedIdentities"] = {id: _assigned(id, estate) for id in named}
    else:
        found.pop("userAssignedIdentities", None)
    return {**body, "identity": found}


def identity_kinds(identity: Any) -> frozenset[str]:
    """Lower-case kinds of an `identity` object: `systemassigned`, `userassigned`; empty for none."""
    text = str(get(identity, "/type", "") or "")
    return frozenset(part.strip().lower() for part in text.split(",")) - {"", "none"}


def identity_fault(write: Write, estate: Estate) -> ArmFault | None:
    """The refusal of a user-assigned identity that does not exist."""
    for id in get(write.body, "/identity/userAssignedIdentities") or {}:
        if estate.get(str(id)) is None:
            return ArmFault(
                400,
                "FailedIdentityOperation",
                f"Identity operation for resource '{write.id}' failed with error 'Failed to perform resource identity"
                f" operation. Status: 'BadRequest'. Response: 'Resource '{id}' was not found.'.'",
            )
    return None


def _assigned(id: str, estate: Estate) -> dict[str, Any]:
    stored = estate.get(id)
    return {member: get(stored, f"/properties/{member}") for member in ("principalId", "clientId")}
