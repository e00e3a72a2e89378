"""POST actions of a machine learning workspace. Source: Azure Machine Learning REST API 2025-12-01, workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._blob_plane import KEYS
from azkeep.types._document import region
from azkeep.types._machine_learning import has_managed_network, user_error
from azkeep.types._workspace_network import provisioned, provisioning_effects
from azkeep.types.planes import SecretOf
from azkeep.types.resource_type import Action
from azkeep.types.write import Effect, Estate

PRIMARY, SECONDARY = "/notebook/primaryAccessKey", "/notebook/secondaryAccessKey"


def _notebook_keys(secrets: Mapping[str, Any]) -> dict[str, Any]:
    return {"primaryAccessKey": secrets.get(PRIMARY), "secondaryAccessKey": secrets.get(SECONDARY)}


def _list_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    insights = estate.get(str(get(body, "/properties/applicationInsights", "")))
    return {
        "userStorageResourceId": get(body, "/properties/storageAccount"),
        "appInsightsInstrumentationKey": get(insights, "/properties/InstrumentationKey"),
        "notebookAccessKeys": _notebook_keys(secrets),
    }


def _list_notebook_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return _notebook_keys(secrets)


def _list_notebook_token(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return {
        "accessToken": secrets.get(PRIMARY),
        "expiresIn": 28800,
        "hostName": get(body, "/properties/notebookInfo/fqdn"),
        "publicDns": get(body, "/properties/notebookInfo/fqdn"),
        "notebookResourceId": get(body, "/properties/notebookInfo/resourceId"),
        "scope": "aznb_identity",
        "tokenType": "Bearer",
    }


def _prepare_notebook(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return get(body, "/properties/notebookInfo")


def _diagnose(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    names = (
        "userDefinedRouteResults", "networkSecurityRuleResults", "resourceLockResults", "dnsResolutionResults",
        "storageAccountResults", "keyVaultResults", "containerRegistryResults", "applicationInsightsResults",
        "otherResults",
    )  # fmt: skip
    return {"value": {name: [] for name in names}}


def _nothing(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return None


def _account_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    account = estate.get(str(get(body, "/properties/storageAccount", "")))
    if account is None:
        return user_error("The workspace has no storage account of its own.")
    return {"userStorageKey": SecretOf(str(account["id"]), KEYS[0])}


def outbound_endpoints(id: ArmId, body: Body, estate: Estate) -> Body:
    """Hosts that computes of a workspace reach. Source: how-to-access-azureml-behind-firewall."""
    place = region(body)
    hosts = (
        ("Azure Active Directory", ("login.microsoftonline.com",), (80, 443)),
        ("Azure portal", ("management.azure.com",), (443,)),
        ("Azure Machine Learning", (f"{place}.api.azureml.ms", f"{place}.experiments.azureml.net"), (443,)),
        ("Azure Batch", (f"{place}.service.batch.azure.com",), (443,)),
        ("Microsoft Container Registry", ("mcr.microsoft.com",), (443,)),
    )
    return {
        "value": [
            {
                "properties": {
                    "category": category,
                    "endpoints": [
                        {"domainName": name, "endpointDetails": [{"port": port} for port in ports]} for name in names
                    ],
                }
            }
            for category, names, ports in hosts
        ]
    }


def features(id: ArmId, body: Body, estate: Estate) -> Body:
    """Parts of the studio that a workspace has. Source: answer of WorkspaceFeature list in the REST examples."""
    found = (
        (
            "automatedml_createeditexperimentsui",
            "Create edit experiments UI",
            "Create, edit or delete AutoML experiments in the SDK",
        ),
        (
            "workspace_upgradeworkspaceui",
            "Upgrade workspace UI",
            "Upgrade workspace from Basic to enterprise from the UI",
        ),
    )
    return {"value": [dict(zip(("id", "displayName", "description"), each, strict=True)) for each in found]}


def _network_status(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    if not has_managed_network(body):
        return user_error("The workspace has no managed network: its isolation mode is Disabled.")
    return {"status": "Active", "sparkReady": sent.get("includeSpark") is True}


def _provision(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> Body:
    return provisioned(body, spark=sent.get("includeSpark") is True)


def _endpoints_made(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> tuple[Effect, ...]:
    return provisioning_effects(body, estate)


ACTIONS: Mapping[str, Action] = {
    "listKeys": Action(_list_keys),
    "listNotebookKeys": Action(_list_notebook_keys),
    "listNotebookAccessToken": Action(_list_notebook_token),
    "prepareNotebook": Action(_prepare_notebook),
    "resyncKeys": Action(_nothing),
    "diagnose": Action(_diagnose, status=202),
    "listStorageAccountKeys": Action(_account_keys),
    "provisionManagedNetwork": Action(_network_status, changes=_provision, effects=_endpoints_made),
}
