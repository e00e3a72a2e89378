"""Microsoft.Authorization/policyDefinitions (custom ones of a subscription).

Source: Policy Definitions REST API 2025-01-01; policy-definition-structure.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._policies import ASSIGNMENTS, DEFINITIONS, POLICY_NAME, VERSION, audited
from azkeep.types.azure_policy.definitions import definition_fault
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    rule = get(write.body, "/properties/policyRule")
    missing = next((name for name in ("if", "then") if not isinstance(rule, dict) or name not in rule), None)
    if missing is not None:
        text = f"Failed to parse policy rule: the required property '{missing}' is missing."
        return ArmFault(400, "InvalidPolicyRule", text)
    if not same_text(get(write.body, "/properties/policyType"), "Custom"):
        text = f"The policy type of policy definition '{write.id.name}' must be Custom."
        return ArmFault(400, "InvalidCreatePolicyDefinitionRequest", text)
    return definition_fault(write.id, write.body)


def _complete(write: Write, estate: Estate) -> Body:
    return audited(write)


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    for assignment in estate.of_type(ASSIGNMENTS):
        if same_text(get(assignment, "/properties/policyDefinitionId"), id.text):
            text = f"The policy definition '{id.name}' is in use by the policy assignment '{assignment['id']}'."
            return ArmFault(400, "PolicyDefinitionInUse", text)
    return None


TYPE = ResourceType(
    arm_type=DEFINITIONS,
    token="azure-native:authorization:PolicyDefinition",
    path="/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/{policyDefinitionName}",
    name=POLICY_NAME,
    location="none",
    tags=False,
    required=("/properties/policyRule",),
    required_code="InvalidCreatePolicyDefinitionRequest",
    # Values of the properties when they are not set, in the REST API's description.
    defaults={
        "/properties/policyType": "Custom",
        "/properties/mode": "Indexed",
        "/properties/version": VERSION,
        "/properties/versions": [VERSION],
    },
    check=_check,
    complete=_complete,
    blocks_delete=_blocks_delete,
    put=Timing(updated=201),
    system_data=True,
    provisioning_state=None,
    tracked=False,
    volatile=("/etag", "/systemData", "/properties/metadata/updatedOn", "/properties/metadata/updatedBy"),
)
