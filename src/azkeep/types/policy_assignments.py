"""Microsoft.Authorization/policyAssignments. Source: Policy Assignments REST API 2025-01-01; assignment-structure."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId, id_in
from azkeep.model.value import Body, get, put
from azkeep.types._document import same_text
from azkeep.types._identity import READ_ONLY, identity_fault, identity_kinds, with_identity
from azkeep.types._policies import ASSIGNMENTS, DEFINITIONS, POLICY_NAME, SETS, audited
from azkeep.types.azure_policy.built_ins import built_in
from azkeep.types.azure_policy.definitions import UNSUPPORTED, assignment_fault
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

DEFINITION = "/properties/policyDefinitionId"
HARMLESS = ("audit", "auditifnotexists", "disabled", "manual")
"""Effects that neither refuse nor change anything."""


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if identity_kinds(write.body.get("identity")) and not write.body.get("location"):
        text = f"The policy assignment '{write.id.name}' has an identity and needs a location for it."
        return ArmFault(400, "MissingLocation", text)
    return _definition_fault(write, estate) or identity_fault(write, estate)


def _definition_fault(write: Write, estate: Estate) -> ArmFault | None:
    """Of the tenant's built-in definitions one that is not held here is taken only where it would enforce nothing."""
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
    if same_text(get(write.body, "/properties/enforcementMode"), "DoNotEnforce"):
        return None
    if definition.type.lower() == SETS.lower():
        text = (
            f"The built-in initiative '{definition.name}' is not held by the local cloud, which cannot tell what its"
            " policies would refuse or change. Assign it with the enforcement mode DoNotEnforce here, or its policies"
            " one by one."
        )
        return ArmFault(400, UNSUPPORTED, text)
    effect = _asked_effect(write.body)
    if effect.lower() in HARMLESS:
        return None
    asked = f"the effect '{effect}'" if effect else "an effect that the assignment does not say"
    text = (
        f"The built-in policy '{definition.name}' is not held by the local cloud, which cannot carry out {asked}."
        " Assign it with the effect Audit or Disabled or the enforcement mode DoNotEnforce here, or a custom definition"
        " with the same rule."
    )
    return ArmFault(400, UNSUPPORTED, text)


def _asked_effect(assignment: Body) -> str:
    """The effect that the assignment's parameters ask for, of the name that built-in definitions have for it."""
    given = get(assignment, "/properties/parameters") or {}
    found = next((each for name, each in given.items() if name.lower() == "effect"), None) or {}
    return str(found.get("value") or "")


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
    lists_above=True,
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
