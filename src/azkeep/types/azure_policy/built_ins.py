"""Built-in definitions: of Azure Machine Learning those that deny and the two that deploy what is missing, and GENERAL.

Source: repository Azure/azure-policy, built-in-policies/policyDefinitions/Machine Learning. Their prose is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Body
from azkeep.types.azure_policy.entries import entry, is_type, of_category, parameter
from azkeep.types.azure_policy.general import GENERAL

WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
COMPUTES = f"{WORKSPACES}/computes"
DATA = "Microsoft.MachineLearningServices.v2.Data"
DEPLOYED = f"{DATA}/workspaces/deployments"
SETTINGS = "Microsoft.Insights/diagnosticSettings"
ENDPOINTS = "Microsoft.Network/privateEndpoints"
_DEPLOYS = parameter(default="DeployIfNotExists", allowed=("DeployIfNotExists", "Disabled"))


def _absent(field: str) -> dict[str, Any]:
    empty = {"value": f"[empty(field('{field}'))]", "equals": True}
    return {"anyOf": [{"field": field, "exists": False}, empty]}


_CONNECTIONS = f"{WORKSPACES}/privateEndpointConnections[*]"
_MODEL = f"{DEPLOYED}/model"
_ALLOWED = "[concat('azureml://registries/', parameters('allowedRegistryName'), '/*')]"

DENYING: tuple[Body, ...] = of_category(
    "Machine Learning",
    entry(
        "ba769a63-b8cc-4b2d-abf6-ac33c7204be8",
        "Azure Machine Learning workspaces should be encrypted with a customer-managed key",
        "1.1.0",
        [
            is_type(WORKSPACES),
            {"not": {"field": "kind", "equals": "project"}},
            {"not": {"field": f"{WORKSPACES}/encryption.status", "equals": "Enabled"}},
        ],
    ),
    entry(
        "438c38d2-3772-465a-a9cc-7a6666a275ce",
        "Azure Machine Learning Workspaces should disable public network access",
        "2.0.1",
        [
            is_type(WORKSPACES),
            {
                "anyOf": [
                    {"field": f"{WORKSPACES}/publicNetworkAccess", "exists": "false"},
                    {"field": f"{WORKSPACES}/publicNetworkAccess", "notEquals": "Disabled"},
                ]
            },
        ],
    ),
    entry(
        "5f0c7d88-c7de-45b8-ac49-db49e72eaa78",
        "Azure Machine Learning workspaces should use user-assigned managed identity",
        "1.0.0",
        [
            is_type(WORKSPACES),
            {
                "anyOf": [
                    {"field": f"{WORKSPACES}/primaryUserAssignedIdentity", "exists": False},
                    {"field": f"{WORKSPACES}/primaryUserAssignedIdentity", "equals": ""},
                ]
            },
        ],
    ),
    entry(
        "e413671a-dd10-4cc1-a943-45b598596cb7",
        "Azure Machine Learning workspaces should enable V1LegacyMode to support network isolation backward"
        " compatibility",
        "1.0.0",
        [is_type(WORKSPACES), {"field": f"{WORKSPACES}/v1LegacyMode", "notEquals": "true"}],
    ),
    entry(
        "6ddb1705-c8cf-450e-aa4b-19ad6703c440",
        "Azure Machine Learning and Ai Studio should use Allow Only Approved Outbound Managed Vnet mode",
        "1.0.0",
        [
            is_type(WORKSPACES),
            {"field": f"{WORKSPACES}/managedNetwork.isolationMode", "notEquals": "[parameters('isolationMode')]"},
        ],
        parameters={
            "isolationMode": parameter(
                default="Disabled", allowed=("AllowInternetOutbound", "AllowOnlyApprovedOutbound", "Disabled")
            )
        },
    ),
    entry(
        "40cec1dd-a100-4920-b15b-3024fe8901ab",
        "[Deprecated]: Azure Machine Learning workspaces should use private link",
        "1.1.0-deprecated",
        [
            is_type(WORKSPACES),
            {
                "count": {
                    "field": _CONNECTIONS,
                    "where": {
                        "field": f"{_CONNECTIONS}.privateLinkServiceConnectionState.status",
                        "equals": "Approved",
                    },
                },
                "less": 1,
            },
        ],
    ),
    entry(
        "e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f",
        "Azure Machine Learning Computes should have local authentication methods disabled",
        "2.1.0",
        [
            is_type(COMPUTES),
            {"field": f"{COMPUTES}/computeType", "in": ["ComputeInstance", "AmlCompute"]},
            {"field": f"{COMPUTES}/disableLocalAuth", "notEquals": True},
        ],
        mode="All",
    ),
    entry(
        "679ddf89-ab8f-48a5-9029-e76054077449",
        "Azure Machine Learning Compute Instance should have idle shutdown.",
        "1.0.0",
        [
            is_type(COMPUTES),
            {"field": f"{COMPUTES}/computeType", "equals": "ComputeInstance"},
            _absent(f"{COMPUTES}/idleTimeBeforeShutdown"),
        ],
        mode="All",
    ),
    entry(
        "12e5dd16-d201-47ff-849b-8454061c293d",
        "[Preview]: Azure Machine Learning Deployments should only use approved Registry Models",
        "1.0.0-preview",
        [
            is_type(DEPLOYED),
            {"field": f"{_MODEL}.registryName", "exists": True},
            {
                "allOf": [
                    {"field": f"{_MODEL}.publisher", "notin": "[parameters('allowedPublishers')]"},
                    {
                        "count": {
                            "value": "[parameters('allowedAssetIds')]",
                            "name": "allowedAssetId",
                            "where": {"field": f"{_MODEL}.assetId", "contains": "[current('allowedAssetId')]"},
                        },
                        "equals": 0,
                    },
                ]
            },
        ],
        mode=DATA,
        parameters={
            "allowedPublishers": parameter(default=[], kind="Array"),
            "allowedAssetIds": parameter(default=[], kind="Array"),
        },
    ),
    entry(
        "19539b54-c61e-4196-9a38-67598701be90",
        "[Preview]: Azure Machine Learning Model Registry Deployments are restricted except for the allowed Registry",
        "1.0.0-preview",
        [
            is_type(DEPLOYED),
            {
                "anyOf": [
                    {"field": f"{_MODEL}.assetId", "in": "[parameters('restrictedModels')]"},
                    {
                        "allOf": [
                            {"field": f"{_MODEL}.assetId", "like": "azureml://registries/*"},
                            {
                                "not": {
                                    "field": f"{_MODEL}.assetId",
                                    "like": _ALLOWED,
                                }
                            },
                        ]
                    },
                ]
            },
        ],
        mode=DATA,
        effect=parameter(allowed=("Deny", "Disabled")),
        parameters={
            "allowedRegistryName": parameter(default=""),
            "restrictedModels": parameter(default=[], kind="Array"),
        },
    ),
)
"""The ten of the service that deny."""


def _deployment(resource: Body, template: Mapping[str, str], values: Mapping[str, str]) -> dict[str, Any]:
    """The deployment of one resource, whose template has these parameters of these types, and texts from `values`."""
    return {
        "properties": {
            "mode": "incremental",
            "template": {
                "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                "contentVersion": "1.0.0.0",
                "parameters": {
                    name: {"type": kind} for name, kind in {**template, **dict.fromkeys(values, "string")}.items()
                },
                "variables": {},
                "resources": [resource],
                "outputs": {},
            },
            "parameters": {
                **{name: {"value": f"[parameters('{name}')]"} for name in template},
                **{name: {"value": value} for name, value in values.items()},
            },
        }
    }


def _configuration(name: str, parameter: str) -> dict[str, Any]:
    return {"name": name, "properties": {"privateDnsZoneId": f"[parameters('{parameter}')]"}}


_SWITCH = {"type": "Boolean", "allowedValues": [True, False], "defaultValue": True}
_ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
_SETTING: Body = {
    "type": f"{WORKSPACES}/providers/diagnosticSettings",
    "apiVersion": "2021-05-01-preview",
    "name": "[concat(parameters('resourceName'), '/', 'Microsoft.Insights/', parameters('profileName'))]",
    "location": "[parameters('location')]",
    "properties": {
        "workspaceId": "[parameters('logAnalytics')]",
        "metrics": [{"category": "AllMetrics", "enabled": "[parameters('metricsEnabled')]"}],
        "logs": [
            {"categoryGroup": "allLogs", "enabled": "[parameters('logsEnabled')]"},
            {"categoryGroup": "audit", "enabled": "[parameters('logsEnabled')]"},
        ],
    },
}
_ZONES = (
    "[if(not(empty(parameters('secondPrivateDnsZoneId'))), variables('bothPrivateDnsZoneConfigs'),"
    " variables('singlePrivateDnsZoneConfigs'))]"
)
_ZONE_GROUP: Body = {
    "type": f"{ENDPOINTS}/privateDnsZoneGroups",
    "apiVersion": "2020-03-01",
    "name": "[concat(parameters('privateEndpointName'), '/deployedByPolicy')]",
    "location": "[parameters('location')]",
    "properties": {"privateDnsZoneConfigs": _ZONES},
}


def _zone_deployment() -> dict[str, Any]:
    found = _deployment(
        _ZONE_GROUP,
        {"privateDnsZoneId": "string", "secondPrivateDnsZoneId": "string"},
        {"privateEndpointName": "[field('name')]", "location": "[field('location')]"},
    )
    first = _configuration("amlworkspace-privateDnsZone", "privateDnsZoneId")
    second = _configuration("amlworkspace-secondPrivateDnsZone", "secondPrivateDnsZoneId")
    found["properties"]["template"]["variables"] = {
        "bothPrivateDnsZoneConfigs": [first, second],
        "singlePrivateDnsZoneConfigs": [first],
    }
    return found


_GROUP_IDS = f"{ENDPOINTS}/privateLinkServiceConnections[*].groupIds[*]"

DEPLOYING: tuple[Body, ...] = of_category(
    "Machine Learning",
    entry(
        "f59276f0-5740-4aaf-821d-45d185aa210e",
        "Configure diagnostic settings for Azure Machine Learning Workspaces to Log Analytics workspace",
        "1.0.1",
        [is_type(WORKSPACES)],
        effect=_DEPLOYS,
        parameters={
            "profileName": parameter(default="MachineLearningServicesDiagnosticsLogsToWorkspace"),
            "logAnalytics": parameter(),
            "metricsEnabled": _SWITCH,
            "logsEnabled": _SWITCH,
        },
        details={
            "type": SETTINGS,
            "name": "[parameters('profileName')]",
            "existenceCondition": {
                "allOf": [
                    {"field": f"{SETTINGS}/logs.enabled", "equals": "[parameters('logsEnabled')]"},
                    {"field": f"{SETTINGS}/metrics.enabled", "equals": "[parameters('metricsEnabled')]"},
                    {"field": f"{SETTINGS}/workspaceId", "equals": "[parameters('logAnalytics')]"},
                ]
            },
            "roleDefinitionIds": [
                f"{_ROLES}/749f88d5-cbae-40b8-bcfc-e573ddc772fa",
                f"{_ROLES}/92aaf0da-9dab-42b6-94a3-d43ce8d16293",
            ],
            "deployment": _deployment(
                _SETTING,
                {"logAnalytics": "string", "metricsEnabled": "bool", "logsEnabled": "bool", "profileName": "string"},
                {"location": "[field('location')]", "resourceName": "[field('fullName')]"},
            ),
        },
    ),
    entry(
        "ee40564d-486e-4f68-a5ca-7a621edae0fb",
        "Configure Azure Machine Learning workspace to use private DNS zones",
        "1.1.0",
        [
            is_type(ENDPOINTS),
            {
                "count": {"field": _GROUP_IDS, "where": {"field": _GROUP_IDS, "equals": "amlworkspace"}},
                "greaterOrEquals": 1,
            },
        ],
        effect=_DEPLOYS,
        parameters={"privateDnsZoneId": parameter(), "secondPrivateDnsZoneId": parameter(default="")},
        details={
            "type": f"{ENDPOINTS}/privateDnsZoneGroups",
            "roleDefinitionIds": [f"{_ROLES}/4d97b98b-1d4f-4787-a291-c67834d212e7"],
            "deployment": _zone_deployment(),
        },
    ),
)
"""Those that deploy diagnostic settings of workspaces, and zone groups of their private endpoints."""

BUILT_IN = (*DENYING, *DEPLOYING, *GENERAL)
_BY_ID: Mapping[str, Body] = {str(each["id"]).lower(): each for each in BUILT_IN}


def built_in(id: str) -> Body | None:
    """The built-in definition with this id, in any case; None for one that is not held here."""
    return _BY_ID.get(id.lower())
