"""Who may do what: role assignments with names that stay the same from run to run."""

from __future__ import annotations

from typing import Literal

import pulumi
from pulumi_azure_native import authorization, managedidentity

from azkeep.components.companions import Companions
from azkeep.components.estate import Estate
from azkeep.components.identities import Identities
from azkeep.components.private_access import PrivateAccess

ROLES = {
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
    "AzureML Data Scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Storage File Data Privileged Contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
}
"""Source: Azure, "Azure built-in roles"."""


STUDIO_READS = ("blob", "file")


def grant(
    estate: Estate,
    label: str,
    role: str,
    scope: pulumi.Input[str],
    principal: pulumi.Input[str],
    parent: pulumi.Resource,
    kind: Literal["ServicePrincipal", "Group"] = "ServicePrincipal",
) -> authorization.RoleAssignment:
    """The assignment of `role` on `scope`; `label` names it among the estate's and gives it its GUID."""
    return authorization.RoleAssignment(
        label,
        role_assignment_name=estate.names.assignment(estate.location, label),
        role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}",
        scope=scope,
        principal_id=principal,
        principal_type=kind,
        opts=pulumi.ResourceOptions(parent=parent),
    )


class Roles(pulumi.ComponentResource):
    """What the estate's identities may do with the companions, before there is a workspace.

    Source: Azure Machine Learning, "Set up service authentication".
    """

    def __init__(
        self,
        name: str,
        estate: Estate,
        identities: Identities,
        companions: Companions,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Roles", name, None, opts)
        self._estate = estate
        self._companions = companions
        self.identities = identities
        self.of_workspace = [*self._workspace(identities.workspace), *self._approvals(identities.workspace)]
        self.of_compute = self._compute(identities.compute) if identities.compute else []
        self.of_endpoint = self._endpoint(identities.endpoint) if identities.endpoint else []
        self.register_outputs({})

    def let_studio_read(self, access: PrivateAccess) -> None:
        """Let the workspace see the storage's private endpoints, without which the studio shows no data."""
        for group in STUDIO_READS:
            scope = access.endpoints[group].id
            self._grant("workspace", self.identities.workspace, "Reader", f"{group}-endpoint", scope)

    def _grant(
        self,
        who: str,
        identity: managedidentity.UserAssignedIdentity,
        role: str,
        of: str,
        scope: pulumi.Input[str],
    ) -> authorization.RoleAssignment:
        label = f"{who}-{role.lower().replace(' ', '-')}-{of}"
        return grant(self._estate, label, role, scope, identity.principal_id, self)

    def _workspace(self, identity: managedidentity.UserAssignedIdentity) -> list[pulumi.Resource]:
        of = self._companions
        scopes = {
            "storage": of.storage.id,
            "vault": of.vault.id,
            "registry": of.registry.id,
            "insights": of.monitoring.insights_id,
        }
        return [
            *(self._grant("workspace", identity, "Contributor", name, id) for name, id in scopes.items()),
            self._grant("workspace", identity, "Storage Blob Data Contributor", "storage", of.storage.id),
            self._grant("workspace", identity, "Key Vault Administrator", "vault", of.vault.id),
        ]

    def _approvals(self, identity: managedidentity.UserAssignedIdentity) -> list[pulumi.Resource]:
        """A managed network's private endpoints wait until the workspace may approve them."""
        if self._estate.settings.network.form != "managed":
            return []
        of = self._companions
        role = "Azure AI Enterprise Network Connection Approver"
        scopes = {"storage": of.storage.id, "vault": of.vault.id, "registry": of.registry.id}
        return [self._grant("workspace", identity, role, name, id) for name, id in scopes.items()]

    def _compute(self, identity: managedidentity.UserAssignedIdentity) -> list[pulumi.Resource]:
        of = self._companions
        return [
            self._grant("compute", identity, "AcrPull", "registry", of.registry.id),
            self._grant("compute", identity, "Storage Blob Data Contributor", "storage", of.storage.id),
            self._grant("compute", identity, "Storage File Data Privileged Contributor", "storage", of.storage.id),
        ]

    def _endpoint(self, identity: managedidentity.UserAssignedIdentity) -> list[pulumi.Resource]:
        of = self._companions
        return [
            self._grant("endpoint", identity, "AcrPull", "registry", of.registry.id),
            self._grant("endpoint", identity, "Storage Blob Data Reader", "storage", of.storage.id),
        ]
