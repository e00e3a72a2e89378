"""`privateEndpointConnections` of vaults, storage accounts, registries, ML workspaces and private link scopes.

A private endpoint makes the connection; its owner approves or rejects it here. Source: REST APIs of the five services.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._connections import KIND, in_storage_words
from azkeep.types._document import same_text
from azkeep.types._machine_learning import IN_WORKSPACE, WORKSPACE
from azkeep.types._monitor import IN_SCOPE, SCOPES
from azkeep.types._storage import ACCOUNT, IN_ACCOUNT
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

_ENDPOINT = "/properties/privateEndpoint"
_STATE = "/properties/privateLinkServiceConnectionState"
STATUSES = ("Approved", "Pending", "Rejected", "Disconnected", "Timeout")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if write.is_create and get(write.body, f"{_ENDPOINT}/id") is None:
        return ArmFault(
            404,
            "PrivateEndpointConnectionNotFound",
            f"The private endpoint connection '{write.id.name}' does not exist. It is made by a private endpoint.",
        )
    status = get(write.body, f"{_STATE}/status")
    if not any(same_text(status, known) for known in STATUSES):
        return ArmFault(400, "InvalidRequestContent", f"The connection status '{status}' is not supported.")
    if same_text(get(write.before, f"{_STATE}/status"), "Rejected") and same_text(status, "Approved"):
        return ArmFault(409, "InvalidConnectionState", "A rejected connection cannot be approved.")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    """The endpoint and its groups are the connection's own: an owner's PUT does not name them."""
    body: Body = write.body
    for pointer in (_ENDPOINT, "/properties/groupIds"):
        kept = get(write.before, pointer)
        if kept is not None:
            body = put(body, pointer, kept)
    return body


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    return body


def _present_storage(id: ArmId, body: Body, estate: Estate) -> Body:
    return in_storage_words(body)


def _made_by_service(id: ArmId, body: Body) -> bool:
    return True


def _connection(owner: str, path: str, module: str, *, asynchronous: bool = False) -> ResourceType:
    return ResourceType(
        arm_type=f"{owner}/{KIND}",
        token=f"azure-native:{module}:PrivateEndpointConnection",
        path=f"{path}/{KIND}/{{privateEndpointConnectionName}}",
        autoname="copy",
        outside=frozenset({"id", "name", "type", "location", "tags", "identity", "sku", "etag"}),
        location="optional",
        required=(f"{_STATE}/status",),
        # Every service answers None when nothing is left to do.
        defaults={} if owner == ACCOUNT else {f"{_STATE}/actionsRequired": "None"},
        check=_check,
        complete=_complete,
        present=_present_storage if owner == ACCOUNT else _present,
        made_by_service=_made_by_service,
        stands_for=f"{_ENDPOINT}/id",
        put=Timing(created=200, asynchronous=asynchronous, seconds=3),
        delete=Timing(created=200, asynchronous=asynchronous, accepted=asynchronous, seconds=3),
        system_data=True,
        tracked=False,
    )


_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers"

TYPES = (
    _connection(ACCOUNT, IN_ACCOUNT, "storage"),
    _connection("Microsoft.KeyVault/vaults", f"{_GROUP}/Microsoft.KeyVault/vaults/{{vaultName}}", "keyvault"),
    _connection(
        "Microsoft.ContainerRegistry/registries",
        f"{_GROUP}/Microsoft.ContainerRegistry/registries/{{registryName}}",
        "containerregistry",
        asynchronous=True,
    ),
    _connection(WORKSPACE, IN_WORKSPACE, "machinelearningservices"),
    _connection(SCOPES, IN_SCOPE, "monitor", asynchronous=True),
)
