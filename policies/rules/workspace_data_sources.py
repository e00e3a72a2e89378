"""Data that a workspace reads beside its own storage, and the private ways that lead there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from azkeep.policy import (
    NOT_APPLICABLE,
    Document,
    Maps,
    Needs,
    Node,
    Severity,
    Truth,
    deferred,
    fact,
    rule,
    settle,
    some,
    when,
)
from azkeep.policy.document import parsed

from ._outbound_rules import some_outbound_rule
from ._workspace import ISOLATION, WORKSPACE, has_managed_network, network_owner

ACCOUNT = "Microsoft.Storage/storageAccounts"
COMPANIONS = ("properties.storageAccount", "properties.keyVault", "properties.containerRegistry")
_LABEL = r"([a-z0-9][a-z0-9-]*)\.(?:privatelink\.)?"
_HOSTS = {
    re.compile(_LABEL + r"(?:[a-z0-9]+\.)?(?:blob|dfs|file|queue|table)\.(?:core|storage)\."): ACCOUNT,
    re.compile(_LABEL + r"database\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)"): "Microsoft.Sql/servers",
    re.compile(_LABEL + r"vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)"): "Microsoft.KeyVault/vaults",
    re.compile(_LABEL + r"azurecr\.(?:io|cn|us)"): "Microsoft.ContainerRegistry/registries",
    re.compile(_LABEL + r"(?:[a-z0-9-]+\.)?eventgrid\.azure\.(?:net|cn|us)"): "Microsoft.EventGrid/topics",
}
"""Host names of the services whose data a managed network has to reach privately."""


@dataclass(frozen=True)
class _Source:
    """A resource that holds data, by what is said of it; group and subscription as places that may be missing."""

    type: str
    name: str
    place: Node
    group: Node | None = None
    subscription: Node | None = None


@rule(
    "AML-NET-006",
    "Managed network reaches other Azure data by private endpoint rules",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(
        ISOLATION,
        "properties.managedNetwork.outboundRules.*.type",
        "properties.managedNetwork.outboundRules.*.destination.serviceResourceId",
        "Microsoft.MachineLearningServices/workspaces/outboundRules: properties.destination.serviceResourceId",
        "Microsoft.MachineLearningServices/workspaces/datastores: properties.accountName",
        "Microsoft.MachineLearningServices/workspaces/datastores: properties.resourceGroup",
        "Microsoft.MachineLearningServices/workspaces/datastores: properties.subscriptionId",
        "Microsoft.MachineLearningServices/workspaces/connections: properties.target",
    ),
    fix="Add a PrivateEndpoint outbound rule for each extra data source.",
    maps=Maps(checkov=("CKV_AZURE_243",)),
)
def managed_network_reaches_other_azure_data_by_private_endpoint_rules(workspace: Document) -> Truth:
    """Managed network reaches other Azure data by private endpoint rules.

    Checks: When isolationMode is AllowInternetOutbound or AllowOnlyApprovedOutbound: every storage account, SQL
        server, Event Grid topic, Key Vault or registry that a datastore or connection of the workspace names is
        reached by an outbound rule of type PrivateEndpoint with its id. A datastore names its account by accountName,
        and by resourceGroup and subscriptionId where it has them; a connection by the host in its target, or by the
        id in metadata.ResourceId. The workspace's own storage, vault and registry are exempt: the service adds them.
    Why: Extra data sources reached over public addresses sidestep the isolation that was bought.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}, storageAccount: "@own"}
        - type: Microsoft.Storage/storageAccounts
          name: own
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: example/lake
          properties: {datastoreType: AzureDataLakeGen2, accountName: lake, filesystem: raw}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork:
              isolationMode: AllowInternetOutbound
              outboundRules:
                lake: {type: PrivateEndpoint, destination: {serviceResourceId: "@lake", subresourceTarget: dfs}}
        - type: Microsoft.Storage/storageAccounts
          name: lake
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: example/sales
          properties: {category: AzureSqlDb, authType: AAD, target: sales.database.windows.net}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork:
              isolationMode: AllowOnlyApprovedOutbound
              outboundRules:
                lake: {type: PrivateEndpoint, destination: {serviceResourceId: "@lake", subresourceTarget: dfs}}
        - type: Microsoft.Storage/storageAccounts
          name: lake
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: example/lake
          properties: {datastoreType: AzureBlob, accountName: lake, resourceGroup: elsewhere}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            storageAccount: "@own"
            managedNetwork:
              isolationMode: AllowOnlyApprovedOutbound
              outboundRules:
                lake: {type: PrivateEndpoint, destination: {serviceResourceId: "@lake", subresourceTarget: dfs}}
        - type: Microsoft.Storage/storageAccounts
          name: own
        - type: Microsoft.Storage/storageAccounts
          name: lake
        - type: Microsoft.Sql/servers
          name: sales
        - type: Microsoft.MachineLearningServices/workspaces/outboundRules
          name: example/sales
          properties: {type: PrivateEndpoint, destination: {serviceResourceId: "@sales", subresourceTarget: sqlServer}}
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: example/workspaceblobstore
          properties: {datastoreType: AzureBlob, accountName: own}
        - type: Microsoft.MachineLearningServices/workspaces/datastores
          name: example/lake
          properties: {datastoreType: AzureDataLakeGen2, accountName: Lake, resourceGroup: example}
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: example/sales
          properties: {category: AzureSqlDb, authType: AAD, target: "Server=tcp:sales.database.windows.net,1433"}
        - type: Microsoft.MachineLearningServices/workspaces/connections
          name: example/packages
          properties: {category: PythonFeed, authType: None, target: https://pypi.org/simple}
    Source: bridgecrewio/checkov checkov/arm/checks/resource/AzureMLWorkspacePrivateEndpoint.py (whose title says a
        workspace private endpoint, and whose code passes with any outbound rule of type PrivateEndpoint); azure-ai-ml
        1.35.2, arm_ml_service models (ARM API 2025-12-01); docs page "Network isolation with managed online endpoints"
        (MicrosoftDocs/azure-docs)
    """
    return when(has_managed_network(workspace), lambda: _reaches_all(workspace))


def _reaches_all(workspace: Document) -> Truth:
    owner = network_owner(workspace)
    datastores = workspace.children("datastores").every(lambda each: _is_reached(owner, _of_datastore(each)))
    return datastores & workspace.children("connections").every(lambda each: _is_reached(owner, _of_connection(each)))


def _of_datastore(datastore: Document) -> _Source | None:
    """None for a datastore that names no account, such as one on OneLake. Raises NotDecided."""
    properties = datastore["properties"]
    account = properties["accountName"]
    if account.is_missing:
        return None
    return _Source(ACCOUNT, account.text, account, properties["resourceGroup"], properties["subscriptionId"])


def _of_connection(connection: Document) -> _Source | None:
    """None for a connection to something else. Raises NotDecided."""
    target, named = connection["properties.target"], connection["properties.metadata.ResourceId"]
    place = target if named.is_missing else named
    id = parsed(place.text)
    if id is not None:
        return _Source(id.type, id.name, place) if _is_data(id.type) else None
    text = target.text.casefold()
    found = next(((type_, match[1]) for host, type_ in _HOSTS.items() if (match := host.search(text))), None)
    return None if found is None else _Source(*found, target)


def _is_data(type_: str) -> bool:
    return type_.casefold() in {each.casefold() for each in _HOSTS.values()}


def _is_reached(owner: Document, source: _Source | None) -> Truth:
    if source is None:
        return NOT_APPLICABLE
    is_own = some(COMPANIONS, lambda path: _leads_to(owner[path], source))
    found = is_own | some_outbound_rule(owner, lambda each: _is_private_way(each, source))
    return source.place.shown(found).otherwise(f"no PrivateEndpoint rule leads to {source.name}")


def _is_private_way(outbound: Node, source: _Source) -> Truth:
    return outbound["type"].equals("PrivateEndpoint") & settle(
        lambda: _leads_to(outbound["destination.serviceResourceId"], source)
    )


def _leads_to(link: Node, source: _Source) -> Truth:
    """The id at `link` is that of `source`. Raises NotDecided where it is not known."""
    if not link.has_text():
        return fact(False)
    target = link.resolve()
    id = parsed(link.text) if target is None else target.arm_id
    if id is None:
        return deferred("the id is not known yet") if target is not None else fact(False)
    is_same = id.type.casefold() == source.type.casefold() and id.name.casefold() == source.name.casefold()
    return fact(is_same) & _agrees(source.group, id.resource_group) & _agrees(source.subscription, id.subscription)


def _agrees(place: Node | None, value: str | None) -> Truth:
    """TRUE where the source does not say; a value that is not known could be any."""
    return fact(True) if place is None or place.is_missing or value is None else place.equals(value)
