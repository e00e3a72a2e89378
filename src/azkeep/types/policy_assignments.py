"""Microsoft.Authorization/policyAssignments. Source: Policy Assignments REST API 2025-01-01; assignment-structure."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId, id_in
from azkeep.model.value import Body, get, put
from azkeep.types._identity import READ_ONLY, identity_fault, identity_kinds, with_identity
from azkeep.types._policies import ASSIGNMENTS, DEFINITIONS, POLICY_NAME, SETS, audited
from azkeep.types.azure_policy.built_ins import built_in
from azkeep.types.azure_policy.definitions import UNSUPPORTED, assignment_fault
from azkeep.types.resource_type import Estate, ResourceType, Timing, Write

DEFINITION = "/properties/policyDefinitionId"
ENFORCING = ("deny", "denyaction", "modify", "append")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if identity_kinds(write.body.get("identity")) and not write.body.get("location"):
        text = f"The policy assignment '{write.id.name}' has an identity and needs a location for it."
        return ArmFault(400, "MissingLocation", text)
    return _definition_fault(write, estate) or identity_fault(write, estate)


def _definition_fault(write: Write, estate: Estate) -> ArmFault | None:
    """Of the tenant's built-in definitions any is taken; one that is not held here enforces nothing, and may not be
    asked to."""
    text = str(get(write.body, DEFINITION))
    target = id_in(text)
    if target is None or target.type.lower() not in (DEFINITIONS.lower(), SETS.lower()):
        return ArmFault(400, "InvalidCreatePolicyAssignmentRequest", f"The policy definition id '{text}' is invalid.")
    definition = built_in(text) or estate.get(text)
    if definition is not None:
        return assignment_fault({**write.body, "id": write.id.text, "name": write.id.name}, definition)
    if target.scope is None:
        return _unknown_built_in(write, target)
    kind = "definition" if target.type.lower() == DEFINITIONS.lower() else "set definition"
    code = "PolicyDefinitionNotFound" if kind == "definition" else "PolicySetDefinitionNotFound"
    return ArmFault(404, code, f"The policy {kind} '{target.name}' could not be found.")


def _unknown_built_in(write: Write, definition: ArmId) -> ArmFault | None:
    asked = str(get(write.body, "/properties/parameters/effect/value") or "").lower()
    if asked not in ENFORCING:
        return None
    return ArmFault(
        400,
        UNSUPPORTED,
        f"The built-in policy '{definition.name}' is not held by the local cloud, which cannot enforce its effect"
        f" '{asked}'. Assign it with the effect Audit or Disabled here, or a custom definition with the same rule.",
    )


def _complete(write: Write, estate: Estate) -> Body:
    body = put(audited(write), "/properties/scope", write.id.scope.text if write.id.scope else "/")
    body = put(body, "/properties/instanceId", write.guid("instanceId"))
    return with_identity(body, write, estate)


TYPE = ResourceType(
    arm_type=ASSIGNMENTS,
    token="azure-native:authorization:PolicyAssignment",
    path="{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}",
    outside=frozenset({"id", "name", "type", "location", "identity"}),
    name=POLICY_NAME,
    location="optional",
    tags=False,
    required=(DEFINITION,),
    required_code="InvalidCreatePolicyAssignmentRequest",
    read_only=(*READ_ONLY, "/properties/scope", "/properties/instanceId"),
    # Answer of PolicyAssignments create in the REST examples.
    defaults={
        "/properties/enforcementMode": "Default",
        "/properties/assignmentType": "Custom",
        "/properties/definitionVersion": "1.*.*",
        "/properties/notScopes": [],
    },
    check=_check,
    complete=_complete,
    put=Timing(updated=201),
    shown_when_deleted=True,
    system_data=True,
    provisioning_state=None,
    tracked=False,
    # The newest version of a definition that Azure publishes, within what the assignment takes.
    volatile=(
        "/etag",
        "/systemData",
        "/properties/metadata/updatedOn",
        "/properties/metadata/updatedBy",
        "/properties/effectiveDefinitionVersion",
        "/properties/latestDefinitionVersion",
    ),
    unordered=("/properties/notScopes",),
)
