"""The container registry."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from azkeep.components import settings
from azkeep.components.estate import Estate, Target
from azkeep.components.monitoring import Monitoring
from azkeep.model.ids import ArmId


class Registry(pulumi.ComponentResource):
    """A Premium registry without admin user, public traffic or exports; or one given by id."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: settings.Registry,
        monitoring: Monitoring,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Registry", name, None, opts)
        self.registry = None if wanted.id else self._registry(estate, wanted)
        self.id: pulumi.Input[str] = self.registry.id if self.registry is not None else wanted.id
        # A registry's address follows from its name, so images are known before there is a registry.
        self.address = f"{(ArmId.parse(wanted.id).name if wanted.id else estate.names.registry).lower()}.azurecr.io"
        self.target = Target("registry", self.id, ("registry",))
        if self.registry is not None:
            monitoring.diagnose("registry", self.registry.id, self)
        self.register_outputs({"id": self.id, "address": self.address})

    def _registry(self, estate: Estate, wanted: settings.Registry) -> containerregistry.Registry:
        return containerregistry.Registry(
            "registry",
            registry_name=estate.names.registry,
            sku=containerregistry.SkuArgs(name="Premium"),
            admin_user_enabled=wanted.admin_user,
            anonymous_pull_enabled=False,
            data_endpoint_enabled=True,
            network_rule_bypass_options="AzureServices",
            network_rule_set=containerregistry.NetworkRuleSetArgs(
                default_action="Allow" if wanted.public_access else "Deny"
            ),
            public_network_access="Enabled" if wanted.public_access else "Disabled",
            zone_redundancy="Enabled" if wanted.zone_redundant else "Disabled",
            policies=_policies(wanted),
            **estate.here,
            opts=estate.options(self, protect=estate.settings.protected),
        )


def _policies(wanted: settings.Registry) -> containerregistry.PoliciesArgs:
    """Exports may only be off where public traffic is; the service refuses the other combination."""
    return containerregistry.PoliciesArgs(
        export_policy=containerregistry.ExportPolicyArgs(status="enabled" if wanted.public_access else "disabled"),
        retention_policy=containerregistry.RetentionPolicyArgs(status="enabled", days=wanted.untagged_days),
    )
