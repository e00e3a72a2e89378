"""What the storage types share: paths, the services that come with an account, retention rules. Pure.

Source: Storage resource provider REST API 2024-01-01.
"""

from __future__ import annotations

from collections.abc import Callable

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types.resource_type import Etags, NameRule
from azkeep.types.write import Estate

ACCOUNT = "Microsoft.Storage/storageAccounts"
IN_ACCOUNT = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.Storage/storageAccounts/{accountName}"
)

MOVING = ("lastModifiedTime", "leaseDuration", "leaseState", "leaseStatus", "remainingRetentionDays")
"""What a container or share says of itself and its users change by using it."""

BLOB_SERVICE: Body = {
    "cors": {"corsRules": []},
    "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": False},
}
FILE_SERVICE: Body = {
    "cors": {"corsRules": []},
    "protocolSettings": {"smb": {}},
    "shareDeleteRetentionPolicy": {"enabled": True, "days": 7},
}

NEW_CONTAINER: Body = {
    "deleted": False,
    "hasImmutabilityPolicy": False,
    "hasLegalHold": False,
    "leaseState": "Available",
    "leaseStatus": "Unlocked",
    "legalHold": {"hasLegalHold": False, "tags": []},
    "remainingRetentionDays": 0,
}
"""What the service says of a container: answer of PutContainers in the REST examples."""


def place_missing(code: str, kind: str) -> Callable[[ArmId], ArmFault]:
    """404 for a container or share, as the service says it of both its planes."""

    def missing(id: ArmId) -> ArmFault:
        return ArmFault(404, code, f"The specified {kind} does not exist.")

    return missing


NEW_SHARE: Body = {"leaseState": "available", "leaseStatus": "unlocked"}

PLACE_ETAGS = Etags(form='"0x{digits}"')
"""Of containers and shares, the same as on the data plane. Source: answers of PutContainers, CreateShares."""
PLACE_PATTERN = r"^[a-z0-9](?!.*--)[a-z0-9-]*[a-z0-9]$"
"""Names of containers and shares: 3 to 63 lower-case letters, digits and single hyphens."""


def only_default(kind: str) -> NameRule:
    """The rule of a service of which there is one, named `default`."""
    return NameRule(
        pattern=r"^[dD][eE][fF][aA][uU][lL][tT]$",
        code="InvalidRequestPropertyValue",
        message=f"The value '{{name}}' is not allowed for the name of {kind}: it must be default.",
    )


def comes_with_account(id: ArmId, body: Body) -> bool:
    """True: an account has its services from the start."""
    return True


def account_of(id: ArmId, estate: Estate) -> Body | None:
    """The storage account that `id` lies in."""
    found: ArmId | None = id
    while found is not None and found.type.lower() != ACCOUNT.lower():
        found = found.parent
    return estate.get(found.text) if found else None


def days_fault(body: Body, policy: str) -> ArmFault | None:
    """The refusal of an enabled retention policy without a number of days from 1 to 365."""
    if get(body, f"/properties/{policy}/enabled") is not True:
        return None
    days = get(body, f"/properties/{policy}/days")
    if isinstance(days, int) and 1 <= days <= 365:
        return None
    return ArmFault(400, "InvalidRequestPropertyValue", f"{policy}.days must be between 1 and 365 when it is enabled.")
