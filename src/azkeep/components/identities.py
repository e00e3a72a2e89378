"""The managed identities of an estate: one for each purpose, so that none can do what another needs."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import managedidentity

from azkeep.components.estate import Estate


class Identities(pulumi.ComponentResource):
    """Identities of the workspace, of its clusters and of its endpoint; the last two only where there are such."""

    def __init__(self, name: str, estate: Estate, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("azkeep:components:Identities", name, None, opts)
        self._estate = estate
        self.workspace = self._identity("workspace")
        self.compute = self._identity("compute") if estate.settings.compute else None
        self.endpoint = self._identity("endpoint") if estate.settings.endpoint else None
        self.register_outputs({"workspace_principal_id": self.workspace.principal_id})

    def _identity(self, purpose: str) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            f"{purpose}-identity",
            resource_name_=self._estate.names.named(f"{purpose}-id"),
            **self._estate.here,
            opts=self._estate.options(self),
        )
