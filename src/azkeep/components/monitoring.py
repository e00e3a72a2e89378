"""Log workspace, Application Insights, and the diagnostic settings that feed them."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import applicationinsights, monitor, operationalinsights

from azkeep.components import settings
from azkeep.components.estate import Estate
from azkeep.model.ids import ArmId


class Monitoring(pulumi.ComponentResource):
    """Where logs go: made here, or given by id. Only tokens are accepted, no keys."""

    def __init__(
        self, name: str, estate: Estate, wanted: settings.Monitoring, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("azkeep:components:Monitoring", name, None, opts)
        self._estate = estate
        self._wanted = wanted
        self.log_workspace_id: pulumi.Input[str] = wanted.log_workspace or self._log_workspace().id
        self.insights_id: pulumi.Input[str] = wanted.insights or self._insights().id
        self.register_outputs({"log_workspace_id": self.log_workspace_id, "insights_id": self.insights_id})

    def diagnose(self, of: str, target: pulumi.Input[str], parent: pulumi.Resource) -> monitor.DiagnosticSetting:
        """Send all logs of `target` to the log workspace."""
        return monitor.DiagnosticSetting(
            f"{of}-logs",
            name="to-log-workspace",
            resource_uri=target,
            workspace_id=self.log_workspace_id,
            # azure-native gave the class of these another name within its supported versions; their keys stayed.
            logs=[{"category_group": "allLogs", "enabled": True}],
            opts=pulumi.ResourceOptions(parent=parent),
        )

    def _open(self) -> dict[str, str]:
        return {
            "public_network_access_for_ingestion": "Enabled" if self._wanted.public_ingestion else "Disabled",
            "public_network_access_for_query": "Enabled" if self._wanted.public_query else "Disabled",
        }

    def _log_workspace(self) -> operationalinsights.Workspace:
        logs = operationalinsights.Workspace(
            "logs",
            workspace_name=self._estate.names.named("log"),
            sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
            retention_in_days=self._wanted.retention_days,
            features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True),
            **self._open(),
            **self._estate.here,
            opts=self._estate.options(self),
        )
        self._scope("logs", logs.id)
        return logs

    def _insights(self) -> applicationinsights.Component:
        insights = applicationinsights.Component(
            "insights",
            resource_name_=self._estate.names.named("appi"),
            kind="web",
            application_type="web",
            workspace_resource_id=self.log_workspace_id,
            disable_local_auth=True,
            **self._open(),
            **self._estate.here,
            opts=self._estate.options(self),
        )
        self._scope("insights", insights.id)
        return insights

    def _scope(self, of: str, target: pulumi.Input[str]) -> None:
        if self._wanted.private_link_scope is None:
            return
        scope = ArmId.parse(self._wanted.private_link_scope)
        monitor.PrivateLinkScopedResource(
            f"{of}-in-scope",
            name=self._estate.names.named(of),
            resource_group_name=scope.resource_group,
            scope_name=scope.name,
            linked_resource_id=target,
            opts=self._estate.elsewhere(scope.text, self),
        )
