"""Microsoft.Storage/storageAccounts/fileServices/shares. Source: Storage resource provider REST API 2024-01-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types._machine_learning import WORKING_DIRECTORY
from azkeep.types._storage import IN_ACCOUNT, MOVING, NEW_SHARE, PLACE_ETAGS, PLACE_PATTERN, account_of, place_missing
from azkeep.types.resource_type import Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    protocols = get(write.body, "/properties/enabledProtocols")
    premium = same_text(get(account_of(write.id, estate), "/sku/tier"), "Premium")
    if same_text(protocols, "NFS") and not premium:
        return ArmFault(
            400, "InvalidRequestPropertyValue", "Shares with the NFS protocol need a premium file storage account."
        )
    quota = get(write.body, "/properties/shareQuota")
    if isinstance(quota, int) and not 1 <= quota <= 102400:
        return ArmFault(400, "InvalidRequestPropertyValue", "shareQuota must be between 1 and 102400.")
    if get(write.body, "/properties/rootSquash") is not None and not same_text(protocols, "NFS"):
        return ArmFault(400, "InvalidRequestPropertyValue", "rootSquash is supported only for shares with NFS.")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return completed(
        write,
        always={
            "/properties/lastModifiedTime": write.now,
            **{f"/properties/{name}": value for name, value in NEW_SHARE.items()},
        },
        once={"/properties/accessTierChangeTime": write.now},
    )


def _made_by_service(id: ArmId, body: Body) -> bool:
    """Shares of a machine learning workspace's default datastores."""
    return id.name.startswith("azureml-filestore-") or id.name == WORKING_DIRECTORY


_READ_ONLY = (
    "accessTierChangeTime", "accessTierStatus", "deleted", "deletedTime", "includedBurstIops", "lastModifiedTime",
    "leaseDuration", "leaseState", "leaseStatus", "maxBurstCreditsForIops", "remainingRetentionDays",
    "shareUsageBytes", "snapshotTime", "version",
)  # fmt: skip

TYPE = ResourceType(
    arm_type="Microsoft.Storage/storageAccounts/fileServices/shares",
    token="azure-native:storage:FileShare",
    path=f"{IN_ACCOUNT}/fileServices/default/shares/{{shareName}}",
    autoname="copy",
    query_inputs=("expand",),
    name=NameRule(
        pattern=PLACE_PATTERN,
        minimum=3,
        maximum=63,
        code="InvalidResourceName",
        message="The specifed resource name contains invalid characters.",
    ),
    location="none",
    tags=False,
    immutable=(
        Immutable(
            "/properties/enabledProtocols",
            "InvalidRequestPropertyValue",
            "The protocols of a share cannot be changed.",
            400,
        ),
    ),
    read_only=tuple(f"/properties/{name}" for name in _READ_ONLY),
    # Answer of FileSharesPut in the REST examples and the share's documented default quota and tier.
    defaults={
        "/properties/enabledProtocols": "SMB",
        "/properties/shareQuota": 5120,
        "/properties/accessTier": "TransactionOptimized",
    },
    check=_check,
    complete=_complete,
    missing=place_missing("ShareNotFound", "share"),
    made_by_service=_made_by_service,
    put=Timing(created=201),
    page_sized_by="$maxpagesize",
    etag=True,
    etags=PLACE_ETAGS,
    provisioning_state=None,
    tracked=False,
    volatile=("/etag", *(f"/properties/{name}" for name in (*MOVING, "accessTierStatus", "shareUsageBytes"))),
)
