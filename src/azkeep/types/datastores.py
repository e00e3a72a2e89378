"""Microsoft.MachineLearningServices/workspaces/datastores. Source: Azure Machine Learning REST API 2025-12-01."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._blob_plane import KEYS
from azkeep.types._document import completed, same_text
from azkeep.types._machine_learning import ASSET_NAME, DEFAULT_DATASTORES, IN_WORKSPACE, nothing_there, user_error
from azkeep.types._uploads import PERMISSIONS
from azkeep.types.planes import ContainerAccess, SecretOf
from azkeep.types.resource_type import Action, ResourceType, Timing
from azkeep.types.write import Estate, Write

_SECRETS = "/properties/credentials/secrets"
# What each kind needs besides its credentials: required members in the REST API.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "azureblob": ("accountName", "containerName"),
    "azurefile": ("accountName", "fileShareName"),
    "azuredatalakegen1": ("storeName",),
    "azuredatalakegen2": ("accountName", "filesystem"),
    "onelake": ("oneLakeWorkspaceName", "artifact"),
}
SECRET_NAMES = ("key", "sasToken", "clientSecret", "certificate")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    kind = str(get(write.body, "/properties/datastoreType") or "")
    if kind.lower() not in NEEDED:
        return user_error(f"Datastore type '{kind}' is not supported.", code="ValidationError")
    for name in NEEDED[kind.lower()]:
        if not get(write.body, f"/properties/{name}"):
            return user_error(f"The {name} field is required.", code="ValidationError")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    stored = get(write.before, "/properties/isDefault")
    default = same_text(write.id.name, DEFAULT_DATASTORES[0]) if stored is None else stored
    return completed(write, always={"/properties/isDefault": default})


def _missing(id: ArmId) -> ArmFault:
    """As the service was seen to word it."""
    return nothing_there(f"Could not find datastore: {id.name}.")


def _list_secrets(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    kind = get(body, "/properties/credentials/credentialsType")
    if same_text(kind, "None"):
        return user_error("No secrets for credentials of type None.")
    found = {name: secrets[f"{_SECRETS}/{name}"] for name in SECRET_NAMES if f"{_SECRETS}/{name}" in secrets}
    account = _account(body, estate)
    if same_text(kind, "AccountKey") and account is not None:
        return _account_secret(body, sent, found.get("key", ""), account)
    return {"secretsType": kind, **found}


def _account(body: Body, estate: Estate) -> Body | None:
    """The storage account of the datastore, if it is in this cloud."""
    where = tuple(get(body, f"/properties/{name}") for name in ("subscriptionId", "resourceGroup", "accountName"))
    place = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Storage/storageAccounts/{}"
    return estate.get(place.format(*where)) if all(where) else None


def _account_secret(body: Body, sent: Body, key: str, account: Body) -> Any:
    """The account's key, or a signature made with it for a client that asked for what expires."""
    if get(account, "/properties/allowSharedKeyAccess") is False:
        return user_error("Key based authentication is not permitted on the storage account of this datastore.")
    container = get(body, "/properties/containerName")
    if sent.get("expirableSecret") is not True or container is None:
        return {"secretsType": "AccountKey", "key": key or SecretOf(str(account["id"]), KEYS[0])}
    hours = sent.get("expireAfterHours")
    lasting = float(hours) if isinstance(hours, int | float) and hours > 0 else 1.0
    access = ContainerAccess(str(account["id"]), str(container), PERMISSIONS, lasting, key=key)
    return {"secretsType": "Sas", "sasToken": access}


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    if get(body, "/properties/isDefault") is not True:
        return None
    return user_error(f"Datastore '{id.name}' is the default datastore of the workspace and cannot be deleted.")


def _made_by_service(id: ArmId, body: Body) -> bool:
    return any(same_text(id.name, name) for name in DEFAULT_DATASTORES)


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/datastores",
    token="azure-native:machinelearningservices:Datastore",
    path=f"{IN_WORKSPACE}/datastores/{{name}}",
    flattened=False,
    autoname="copy",
    query_inputs=("skipValidation",),
    name=ASSET_NAME,
    location="none",
    tags=False,
    required=("/properties/datastoreType", "/properties/credentials/credentialsType"),
    required_code="ValidationError",
    secrets=tuple(f"{_SECRETS}/{name}" for name in SECRET_NAMES),
    # Answer of Datastore createOrUpdate in the REST examples.
    defaults={
        "/properties/serviceDataAccessAuthIdentity": "None",
        "/properties/properties": {},
        "/properties/tags": {},
    },
    list_filters={"isdefault": "/properties/isDefault", "names": "/name"},
    missing=_missing,
    put=Timing(located=True),
    check=_check,
    complete=_complete,
    blocks_delete=_blocks_delete,
    made_by_service=_made_by_service,
    actions={"listSecrets": Action(_list_secrets)},
    page_sized_by="count",
    system_data=True,
    provisioning_state=None,
    tracked=False,
)
