"""Roles: what the built-in ones allow."""

from __future__ import annotations

import pytest

from azkeep.emulator.rbac import built_in

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        ("Owner", "Microsoft.Authorization/roleAssignments/write", True),
        ("Contributor", "Microsoft.Network/virtualNetworks/write", True),
        ("Contributor", "Microsoft.Authorization/roleAssignments/write", False),
        ("Contributor", "microsoft.authorization/locks/DELETE", False),
        ("Contributor", "Microsoft.Authorization/locks/read", True),
        ("Reader", "Microsoft.Network/virtualNetworks/read", True),
        ("Reader", "Microsoft.Network/virtualNetworks/delete", False),
        ("Reader", "Microsoft.Storage/storageAccounts/listKeys/action", False),
        ("User Access Administrator", "Microsoft.Authorization/locks/write", True),
        ("User Access Administrator", "Microsoft.Network/virtualNetworks/write", False),
        ("AzureML Data Scientist", f"{WORKSPACE}/onlineEndpoints/write", True),
        ("AzureML Data Scientist", f"{WORKSPACE}/write", False),
        ("AzureML Data Scientist", f"{WORKSPACE}/computes/write", False),
        ("AzureML Data Scientist", f"{WORKSPACE}/listKeys/action", False),
        ("AzureML Data Scientist", f"{WORKSPACE}/computes/delete", False),
        ("AzureML Data Scientist", f"{WORKSPACE}/datastores/listSecrets/action", False),
        ("AzureML Data Scientist", f"{WORKSPACE}/read", True),
        ("Contributor", f"{WORKSPACE}/datastores/listSecrets/action", True),
        ("Storage Account Contributor", "Microsoft.Storage/storageAccounts/listKeys/action", True),
        ("Key Vault Contributor", "Microsoft.KeyVault/locations/deletedVaults/purge/action", False),
        ("Log Analytics Contributor", "Microsoft.OperationalInsights/workspaces/sharedKeys/action", True),
        ("AzureML Compute Operator", f"{WORKSPACE}/computes/start/action", True),
        ("Key Vault Administrator", "Microsoft.KeyVault/vaults/write", False),
        ("AcrPull", "Microsoft.ContainerRegistry/registries/read", False),
    ],
)
def test_role_allows(role: str, action: str, allowed: bool) -> None:
    """Actions minus excluded ones, with wildcards, without case; data actions give nothing on the control plane."""
    found = built_in(role)
    assert found is not None
    assert found.allows(action) is allowed


def test_role_is_found_by_id_too() -> None:
    """Name and id, in any case, lead to the same role; an unknown one to nothing."""
    assert built_in("reader") is built_in("ACDD72A7-3385-48ef-bd42-f606fba81ae7")
    assert built_in("Barista") is None
