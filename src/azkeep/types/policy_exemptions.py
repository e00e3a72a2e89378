"""Microsoft.Authorization/policyExemptions.

Source: Policy Exemptions REST API 2022-07-01-preview; exemption-structure.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types._policies import ASSIGNMENTS, POLICY_NAME
from azkeep.types.azure_policy.definitions import selector_fault
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.write import Estate, Write

ASSIGNMENT = "/properties/policyAssignmentId"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    """An exemption lies at or below the scope of what it exempts from."""
    assigned = ArmId.parse(str(get(write.body, ASSIGNMENT))).scope
    if assigned is None or write.id.scope is None or write.id.scope.is_within(assigned):
        return selector_fault({**write.body, "id": write.id.text}, "/properties/resourceSelectors/*")
    text = f"The scope of policy exemption '{write.id.name}' must be the scope of the assignment, or below it."
    return ArmFault(400, "InvalidPolicyExemptionScope", text)


TYPE = ResourceType(
    arm_type="Microsoft.Authorization/policyExemptions",
    token="azure-native:authorization:PolicyExemption",
    path="{scope}/providers/Microsoft.Authorization/policyExemptions/{policyExemptionName}",
    name=POLICY_NAME,
    location="none",
    tags=False,
    required=(ASSIGNMENT, "/properties/exemptionCategory"),
    required_code="InvalidCreatePolicyExemptionRequest",
    links=(
        Link(
            ASSIGNMENT,
            types=(ASSIGNMENTS,),
            code="PolicyAssignmentNotFound",
            status=404,
            message="The policy assignment '{target}' could not be found.",
        ),
    ),
    # Value of the property when it is not set, in the REST API's description.
    defaults={"/properties/assignmentScopeValidation": "Default"},
    check=_check,
    put=Timing(),
    system_data=True,
    provisioning_state=None,
    lists_above=True,
    tracked=False,
    unordered=("/properties/policyDefinitionReferenceIds",),
)
