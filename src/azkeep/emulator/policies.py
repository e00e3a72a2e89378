"""Azure Policy as a hand: the managed identity of an assignment, which writes what is missing behind everyone's back.

Source: Azure Policy, remediation and managed identities; the claim `xms_mirid` names the resource of an identity.
"""

from __future__ import annotations

import secrets as randomness
import uuid
from collections.abc import Mapping
from typing import Any

from azkeep.emulator.cloud import DEPLOYER, Cloud, add_principal
from azkeep.emulator.store_principals import Principal
from azkeep.emulator.writes import Change, write
from azkeep.errors import ArmFault, UsageError
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.azure_policy.built_ins import built_in
from azkeep.types.write import Caller

ASSIGNMENTS = "Microsoft.Authorization/policyAssignments"
DEFINITIONS = "/providers/Microsoft.Authorization/policyDefinitions"
DIAGNOSTIC_SETTINGS = f"{DEFINITIONS}/f59276f0-5740-4aaf-821d-45d185aa210e"
"""Built-in: diagnostic settings of Azure Machine Learning workspaces to a Log Analytics workspace."""
PRIVATE_DNS_ZONES = f"{DEFINITIONS}/ee40564d-486e-4f68-a5ca-7a621edae0fb"
"""Built-in: private DNS zone groups for private endpoints of Azure Machine Learning workspaces."""


def policy_principal(
    cloud: Cloud, name: str, scope: str, definition: str, role: str, parameters: Mapping[str, Any] | None = None
) -> Principal:
    """The identity of assignment `name` at `scope`; both are made if absent. Raises UsageError."""
    found = cloud.directory.by_name(name)
    if found is not None and found.resource:
        return found
    if found is not None:
        raise UsageError(f"'{name}' is somebody else", subject=name, fix="choose another name for the assignment")
    with cloud.store.transaction():
        assignment, object_id = _assignment(cloud, name, scope, definition, parameters)
        principal = Principal(
            name=name,
            client_id=str(uuid.uuid4()),
            client_secret=randomness.token_urlsafe(30),
            object_id=object_id,
            role=role,
            kind="ServicePrincipal",
            resource=assignment.text,
        )
        return add_principal(cloud, name, role, principal)


def _parameters(definition: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Values of an assignment. Without any the policy is disabled, and its identity acts only where it is told to."""
    if given is not None:
        return {name: {"value": value} for name, value in given.items()}
    known = built_in(definition)
    shapes = get(known, "/properties/parameters") if known is not None else {}
    needed = {name: {"value": ""} for name, shape in shapes.items() if "defaultValue" not in shape}
    return {**needed, "effect": {"value": "Disabled"}} if "effect" in shapes else needed


def _assignment(
    cloud: Cloud, name: str, scope: str, definition: str, parameters: Mapping[str, Any] | None
) -> tuple[ArmId, str]:
    """(id, principalId) of the assignment."""
    try:
        id = ArmId.parse(scope).extension(ASSIGNMENTS, name)
    except ValueError:
        raise UsageError(f"'{scope}' is no scope of a policy assignment", subject=scope) from None
    type_, deployer = by_arm_type(ASSIGNMENTS), cloud.directory.by_name(DEPLOYER)
    row = cloud.store.get(id.key)
    if row is None and type_ is not None and deployer is not None:
        body = {
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "properties": {
                "displayName": name,
                "policyDefinitionId": definition,
                "parameters": _parameters(definition, parameters),
            },
        }
        who = Caller(deployer.object_id, deployer.name, deployer.kind, cloud.identity.tenant, deployer.client_id)
        try:
            row = write(cloud, Change(type_, id, body, who)).row
        except ArmFault as fault:
            raise UsageError(f"the policy cannot be assigned: {fault.message}", subject=name) from None
    principal = str(get(row.body, "/identity/principalId", "")) if row else ""
    if not principal:
        raise UsageError(f"the policy assignment '{name}' has no identity of its own", subject=name)
    return id, principal
