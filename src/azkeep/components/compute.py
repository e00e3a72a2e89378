"""Compute clusters and the compute instance."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, machinelearningservices

from azkeep.components import settings
from azkeep.components.estate import Estate
from azkeep.components.network import Network
from azkeep.components.private_access import PrivateAccess
from azkeep.components.workspace import Workspace

FIXED_OF_CLUSTER = ["vmSize", "vmPriority", "subnet", "enableNodePublicIp", "remoteLoginPortPublicAccess"]
FIXED_OF_INSTANCE = ["vmSize", "subnet", "enableNodePublicIp", "personalComputeInstanceSettings"]
"""What Azure cannot change on a compute; a change there has to make it anew."""


class Compute(pulumi.ComponentResource):
    """Clusters that shrink to nothing and one person's instance, without keys, passwords or public addresses."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: settings.Compute,
        workspace: Workspace,
        network: Network,
        access: PrivateAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Compute", name, None, opts)
        self._estate = estate
        self._workspace = workspace
        self._subnet = (
            machinelearningservices.ResourceIdArgs(id=network.training_subnet_id)
            if network.training_subnet_id
            else None
        )
        self._after = [*access.ready, *workspace.roles.of_compute]
        self.clusters = {each: self._cluster(each, cluster) for each, cluster in wanted.clusters.items()}
        self.instance = self._instance(wanted.instance) if wanted.instance else None
        self.register_outputs({})

    def _options(self, fixed: list[str]) -> pulumi.ResourceOptions:
        paths = [f"properties.properties.{name}" for name in fixed]
        return self._workspace.options(self, *self._after, replace_on_changes=paths, delete_before_replace=True)

    def _cluster(self, name: str, wanted: settings.Cluster) -> machinelearningservices.Compute:
        nodes = machinelearningservices.AmlComputePropertiesArgs(
            vm_size=wanted.size,
            vm_priority="Dedicated" if wanted.priority == "dedicated" else "LowPriority",
            os_type="Linux",
            enable_node_public_ip=wanted.public_address,
            remote_login_port_public_access="Disabled",
            subnet=self._subnet,
            scale_settings=machinelearningservices.ScaleSettingsArgs(
                min_node_count=wanted.min_nodes,
                max_node_count=wanted.max_nodes,
                node_idle_time_before_scale_down=f"PT{wanted.idle_minutes}M",
            ),
        )
        identity = self._workspace.roles.identities.compute
        return machinelearningservices.Compute(
            name,
            compute_name=name,
            location=self._estate.location,
            tags=self._estate.tags,
            identity=machinelearningservices.ManagedServiceIdentityArgs(
                type="UserAssigned", user_assigned_identities=[identity.id] if identity else []
            ),
            properties=machinelearningservices.AmlComputeArgs(
                compute_type="AmlCompute",
                compute_location=self._estate.location,
                disable_local_auth=True,
                properties=nodes,
            ),
            **self._workspace.place,
            opts=self._options(FIXED_OF_CLUSTER),
        )

    def _instance(self, wanted: settings.Instance) -> machinelearningservices.Compute:
        owner = machinelearningservices.AssignedUserArgs(
            object_id=wanted.user, tenant_id=authorization.get_client_config_output().tenant_id
        )
        machine = machinelearningservices.ComputeInstancePropertiesArgs(
            vm_size=wanted.size,
            application_sharing_policy="Personal",
            compute_instance_authorization_type="personal",
            enable_node_public_ip=wanted.public_address,
            idle_time_before_shutdown=f"PT{wanted.idle_minutes}M",
            personal_compute_instance_settings=machinelearningservices.PersonalComputeInstanceSettingsArgs(
                assigned_user=owner
            ),
            ssh_settings=machinelearningservices.ComputeInstanceSshSettingsArgs(ssh_public_access="Disabled"),
            subnet=self._subnet,
        )
        return machinelearningservices.Compute(
            "instance",
            compute_name=self._estate.names.instance,
            location=self._estate.location,
            tags=self._estate.tags,
            properties=machinelearningservices.ComputeInstanceArgs(
                compute_type="ComputeInstance",
                compute_location=self._estate.location,
                disable_local_auth=True,
                properties=machine,
            ),
            **self._workspace.place,
            opts=self._options(FIXED_OF_INSTANCE),
        )
