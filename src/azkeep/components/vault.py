"""The workspace's key vault."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, keyvault

from azkeep.components import settings
from azkeep.components.estate import Estate, Target
from azkeep.components.monitoring import Monitoring


class Vault(pulumi.ComponentResource):
    """A vault with roles instead of access policies, recoverable, without public traffic; or one given by id."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: settings.Vault,
        monitoring: Monitoring,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Vault", name, None, opts)
        self.vault = None if wanted.id else self._vault(estate, wanted)
        self.id: pulumi.Input[str] = self.vault.id if self.vault is not None else wanted.id
        self.target = Target("vault", self.id, ("vault",))
        if self.vault is not None:
            monitoring.diagnose("vault", self.vault.id, self)
        self.register_outputs({"id": self.id})

    def _vault(self, estate: Estate, wanted: settings.Vault) -> keyvault.Vault:
        properties = keyvault.VaultPropertiesArgs(
            tenant_id=authorization.get_client_config_output().tenant_id,
            sku=keyvault.SkuArgs(family="A", name="standard"),
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            soft_delete_retention_in_days=wanted.retention_days,
            # Azure takes true or nothing here, never false.
            enable_purge_protection=True if wanted.purge_protection else None,
            public_network_access="Enabled" if wanted.public_access else "Disabled",
            network_acls=keyvault.NetworkRuleSetArgs(
                bypass="AzureServices", default_action="Allow" if wanted.public_access else "Deny"
            ),
        )
        return keyvault.Vault(
            "vault",
            vault_name=estate.names.vault,
            properties=properties,
            **estate.here,
            opts=estate.options(self, protect=estate.settings.protected),
        )
