"""Microsoft.Storage/storageAccounts/managementPolicies: rules for the life of blobs.

Source: Storage resource provider REST API 2024-01-01, management policies; lifecycle-management-policy-structure.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types._storage import ACCOUNT, IN_ACCOUNT, account_of, only_default
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

RULES = "/properties/policy/rules"
MOST_RULES = 100


def _check(write: Write, estate: Estate) -> ArmFault | None:
    rules = get(write.body, RULES) or []
    if not 1 <= len(rules) <= MOST_RULES:
        return _refusal(f"A management policy must have 1 to {MOST_RULES} rules.")
    names = [str(each.get("name")) for each in rules]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return _refusal(f"The rule name '{twice}' is used more than once.")
    for each in rules:
        if not get(each, "/definition/actions"):
            return _refusal(f"The rule '{each.get('name')}' has no action.")
    kind = (account_of(write.id, estate) or {}).get("kind")
    if not any(same_text(kind, known) for known in ("StorageV2", "BlobStorage", "BlockBlobStorage")):
        return ArmFault(
            400, "ManagementPolicyNotSupportedForAccount", f"Management policies are not supported for kind {kind}."
        )
    return None


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "InvalidRequestPropertyValue", message)


def _complete(write: Write, estate: Estate) -> Body:
    rules = [{"enabled": True, **each} for each in get(write.body, RULES)]
    return completed(write, always={"/properties/lastModifiedTime": write.now, RULES: rules})


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    """The service calls it by another name than its id does."""
    return {**body, "name": "DefaultManagementPolicy"}


def _missing(id: ArmId) -> ArmFault:
    """As the service was seen to word it."""
    return ArmFault(404, "ManagementPolicyNotFound", f"No ManagementPolicy found for account {id.names[0]}")


TYPE = ResourceType(
    arm_type=f"{ACCOUNT}/managementPolicies",
    token="azure-native:storage:ManagementPolicy",
    path=f"{IN_ACCOUNT}/managementPolicies/{{managementPolicyName}}",
    autoname="copy",
    name=only_default("a management policy"),
    location="none",
    tags=False,
    required=(RULES,),
    read_only=("/properties/lastModifiedTime",),
    check=_check,
    complete=_complete,
    present=_present,
    missing=_missing,
    put=Timing(created=200),
    provisioning_state=None,
    tracked=False,
    volatile=("/etag", "/systemData", "/properties/lastModifiedTime"),
)
