"""What the machine learning types share: paths, name rules, default datastores, the managed network. Pure.

Sources: Azure Machine Learning REST API 2025-12-01; how-to-managed-network; concept-workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import made_by
from azkeep.types._storage import NEW_CONTAINER, NEW_SHARE
from azkeep.types.resource_type import NameRule
from azkeep.types.write import Effect, Estate, PutEffect, Write

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
IN_WORKSPACE = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}"
)

# Pattern of asset, datastore and job names in the REST API.
ASSET_NAME = NameRule(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$", maximum=255, code="UserError")

# how-to-manage-quotas: letter first, letters, digits and single hyphens, 3 to 32 characters, no hyphen at the end.
ENDPOINT_PATTERN = r"^[a-zA-Z](-?[a-zA-Z0-9])+$"

WORKING_DIRECTORY = "code-391ff5ac-6576-460f-ba4d-7e03433c68b6"
"""The file share of `workspaceworkingdirectory`: the same in every workspace."""

DEFAULT_DATASTORES = ("workspaceblobstore", "workspacefilestore", "workspaceartifactstore", "workspaceworkingdirectory")


def user_error(message: str, *, status: int = 400, code: str = "UserError") -> ArmFault:
    """A refusal as the workspace service words it."""
    return ArmFault(
        status, code, message, additional_info=({"type": "ComponentName", "info": {"value": "managementfrontend"}},)
    )


def nothing_there(message: str) -> ArmFault:
    """404 of the workspace service for what it keeps itself: beside its `UserError` it tells that nothing was found."""
    inner = {"type": "InnerError", "info": {"value": {"code": "NotFoundError", "innerError": None}}}
    fault = user_error(message, status=404)
    return replace(fault, additional_info=(*fault.additional_info, inner))


def workspace_of(id: ArmId, estate: Estate) -> Body | None:
    """The workspace that `id` is, or lies in."""
    while id.type.lower() != WORKSPACE.lower():
        parent = id.parent
        if parent is None:
            return None
        id = parent
    return estate.get(id.text)


def isolation(workspace: Body | None) -> str:
    """Isolation mode of a workspace's managed network, `Disabled` if it has none."""
    return str(get(workspace, "/properties/managedNetwork/isolationMode") or "Disabled")


def has_managed_network(workspace: Body | None) -> bool:
    return isolation(workspace).lower() != "disabled"


def workspace_effects(write: Write) -> tuple[Effect, ...]:
    """What a new workspace makes: a container and two shares in its storage account, and its four datastores."""
    account = get(write.body, "/properties/storageAccount")
    if not isinstance(account, str):
        return ()
    made = write.guid("workspaceId")
    container, share = f"azureml-blobstore-{made}", f"azureml-filestore-{made}"
    storage, written = ArmId.parse(account), {"lastModifiedTime": write.now}
    blob, file = storage.child("blobServices", "default"), storage.child("fileServices", "default")
    stores = dict(
        zip(
            DEFAULT_DATASTORES,
            (
                _datastore(storage, "AzureBlob", container),
                _datastore(storage, "AzureFile", share),
                _datastore(storage, "AzureBlob", "azureml"),
                _datastore(storage, "AzureFile", WORKING_DIRECTORY),
            ),
            strict=True,
        )
    )
    return (
        PutEffect(blob.child("containers", container).text, {"properties": {**NEW_CONTAINER, **written}}),
        *(
            PutEffect(file.child("shares", name).text, {"properties": {**NEW_SHARE, **written, "shareQuota": 102400}})
            for name in (share, WORKING_DIRECTORY)
        ),
        *(
            PutEffect(
                write.id.child("datastores", name).text,
                {**put(body, "/properties/isDefault", name == DEFAULT_DATASTORES[0]), "systemData": made_by(write)},
            )
            for name, body in stores.items()
        ),
    )


def _datastore(storage: ArmId, kind: str, place: str) -> dict[str, Any]:
    where = "containerName" if kind == "AzureBlob" else "fileShareName"
    properties: Mapping[str, Any] = {
        "datastoreType": kind,
        "accountName": storage.name,
        where: place,
        "endpoint": "core.windows.net",
        "protocol": "https",
        "credentials": {"credentialsType": "AccountKey"},
        "serviceDataAccessAuthIdentity": "None",
        "subscriptionId": storage.subscription,
        "resourceGroup": storage.resource_group,
        "properties": {},
        "tags": {},
    }
    return {"properties": dict(properties)}
