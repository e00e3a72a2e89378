"""Where clients of a workspace upload code, and with what right. Pure.

Source: Azure Machine Learning REST API 2025-12-01, CodeVersions_CreateOrGetStartPendingUpload; how the service names
the container is not documented: the workspace's id and 26 characters, as addresses of uploaded code show.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._machine_learning import user_error, workspace_of
from azkeep.types._storage import NEW_CONTAINER
from azkeep.types.planes import ContainerAccess
from azkeep.types.resource_type import Action
from azkeep.types.write import Effect, Estate, PutEffect

KIND = "TemporaryBlobReference"
PERMISSIONS = "racwl"
HOURS = 24.0


def _container(id: ArmId, workspace: Body) -> str:
    digest = base64.b32encode(hashlib.sha256(id.key.encode()).digest()).decode().lower()[:26]
    return f"{get(workspace, '/properties/workspaceId')}-{digest}"


def _start(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    kind = get(sent, "/pendingUploadType")
    if not same_text(kind, KIND):
        return user_error(f"The pendingUploadType '{kind}' is not supported here: {KIND} is.", code="ValidationError")
    workspace = workspace_of(id, estate)
    account = estate.get(str(get(workspace, "/properties/storageAccount")))
    if workspace is None or account is None:
        return user_error("The workspace has no storage account that could hold an upload.")
    container = _container(id, workspace)
    access = ContainerAccess(
        str(account["id"]), container, PERMISSIONS, HOURS, signer=signer(workspace, account, estate), address=True
    )
    return {
        "pendingUploadId": get(sent, "/pendingUploadId"),
        "pendingUploadType": KIND,
        "blobReferenceForConsumption": {
            "blobUri": f"{get(account, '/properties/primaryEndpoints/blob')}{container}",
            "storageAccountArmId": account["id"],
            "credential": {"credentialType": "SAS", "sasUri": access},
        },
    }


def _effects(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> tuple[Effect, ...]:
    """The container is there before anything is uploaded to it."""
    workspace = workspace_of(id, estate)
    account = str(get(workspace, "/properties/storageAccount") or "")
    if workspace is None or estate.get(account) is None:
        return ()
    place = ArmId.parse(account).child("blobServices", "default").child("containers", _container(id, workspace))
    if estate.get(place.text) is not None:
        return ()
    return (PutEffect(place.text, {"properties": {**NEW_CONTAINER, "lastModifiedTime": now}}),)


def signer(workspace: Body, account: Body, estate: Estate) -> str:
    """Object id of the workspace's identity, where the account takes no keys; else nobody."""
    if get(account, "/properties/allowSharedKeyAccess") is not False:
        return ""
    primary = estate.get(str(get(workspace, "/properties/primaryUserAssignedIdentity") or ""))
    return str(get(primary, "/properties/principalId") or get(workspace, "/identity/principalId") or "")


START_PENDING_UPLOAD = Action(_start, beforehand=True, effects=_effects)
