"""The online endpoint, its deployments, and the model and environment that they serve."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import machinelearningservices

from azkeep.components import settings
from azkeep.components.estate import Estate
from azkeep.components.private_access import PrivateAccess
from azkeep.components.traffic import traffic
from azkeep.components.workspace import Workspace
from azkeep.model.ids import ArmId


class OnlineEndpoint(pulumi.ComponentResource):
    """An endpoint that takes Entra tokens over the private network and splits requests among its deployments."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: settings.Endpoint,
        workspace: Workspace,
        access: PrivateAccess,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:OnlineEndpoint", name, None, opts)
        self._estate = estate
        self._workspace = workspace
        self._after = [*access.ready, *workspace.roles.of_endpoint]
        if estate.settings.network.form == "managed":
            # The first compute brings the managed network up; deployments need it.
            self._after += after
        self.name = estate.names.named(wanted.name)
        self.endpoint = self._endpoint(wanted)
        self._environment = self._environment_version(wanted.image)
        versions = sorted({deployment.model_version for deployment in wanted.deployments.values()})
        self._models = {version: self._model_version(wanted.model, version) for version in versions}
        self.deployments = {each: self._deployment(each, shape) for each, shape in wanted.deployments.items()}
        workspace.companions.monitoring.diagnose("endpoint", self.endpoint.id, self)
        self.register_outputs({"id": self.endpoint.id, "name": self.name})

    def _identity(self) -> machinelearningservices.ManagedServiceIdentityArgs:
        identity = self._workspace.roles.identities.endpoint
        return machinelearningservices.ManagedServiceIdentityArgs(
            type="UserAssigned", user_assigned_identities=[identity.id] if identity else []
        )

    def _endpoint(self, wanted: settings.Endpoint) -> machinelearningservices.OnlineEndpoint:
        shares = {each: deployment.traffic for each, deployment in wanted.deployments.items()}
        return machinelearningservices.OnlineEndpoint(
            "endpoint",
            endpoint_name=self.name,
            location=self._estate.location,
            tags=self._estate.tags,
            identity=self._identity(),
            properties=machinelearningservices.OnlineEndpointPropertiesArgs(
                auth_mode="AADToken",
                public_network_access="Enabled" if wanted.public_access else "Disabled",
                traffic=traffic(self.name, shares),
            ),
            **self._workspace.place,
            opts=self._workspace.options(self, *self._after),
        )

    def _environment_version(self, wanted: settings.Image) -> machinelearningservices.EnvironmentVersion:
        return machinelearningservices.EnvironmentVersion(
            f"environment-{wanted.tag}",
            name=wanted.name,
            version=wanted.tag,
            properties=machinelearningservices.EnvironmentVersionPropertiesArgs(
                image=f"{self._workspace.companions.registry.address}/{wanted.repository}:{wanted.tag}", os_type="Linux"
            ),
            **self._workspace.place,
            opts=self._workspace.options(self),
        )

    def _model_version(self, wanted: settings.Model, version: str) -> machinelearningservices.ModelVersion:
        path = f"{wanted.folder.strip('/')}/{wanted.name}/{version}"
        return machinelearningservices.ModelVersion(
            f"model-{version}",
            name=wanted.name,
            version=version,
            properties=machinelearningservices.ModelVersionPropertiesArgs(
                model_type=wanted.kind,
                model_uri=self._workspace.id.apply(lambda id: _in_datastore(id, path)),
            ),
            **self._workspace.place,
            opts=self._workspace.options(self),
        )

    def _deployment(self, name: str, wanted: settings.Deployment) -> machinelearningservices.OnlineDeployment:
        probe = machinelearningservices.ProbeSettingsArgs(
            failure_threshold=30, initial_delay="PT30S", period="PT10S", success_threshold=1, timeout="PT2S"
        )
        return machinelearningservices.OnlineDeployment(
            name,
            endpoint_name=self.name,
            deployment_name=name,
            location=self._estate.location,
            tags=self._estate.tags,
            sku=machinelearningservices.SkuArgs(name="Default", capacity=wanted.instances),
            properties=machinelearningservices.ManagedOnlineDeploymentArgs(
                endpoint_compute_type="Managed",
                instance_type=wanted.size,
                model=self._models[wanted.model_version].id,
                environment_id=self._environment.id,
                app_insights_enabled=True,
                egress_public_network_access=self._egress(),
                liveness_probe=probe,
                readiness_probe=probe,
            ),
            **self._workspace.place,
            opts=self._workspace.options(
                self,
                self.endpoint,
                *self._after,
                replace_on_changes=["properties.instanceType", "properties.egressPublicNetworkAccess"],
                delete_before_replace=True,
                # The service refuses to delete a deployment that takes requests, and deletes it with its endpoint.
                deleted_with=self.endpoint,
            ),
        )

    def _egress(self) -> str:
        """In a managed network the service ignores the setting and answers with its default."""
        return "Enabled" if self._estate.settings.network.form == "managed" else "Disabled"


def _in_datastore(workspace_id: str, path: str) -> str:
    """The address of `path` in the workspace's default datastore."""
    workspace = ArmId.parse(workspace_id)
    return (
        f"azureml://subscriptions/{workspace.subscription}/resourcegroups/{workspace.resource_group}"
        f"/workspaces/{workspace.name}/datastores/workspaceblobstore/paths/{path}"
    )
