"""A secure workspace with what it needs, for tests of the machine learning types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from estate import GROUP, NETWORK, TENANT, MemoryEstate

PROVIDERS = f"{GROUP}/providers"
ACCOUNT = f"{PROVIDERS}/Microsoft.Storage/storageAccounts/account"
VAULT = f"{PROVIDERS}/Microsoft.KeyVault/vaults/vault"
INSIGHTS = f"{PROVIDERS}/Microsoft.Insights/components/insights"
WORKSPACE = f"{PROVIDERS}/Microsoft.MachineLearningServices/workspaces/workspace"
SUBNET = f"{NETWORK}/virtualNetworks/net/subnets/training"
REGION = "westeurope"
SYSTEM = {"type": "SystemAssigned"}


def account(**properties: Any) -> dict[str, Any]:
    return {"location": REGION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": properties}


def vault(**properties: Any) -> dict[str, Any]:
    sku = {"family": "A", "name": "standard"}
    return {"location": REGION, "properties": {"tenantId": TENANT, "sku": sku, "accessPolicies": [], **properties}}


def insights(**properties: Any) -> dict[str, Any]:
    return {"location": REGION, "kind": "web", "properties": {"Application_Type": "web", **properties}}


def workspace(**properties: Any) -> dict[str, Any]:
    needed = {"storageAccount": ACCOUNT, "keyVault": VAULT, "applicationInsights": INSIGHTS}
    return {"location": REGION, "identity": SYSTEM, "properties": {**needed, **properties}}


def dependents(estate: MemoryEstate) -> None:
    """The account, vault and component that every workspace of these tests uses."""
    estate.put(ACCOUNT, account())
    estate.put(VAULT, vault())
    estate.put(INSIGHTS, insights())


def with_workspace(**properties: Any) -> MemoryEstate:
    """An estate that holds a workspace and its dependents."""
    estate = MemoryEstate()
    dependents(estate)
    estate.put(WORKSPACE, workspace(**properties))
    return estate


def connect(estate: MemoryEstate, target: str, status: str = "Approved") -> str:
    """A private endpoint connection of `target`, as a private endpoint makes it."""
    endpoint = f"{NETWORK}/privateEndpoints/endpoint"
    state = {"status": status, "description": "", "actionsRequired": "None"}
    body = {"properties": {"privateEndpoint": {"id": endpoint}, "privateLinkServiceConnectionState": state}}
    return estate.store(f"{target}/privateEndpointConnections/endpoint.1", body)


def cluster(size: str = "Standard_DS3_v2", *, least: int = 0, most: int = 4, **inner: Any) -> dict[str, Any]:
    scale = {"minNodeCount": least, "maxNodeCount": most}
    properties: Mapping[str, Any] = {"vmSize": size, "scaleSettings": scale, **inner}
    return {"location": REGION, "properties": {"computeType": "AmlCompute", "properties": properties}}


def instance(size: str = "Standard_DS3_v2", **inner: Any) -> dict[str, Any]:
    return {
        "location": REGION,
        "properties": {"computeType": "ComputeInstance", "properties": {"vmSize": size, **inner}},
    }


def endpoint(mode: str = "AADToken", **properties: Any) -> dict[str, Any]:
    return {"location": REGION, "identity": SYSTEM, "properties": {"authMode": mode, **properties}}


def deployment(**properties: Any) -> dict[str, Any]:
    managed = {"endpointComputeType": "Managed", "instanceType": "Standard_DS3_v2"}
    return {"location": REGION, "properties": {**managed, **properties}}
