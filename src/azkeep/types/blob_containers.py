"""Microsoft.Storage/storageAccounts/blobServices/containers. Source: Storage resource provider REST API 2024-01-01."""

from __future__ import annotations

import re

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types._storage import (
    IN_ACCOUNT,
    MOVING,
    NEW_CONTAINER,
    PLACE_ETAGS,
    PLACE_PATTERN,
    account_of,
    place_missing,
)
from azkeep.types.resource_type import NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    access = get(write.body, "/properties/publicAccess")
    account = account_of(write.id, estate)
    if same_text(access or "None", "None") or get(account, "/properties/allowBlobPublicAccess") is not False:
        return None
    return ArmFault(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")


def _complete(write: Write, estate: Estate) -> Body:
    return completed(
        write,
        always={
            "/properties/lastModifiedTime": write.now,
            **{f"/properties/{name}": value for name, value in NEW_CONTAINER.items()},
        },
    )


_UPLOADS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[a-z0-9]{26}\Z")


def _made_by_service(id: ArmId, body: Body) -> bool:
    """Containers of a machine learning workspace: for its default datastores, and for code that is uploaded."""
    return id.name.startswith("azureml-blobstore-") or id.name == "azureml" or bool(_UPLOADS.match(id.name))


_READ_ONLY = (
    "deleted", "deletedTime", "hasImmutabilityPolicy", "hasLegalHold", "immutabilityPolicy", "lastModifiedTime",
    "leaseDuration", "leaseState", "leaseStatus", "legalHold", "remainingRetentionDays", "version",
)  # fmt: skip

TYPE = ResourceType(
    arm_type="Microsoft.Storage/storageAccounts/blobServices/containers",
    token="azure-native:storage:BlobContainer",
    path=f"{IN_ACCOUNT}/blobServices/default/containers/{{containerName}}",
    autoname="copy",
    name=NameRule(
        pattern=PLACE_PATTERN,
        minimum=3,
        maximum=63,
        code="ContainerOperationFailure",
        message="The specifed resource name contains invalid characters.",
    ),
    location="none",
    tags=False,
    read_only=tuple(f"/properties/{name}" for name in _READ_ONLY),
    # Answer of PutContainers in the REST examples.
    defaults={
        "/properties/publicAccess": "None",
        "/properties/defaultEncryptionScope": "$account-encryption-key",
        "/properties/denyEncryptionScopeOverride": False,
    },
    check=_check,
    complete=_complete,
    missing=place_missing("ContainerNotFound", "container"),
    made_by_service=_made_by_service,
    put=Timing(created=201),
    page_sized_by="$maxpagesize",
    etag=True,
    etags=PLACE_ETAGS,
    provisioning_state=None,
    tracked=False,
    volatile=("/etag", *(f"/properties/{name}" for name in MOVING)),
)
