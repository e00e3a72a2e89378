"""Microsoft.Storage/storageAccounts/blobServices. Source: Storage resource provider REST API 2024-01-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._storage import BLOB_SERVICE, IN_ACCOUNT, account_of, comes_with_account, days_fault, only_default
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    deletion = days_fault(write.body, "deleteRetentionPolicy") or days_fault(
        write.body, "containerDeleteRetentionPolicy"
    )
    if deletion:
        return deletion
    if get(write.body, "/properties/restorePolicy/enabled") is not True:
        return None
    needed = ("isVersioningEnabled", "changeFeed/enabled", "deleteRetentionPolicy/enabled")
    if all(get(write.body, f"/properties/{name}") is True for name in needed):
        return _restore_days_fault(write.body)
    return ArmFault(
        400,
        "InvalidRequestPropertyValue",
        "Point-in-time restore needs versioning, the change feed and blob soft delete to be enabled.",
    )


def _restore_days_fault(body: Body) -> ArmFault | None:
    """The refusal of days that soft delete does not outlast, as the service was seen to word it."""
    days, kept = (get(body, f"/properties/{name}/days") for name in ("restorePolicy", "deleteRetentionPolicy"))
    if days is not None and 0 < days < kept:
        return None
    return ArmFault(
        400,
        "InvalidValuesForRequestParameters",
        f"Values for properties.restorePolicy.days is invalid: {'' if days is None else days}. It should be greater"
        " than zero and less than properties.deleteRetentionPolicy.days.",
    )


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    sku = get(account_of(id, estate), "/sku")
    return body if sku is None else {**body, "sku": sku}


TYPE = ResourceType(
    arm_type="Microsoft.Storage/storageAccounts/blobServices",
    token="azure-native:storage:BlobServiceProperties",
    path=f"{IN_ACCOUNT}/blobServices/{{blobServicesName}}",
    autoname="copy",
    singleton={"properties": BLOB_SERVICE},
    name=only_default("blobServices"),
    location="none",
    tags=False,
    read_only=("/sku", "/properties/restorePolicy/minRestoreTime", "/properties/restorePolicy/lastEnabledTime"),
    # A new account's answer to BlobServicesGet in the REST examples.
    defaults={
        "/properties/cors/corsRules": [],
        "/properties/deleteRetentionPolicy/enabled": False,
        "/properties/deleteRetentionPolicy/allowPermanentDelete": False,
    },
    check=_check,
    present=_present,
    made_by_service=comes_with_account,
    put=Timing(created=200),
    provisioning_state=None,
    tracked=False,
    # From when on blobs can be restored moves with time.
    volatile=("/etag", "/systemData", "/properties/restorePolicy/minRestoreTime"),
)
