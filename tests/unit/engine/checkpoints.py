"""Hand-made deployments for tests."""

from __future__ import annotations

from typing import Any

from azkeep.engine.state import State
from azkeep.engine.values import SECRET, SIGNATURE

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
STACK_URN = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
PROVIDER_URN = "urn:pulumi:dev::shop::pulumi:providers:azure-native::default"
PROVIDER = f"{PROVIDER_URN}::11111111-1111-4111-8111-111111111111"
GROUP_TOKEN = "azure-native:resources:ResourceGroup"
NETWORK_TOKEN = "azure-native:network:VirtualNetwork"
SUBNET_TOKEN = "azure-native:network:Subnet"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop"
NETWORK_ID = f"{GROUP_ID}/providers/Microsoft.Network/virtualNetworks/outer"
GROUP_URN = f"urn:pulumi:dev::shop::{GROUP_TOKEN}::group"
NETWORK_URN = f"urn:pulumi:dev::shop::{NETWORK_TOKEN}::outer"
SUBNET_URN = f"urn:pulumi:dev::shop::{SUBNET_TOKEN}::inner"


def secret(ciphertext: str) -> dict[str, str]:
    return {SIGNATURE: SECRET, "ciphertext": ciphertext}


def stack_resource(**outputs: Any) -> dict[str, Any]:
    return {"urn": STACK_URN, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": outputs}


def provider_resource() -> dict[str, Any]:
    id = PROVIDER.rsplit("::", 1)[-1]
    return {"urn": PROVIDER_URN, "custom": True, "id": id, "type": "pulumi:providers:azure-native", "inputs": {}}


def group_resource(**more: Any) -> dict[str, Any]:
    found = {
        "urn": GROUP_URN,
        "custom": True,
        "id": GROUP_ID,
        "type": GROUP_TOKEN,
        "inputs": {"resourceGroupName": "shop", "location": "westeurope"},
        "outputs": {"name": "shop", "location": "westeurope"},
        "parent": STACK_URN,
        "provider": PROVIDER,
        "created": "2026-01-01T00:00:00Z",
        "modified": "2026-01-01T00:00:00Z",
    }
    return {**found, **more}


def network_resource(**more: Any) -> dict[str, Any]:
    found = {
        "urn": NETWORK_URN,
        "custom": True,
        "id": NETWORK_ID,
        "type": NETWORK_TOKEN,
        "inputs": {
            "resourceGroupName": "shop",
            "virtualNetworkName": "outer",
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        },
        "outputs": {"name": "outer"},
        "parent": STACK_URN,
        "dependencies": [GROUP_URN],
        "provider": PROVIDER,
    }
    return {**found, **more}


def creating(resource: dict[str, Any]) -> dict[str, Any]:
    """The pending operation of a create that has not answered."""
    kept = {key: value for key, value in resource.items() if key not in ("id", "outputs")}
    return {"type": "creating", "resource": kept}


def state_of(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = (), **outputs: Any) -> State:
    document: dict[str, Any] = {"resources": [stack_resource(**outputs), provider_resource(), *resources]}
    if pending:
        document["pending_operations"] = list(pending)
    return State(document)
