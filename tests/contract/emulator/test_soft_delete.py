"""Deleted vaults and workspaces: the name stays taken until somebody recovers or purges."""

from __future__ import annotations

from typing import Any

from tests.contract.emulator.arm import Arm, error

VAULTS = "2024-11-01"
LOGS = "2023-09-01"


def _vault(arm: Arm, **more: Any) -> dict[str, Any]:
    properties = {
        "tenantId": arm.ready["tenant"],
        "sku": {"family": "A", "name": "standard"},
        "accessPolicies": [],
        **more,
    }
    return {"location": "westeurope", "properties": properties}


def test_deleted_vault_keeps_its_name(arm: Arm) -> None:
    """A PUT under the name of a deleted vault is refused in any group, the vault is listed, purge frees the name."""
    vault = f"{arm.group('vaults')}/providers/Microsoft.KeyVault/vaults/kept-vault"
    assert arm.send("PUT", vault, _vault(arm), version=VAULTS).ok
    assert arm.send("DELETE", vault, version=VAULTS).status_code == 200
    status, code, message = error(arm.send("PUT", vault, _vault(arm), version=VAULTS))
    assert (status, code) == (409, "ConflictError")
    assert message.startswith("A vault with the same name already exists in deleted state.")
    other = f"{arm.group('others')}/providers/Microsoft.KeyVault/vaults/kept-vault"
    assert arm.send("PUT", other, _vault(arm), version=VAULTS).status_code == 409
    deleted = f"{arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kept-vault"
    found = arm.send("GET", deleted, version=VAULTS).json()
    assert (found["name"], found["properties"]["vaultId"]) == ("kept-vault", vault)
    assert arm.send("POST", f"{deleted}/purge", version=VAULTS).status_code in (200, 202)
    assert arm.send("GET", deleted, version=VAULTS).status_code == 404
    assert arm.send("PUT", vault, _vault(arm), version=VAULTS).ok


def test_vault_is_recovered(arm: Arm) -> None:
    """createMode recover brings the deleted vault back as it was."""
    vault = f"{arm.group('recovered')}/providers/Microsoft.KeyVault/vaults/back-vault"
    before = arm.send("PUT", vault, _vault(arm, enabledForDeployment=True), version=VAULTS).json()
    arm.send("DELETE", vault, version=VAULTS)
    answer = arm.send("PUT", vault, _vault(arm, createMode="recover"), version=VAULTS)
    assert answer.status_code == 200, answer.text
    assert answer.json()["properties"]["vaultUri"] == before["properties"]["vaultUri"]


def test_log_workspace_recovers_by_itself(arm: Arm) -> None:
    """A Log Analytics workspace of the same name comes back on PUT; force leaves nothing to come back."""
    logs = f"{arm.group('logs')}/providers/Microsoft.OperationalInsights/workspaces/logs-one"
    body = {"location": "westeurope", "properties": {}}
    assert arm.send("PUT", logs, body, version=LOGS).ok
    arm.send("DELETE", logs, version=LOGS)
    assert arm.send("PUT", logs, body, version=LOGS).status_code == 200
    arm.send("DELETE", logs, version=LOGS, query={"force": "true"})
    assert arm.send("PUT", logs, body, version=LOGS).status_code == 201
