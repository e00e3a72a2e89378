"""Principals whose only rights are those that a test grants, and the resources that they try them on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azure.mgmt.authorization import AuthorizationManagementClient
from tests.contract.emulator.arm import Arm, client_settings, credential, deployer, version_of

from azkeep.emulator import control
from azkeep.emulator.store_principals import Principal

ML_VERSION = "2024-04-01"


class Cast:
    """Newcomers of one local cloud, and the roles that its deployer gives them."""

    def __init__(self, store: Path, arm: Arm, roles: AuthorizationManagementClient) -> None:
        self.store, self.arm, self.roles = store, arm, roles
        self.number = 0
        self.hands: list[Arm] = []

    def newcomer(self) -> tuple[Principal, Arm]:
        """Somebody who may pull images, and nothing else."""
        self.number += 1
        found = control.add_principal(self.store, f"newcomer-{self.number}", "AcrPull")
        hand = deployer({**self.arm.ready, "principals": [known(found)]}, name=found.name)
        self.hands.append(hand)
        return found, hand

    def grant(self, principal: Principal, role: str, scope: str) -> str:
        """Id of the assignment of role `role`, a GUID, at `scope`."""
        made = self.roles.role_assignments.create(
            scope.lstrip("/"),
            str(uuid.uuid4()),
            {
                "properties": {
                    "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
                    "principalId": principal.object_id,
                    "principalType": "ServicePrincipal",
                }
            },
        )
        return str(made.id)

    def custom(self, *actions: str, without: tuple[str, ...] = (), scopes: tuple[str, ...] = ()) -> str:
        """GUID of a new custom role with these actions, assignable in the subscription and at `scopes`."""
        guid = str(uuid.uuid4())
        properties = {
            "roleName": f"role {guid}",
            "type": "CustomRole",
            "assignableScopes": [self.arm.subscription, *scopes],
            "permissions": [{"actions": list(actions), "notActions": list(without)}],
        }
        self.roles.role_definitions.create_or_update(
            self.arm.subscription.lstrip("/"), guid, {"properties": properties}
        )
        return guid


def known(principal: Principal) -> dict[str, str]:
    """The entry of a principal in a ready document."""
    return {"name": principal.name, "client_id": principal.client_id, "client_secret": principal.client_secret}


@contextmanager
def cast_of(store: Path, arm: Arm) -> Iterator[Cast]:
    """The newcomers of the cloud in `store`, whose sessions end with the context."""
    with credential(arm.ready) as own, AuthorizationManagementClient(**client_settings(arm.ready, own)) as roles:
        found = Cast(store, arm, roles)
        try:
            yield found
        finally:
            for hand in found.hands:
                hand.session.close()


def put(arm: Arm, path: str, body: dict[str, Any], version: str = "2024-05-01") -> str:
    """`path`, written."""
    answer = arm.send("PUT", path, body, version=version)
    assert answer.status_code in (200, 201, 202), answer.text
    return path


def ml_parts(arm: Arm, group: str, stem: str) -> dict[str, Any]:
    """Body of a workspace whose account, vault and insights stand in `group`; `stem` is in their global names."""
    access = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    parts = {
        "storageAccount": (
            f"{group}/providers/Microsoft.Storage/storageAccounts/{stem}account",
            {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
        ),
        "keyVault": (f"{group}/providers/Microsoft.KeyVault/vaults/{stem}-vault", {"properties": access}),
        "applicationInsights": (
            f"{group}/providers/Microsoft.Insights/components/insights",
            {"kind": "web", "properties": {"Application_Type": "web"}},
        ),
    }
    ids = {
        name: put(arm, path, {"location": "westeurope", **body}, version_of(path))
        for name, (path, body) in parts.items()
    }
    return {"location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": ids}
