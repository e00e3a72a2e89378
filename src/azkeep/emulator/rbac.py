"""Who may do what: role assignments at a scope and its ancestors, decided as Azure does.

Role ids and actions: Azure built-in roles. An assignment is a stored document of type roleAssignments; a custom role
one of type roleDefinitions. dataActions never give control-plane rights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from azkeep.emulator.store import Store
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types.resource_type import Caller

ASSIGNMENTS = "microsoft.authorization/roleassignments"
DEFINITIONS = "microsoft.authorization/roledefinitions"


@dataclass(frozen=True)
class Role:
    """A role: its id, name, and what it allows on the control plane."""

    id: str
    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """True if `action` is among the actions and not among the excluded ones."""
        return _any(self.actions, action) and not _any(self.not_actions, action)


_SUPPORT = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.ResourceHealth/availabilityStatuses/read",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
)
_ML = "Microsoft.MachineLearningServices/workspaces"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices"

BUILT_IN = (
    Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",)),
    Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
            "Microsoft.Purview/consents/write",
            "Microsoft.Purview/consents/delete",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        ),
    ),
    Role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",)),
    Role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    Role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
    ),
    Role("4d97b98b-1d4f-4787-a291-c67834d212e7", "Network Contributor", ("Microsoft.Network/*", *_SUPPORT)),
    Role(
        "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        "Private DNS Zone Contributor",
        (
            "Microsoft.Insights/alertRules/*",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/*",
            "Microsoft.Network/privateDnsZones/*",
            "Microsoft.Network/privateDnsOperationResults/*",
            "Microsoft.Network/privateDnsOperationStatuses/*",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Network/virtualNetworks/join/action",
            "Microsoft.Authorization/*/read",
        ),
    ),
    Role(
        "f6c7c914-8db3-469d-8ca1-694a8f32e121",
        "AzureML Data Scientist",
        (f"{_ML}/*/read", f"{_ML}/*/action", f"{_ML}/*/delete", f"{_ML}/*/write"),
        (
            f"{_ML}/delete",
            f"{_ML}/write",
            f"{_ML}/computes/*/write",
            f"{_ML}/computes/*/delete",
            f"{_ML}/computes/listKeys/action",
            f"{_ML}/listKeys/action",
            f"{_ML}/hubs/write",
            f"{_ML}/hubs/delete",
            f"{_ML}/featurestores/write",
            f"{_ML}/featurestores/delete",
        ),
    ),
    Role(
        "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
        "AzureML Compute Operator",
        (f"{_ML}/computes/*", f"{_ML}/notebooks/vm/*"),
    ),
    Role(
        "635dd51f-9968-44d3-b7fb-6d9a6bd613ae",
        "AzureML Metrics Writer (preview)",
        (f"{_ML}/metrics/*/write",),
    ),
    Role(
        "1823dd4f-9b8c-4ab6-ab4e-7397a3684615",
        "AzureML Registry User",
        ("Microsoft.MachineLearningServices/registries/read", "Microsoft.MachineLearningServices/registries/assets/*"),
    ),
    Role(
        "b78c5d69-af96-48a3-bf8d-a8b4d589de94",
        "Azure AI Administrator",
        (
            *_SUPPORT,
            "Microsoft.CognitiveServices/*",
            "Microsoft.ContainerRegistry/registries/*",
            "Microsoft.DocumentDb/databaseAccounts/*",
            "Microsoft.Insights/components/*",
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.KeyVault/*",
            "Microsoft.MachineLearningServices/workspaces/*",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            "Microsoft.Search/searchServices/*",
            "Microsoft.Storage/storageAccounts/*",
        ),
    ),
    Role(
        "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
        "Azure AI Enterprise Network Connection Approver",
        tuple(
            f"{type_}/{verb}"
            for type_ in (
                "Microsoft.CognitiveServices/accounts",
                "Microsoft.ContainerRegistry/registries",
                "Microsoft.KeyVault/vaults",
                _ML,
                "Microsoft.Storage/storageAccounts",
            )
            for verb in (
                "privateEndpointConnections/read",
                "privateEndpointConnections/write",
                "privateEndpointConnectionsApproval/action",
                "privateLinkResources/read",
                "read",
            )
        ),
    ),
    Role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        (
            f"{_BLOBS}/containers/delete",
            f"{_BLOBS}/containers/read",
            f"{_BLOBS}/containers/write",
            f"{_BLOBS}/generateUserDelegationKey/action",
        ),
        data_actions=(f"{_BLOBS}/containers/blobs/*",),
    ),
    Role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        (f"{_BLOBS}/containers/read", f"{_BLOBS}/generateUserDelegationKey/action"),
        data_actions=(f"{_BLOBS}/containers/blobs/read",),
    ),
    Role(
        "69566ab7-960f-475b-8e7c-b3118f30c6bd",
        "Storage File Data Privileged Contributor",
        (),
        data_actions=("Microsoft.Storage/storageAccounts/fileServices/*",),
    ),
    Role(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        ("Microsoft.ContainerRegistry/registries/pull/read",),
    ),
    Role(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        ("Microsoft.ContainerRegistry/registries/pull/read", "Microsoft.ContainerRegistry/registries/push/write"),
    ),
    Role(
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        (
            *_SUPPORT,
            "Microsoft.KeyVault/checkNameAvailability/read",
            "Microsoft.KeyVault/deletedVaults/read",
            "Microsoft.KeyVault/locations/*/read",
            "Microsoft.KeyVault/vaults/*/read",
            "Microsoft.KeyVault/operations/read",
        ),
        data_actions=("Microsoft.KeyVault/vaults/*",),
    ),
    Role(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        (),
        data_actions=(
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ),
    ),
    Role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            *_SUPPORT,
        ),
    ),
)

_BY_ID = {role.id: role for role in BUILT_IN}
_BY_NAME = {role.name.lower(): role for role in BUILT_IN}


def built_in(name: str) -> Role | None:
    """The built-in role with this name or id, in any case."""
    return _BY_NAME.get(name.lower()) or _BY_ID.get(name.lower())


def definition(role: Role) -> dict[str, Any]:
    """The document of a built-in role, at the tenant."""
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id,
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": "",
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": list(role.actions),
                    "notActions": list(role.not_actions),
                    "dataActions": list(role.data_actions),
                    "notDataActions": [],
                }
            ],
        },
    }


@lru_cache(maxsize=2048)
def _pattern(text: str) -> re.Pattern[str]:
    """A wildcard between slashes stands for no segment too.

    AzureML Data Scientist allows `workspaces/*/write` and excludes `workspaces/write`, which it would not need to
    exclude otherwise.
    """
    escaped = "/(?:.*/)?".join(re.escape(part) for part in text.lower().split("/*/"))
    return re.compile(escaped.replace(r"\*", ".*") + r"\Z")


def _any(patterns: tuple[str, ...], action: str) -> bool:
    lowered = action.lower()
    return any(_pattern(each).match(lowered) for each in patterns)


class AccessControl:
    """Decides from the assignments stored now; what it read is kept until the next commit of any process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: object = None
        self._by_principal: dict[str, list[tuple[str, Role]]] = {}

    def check(self, caller: Caller, action: str, scope: ArmId | None) -> None:
        """Nothing if `caller` may do `action` at `scope` (None: the tenant), else ArmFault 403."""
        if not self.allows(caller, action, scope):
            raise forbidden(caller, action, scope)

    def allows(self, caller: Caller, action: str, scope: ArmId | None) -> bool:
        """True if a role of the caller at the scope or above it allows the action."""
        return self.granted_by(caller, action, scope) is not None

    def granted_by(self, caller: Caller, action: str, scope: ArmId | None) -> Role | None:
        """The first role of the caller at the scope or above it that allows the action; None if none does."""
        key = scope.key if scope else ""
        for assigned, role in self._assignments().get(caller.object_id.lower(), ()):
            if (key == assigned or key.startswith(assigned + "/")) and role.allows(action):
                return role
        return None

    def scopes(self, caller: Caller) -> tuple[str, ...]:
        """Lower-case ids of the scopes at which the caller holds any role."""
        return tuple(scope for scope, _ in self._assignments().get(caller.object_id.lower(), ()))

    def _assignments(self) -> Mapping[str, list[tuple[str, Role]]]:
        version = self._store.rights_version()
        if self._seen != version:
            self._by_principal = self._read()
            self._seen = version
        return self._by_principal

    def _read(self) -> dict[str, list[tuple[str, Role]]]:
        custom = {
            row.key.rsplit("/", 1)[1]: _custom(row.body)
            for row in self._store.of_type(DEFINITIONS)
            if row.key.startswith("/subscriptions/")
        }
        found: dict[str, list[tuple[str, Role]]] = {}
        for row in self._store.of_type(ASSIGNMENTS):
            properties = row.body.get("properties", {})
            role_id = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()
            role = _BY_ID.get(role_id) or custom.get(role_id)
            if role is not None:
                scope = row.key.rsplit("/providers/", 1)[0]
                found.setdefault(str(properties.get("principalId", "")).lower(), []).append((scope, role))
        return found


def _custom(body: Mapping[str, Any]) -> Role:
    properties = body.get("properties", {})
    permissions = properties.get("permissions") or [{}]
    return Role(
        id=str(body.get("name", "")),
        name=str(properties.get("roleName", "")),
        actions=tuple(action for each in permissions for action in each.get("actions") or ()),
        not_actions=tuple(action for each in permissions for action in each.get("notActions") or ()),
    )


def client_of(caller: Caller) -> str:
    """What ARM calls a caller in its refusals: the name of a user, the application's id of anything else."""
    return caller.application_id if caller.kind != "User" and caller.application_id else caller.name


def forbidden(caller: Caller, action: str, scope: ArmId | None) -> ArmFault:
    """ARM's refusal for a caller without the right."""
    return ArmFault(
        403,
        "AuthorizationFailed",
        f"The client '{client_of(caller)}' with object id '{caller.object_id}' does not have authorization to perform"
        f" action '{action}' over scope '{scope or '/'}' or the scope is invalid. If access was recently granted,"
        " please refresh your credentials.",
    )
