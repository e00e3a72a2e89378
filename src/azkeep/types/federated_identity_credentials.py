"""Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials.

Source: Federated Identity Credentials REST API 2023-01-31; workload-identity-federation-considerations.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import get
from azkeep.types.resource_type import NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

MOST = 20


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if write.id.parent is None:
        return None
    siblings = [
        each
        for each in estate.children(write.id.parent.text, "federatedIdentityCredentials")
        if str(each["name"]).lower() != write.id.name.lower()
    ]
    pair = get(write.body, "/properties/issuer"), get(write.body, "/properties/subject")
    if any((get(each, "/properties/issuer"), get(each, "/properties/subject")) == pair for each in siblings):
        text = "Issuer and subject combination already exists for this Managed Identity."
        return ArmFault(409, "Conflict", text)
    if len(siblings) >= MOST:
        text = f"Too many Federated Identity Credentials for this Managed Identity: at most {MOST} are allowed."
        return ArmFault(400, "BadRequest", text)
    if len(get(write.body, "/properties/audiences", None) or []) != 1:
        return ArmFault(400, "BadRequest", "Property audiences must have exactly one value.")
    return None


TYPE = ResourceType(
    arm_type="Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    token="azure-native:managedidentity:FederatedIdentityCredential",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity"
    "/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    autoname="copy",
    name=NameRule(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$", minimum=3, maximum=120),
    location="none",
    tags=False,
    required=("/properties/issuer", "/properties/subject", "/properties/audiences"),
    required_code="BadRequest",
    check=_check,
    put=Timing(),
    provisioning_state=None,
    tracked=False,
    in_resource_graph=False,
)
