"""The Azure Machine Learning workspace."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import machinelearningservices

from azkeep.components import settings
from azkeep.components.companions import Companions
from azkeep.components.estate import Estate, Target
from azkeep.components.network import Network
from azkeep.components.network_settings import ManagedNetwork
from azkeep.components.roles import Roles, grant

ISOLATION = {"approved": "AllowOnlyApprovedOutbound", "internet": "AllowInternetOutbound"}


class Workspace(pulumi.ComponentResource):
    """A workspace that works as its own identity, without account keys and without public traffic."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: settings.Workspace,
        companions: Companions,
        roles: Roles,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Workspace", name, None, opts)
        self._estate = estate
        self.companions = companions
        self.roles = roles
        self.name = estate.names.workspace
        self.workspace = self._workspace(wanted, _isolation(estate, network))
        self.id: pulumi.Output[str] = self.workspace.id
        self.target = Target("workspace", self.id, ("amlworkspace",))
        companions.monitoring.diagnose("workspace", self.id, self)
        self._let_in(wanted)
        self._outbound()
        self.register_outputs({"id": self.id})

    def _workspace(self, wanted: settings.Workspace, isolation: dict[str, Any]) -> machinelearningservices.Workspace:
        estate, companions = self._estate, self.companions
        compute = estate.settings.compute
        identity = self.roles.identities.workspace
        return machinelearningservices.Workspace(
            "workspace",
            workspace_name=self.name,
            friendly_name=wanted.title or self.name,
            identity=machinelearningservices.ManagedServiceIdentityArgs(
                type="UserAssigned", user_assigned_identities=[identity.id]
            ),
            primary_user_assigned_identity=identity.id,
            storage_account=companions.storage.id,
            key_vault=companions.vault.id,
            container_registry=companions.registry.id,
            application_insights=companions.monitoring.insights_id,
            system_datastores_auth_mode="AccessKey" if companions.storage.accepts_keys else "Identity",
            hbi_workspace=wanted.high_business_impact,
            image_build_compute=compute.image_builds if compute else None,
            public_network_access="Enabled" if wanted.public_access else "Disabled",
            v1_legacy_mode=False,
            **isolation,
            **estate.here,
            opts=estate.options(self, *self.roles.of_workspace, protect=estate.settings.protected),
        )

    @property
    def place(self) -> dict[str, str]:
        """The arguments that place a child resource in the workspace."""
        return {"resource_group_name": self._estate.names.group, "workspace_name": self.name}

    def options(self, parent: pulumi.Resource, *after: pulumi.Resource, **more: Any) -> pulumi.ResourceOptions:
        """Options of a child of the workspace, made after it and after whatever `after` names."""
        return pulumi.ResourceOptions(parent=parent, depends_on=[self.workspace, *after], **more)

    def _let_in(self, wanted: settings.Workspace) -> None:
        principal = self.roles.identities.workspace.principal_id
        grant(self._estate, "workspace-contributor-workspace", "Contributor", self.id, principal, self)
        for group in wanted.data_scientists:
            role, data = f"scientists-{group[:8]}", f"scientists-data-{group[:8]}"
            grant(self._estate, role, "AzureML Data Scientist", self.id, group, self, "Group")
            grant(self._estate, data, "Storage Blob Data Contributor", self.companions.storage.id, group, self, "Group")

    def _outbound(self) -> None:
        network = self._estate.settings.network
        if not isinstance(network, ManagedNetwork):
            return
        for name, rule in _rules(network).items():
            machinelearningservices.ManagedNetworkSettingsRule(
                f"outbound-{name}", rule_name=name, properties=rule, **self.place, opts=self.options(self)
            )


def _isolation(estate: Estate, network: Network) -> dict[str, Any]:
    """Where computes live: in a network that Azure runs, or, serverless ones too, in the estate's subnet."""
    form = estate.settings.network
    if isinstance(form, ManagedNetwork):
        managed = machinelearningservices.ManagedNetworkSettingsArgs(isolation_mode=ISOLATION[form.isolation])
        return {"managed_network": managed}
    serverless = machinelearningservices.ServerlessComputeSettingsArgs(
        serverless_compute_custom_subnet=network.training_subnet_id, serverless_compute_no_public_ip=True
    )
    return {"serverless_compute_settings": serverless}


def _rules(network: ManagedNetwork) -> dict[str, Any]:
    wanted = network.outbound
    hosts = {
        name: machinelearningservices.FqdnOutboundRuleArgs(type="FQDN", category="UserDefined", destination=host)
        for name, host in wanted.hosts.items()
    }
    endpoints = {
        name: machinelearningservices.PrivateEndpointOutboundRuleArgs(
            type="PrivateEndpoint",
            category="UserDefined",
            destination=machinelearningservices.PrivateEndpointDestinationArgs(
                service_resource_id=target.id, subresource_target=target.group, spark_enabled=False
            ),
        )
        for name, target in wanted.private_endpoints.items()
    }
    tags = {
        name: machinelearningservices.ServiceTagOutboundRuleArgs(
            type="ServiceTag",
            category="UserDefined",
            destination=machinelearningservices.ServiceTagDestinationArgs(
                service_tag=tag.tag, protocol=tag.protocol, port_ranges=tag.ports
            ),
        )
        for name, tag in wanted.service_tags.items()
    }
    return {**hosts, **endpoints, **tags}
