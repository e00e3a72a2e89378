"""Microsoft.Storage/storageAccounts/fileServices. Source: Storage resource provider REST API 2024-01-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._storage import FILE_SERVICE, IN_ACCOUNT, account_of, comes_with_account, days_fault, only_default
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    return days_fault(write.body, "shareDeleteRetentionPolicy")


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    sku = get(account_of(id, estate), "/sku")
    return body if sku is None else {**body, "sku": sku}


TYPE = ResourceType(
    arm_type="Microsoft.Storage/storageAccounts/fileServices",
    token="azure-native:storage:FileServiceProperties",
    path=f"{IN_ACCOUNT}/fileServices/{{fileServicesName}}",
    autoname="copy",
    singleton={"properties": FILE_SERVICE},
    name=only_default("fileServices"),
    location="none",
    tags=False,
    read_only=("/sku",),
    # A new account's answer to FileServicesGet in the REST examples; soft delete of shares is on for 7 days.
    defaults={
        "/properties/cors/corsRules": [],
        "/properties/protocolSettings/smb": {},
        "/properties/shareDeleteRetentionPolicy/enabled": True,
        "/properties/shareDeleteRetentionPolicy/days": 7,
    },
    check=_check,
    present=_present,
    made_by_service=comes_with_account,
    put=Timing(created=200),
    provisioning_state=None,
    tracked=False,
)
