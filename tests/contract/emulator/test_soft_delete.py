"""Deleted vaults and workspaces: the name stays taken until somebody recovers or purges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.keyvault import KeyVaultManagementClient
from tests.contract.emulator.arm import Arm, credential, deployer, error, local_cloud

from azkeep.emulator import control
from azkeep.testing import emulator

VAULTS = "2024-11-01"
LOGS = "2023-09-01"
LEARNING = "2025-12-01"


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


def test_recovered_children_come_back_after_their_group_was_deleted(arm: Arm) -> None:
    """Twice over: a group takes its vault and the secrets in it along, and a group of that name brings both back."""
    group = arm.group("refilled")
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/refilled-vault"
    arm.send("PUT", vault, _vault(arm), version=VAULTS)
    secret = {"properties": {"value": "canary-7c1e"}}
    made = arm.send("PUT", f"{vault}/secrets/password", secret, version=VAULTS).json()
    for _ in range(2):
        assert arm.send("DELETE", group, version="2021-04-01").ok
        arm.group("refilled")
        assert arm.send("GET", f"{vault}/secrets/password", version=VAULTS).status_code == 404
        assert arm.send("PUT", vault, _vault(arm, createMode="recover"), version=VAULTS).status_code == 200
        found = arm.send("GET", f"{vault}/secrets", version=VAULTS).json()["value"]
        assert [(each["id"], each["properties"]) for each in found] == [(made["id"], made["properties"])]


def test_recovery_brings_back_what_it_does_not_name(arm: Arm) -> None:
    """A PUT that names no more than a recovery needs leaves tags, policies and retention as they were."""
    vault = f"{arm.group('restored')}/providers/Microsoft.KeyVault/vaults/same-vault"
    body = {**_vault(arm, softDeleteRetentionInDays=7, enabledForDeployment=True), "tags": {"owner": "ann"}}
    before = arm.send("PUT", vault, body, version=VAULTS).json()
    arm.send("DELETE", vault, version=VAULTS)
    few = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "createMode": "recover"}
    answer = arm.send("PUT", vault, {"location": "westeurope", "properties": few}, version=VAULTS)
    assert (answer.json()["tags"], answer.json()["properties"]) == (before["tags"], before["properties"])


def test_recovery_of_nothing_is_refused(arm: Arm) -> None:
    """createMode recover makes no vault where none was deleted."""
    vault = f"{arm.group('unmade')}/providers/Microsoft.KeyVault/vaults/never-vault"
    answer = arm.send("PUT", vault, _vault(arm, createMode="recover"), version=VAULTS)
    assert error(answer)[:2] == (404, "DeletedVaultNotFound")
    assert arm.send("GET", vault, version=VAULTS).status_code == 404


def test_deleted_vault_that_is_not_there(arm: Arm) -> None:
    """GET and purge of a vault that was not deleted, or elsewhere, are told so."""
    vault = f"{arm.group('placed')}/providers/Microsoft.KeyVault/vaults/west-vault"
    arm.send("PUT", vault, _vault(arm), version=VAULTS)
    arm.send("DELETE", vault, version=VAULTS)
    for place, name in (("westeurope", "no-vault"), ("eastus", "west-vault")):
        path = f"{arm.subscription}/providers/Microsoft.KeyVault/locations/{place}/deletedVaults/{name}"
        for method, rest in (("GET", ""), ("POST", "/purge")):
            assert error(arm.send(method, f"{path}{rest}", version=VAULTS)) == (
                404,
                "DeletedVaultNotFound",
                f"The specified deleted vault '{name}' does not exist.",
            )


def test_retention_is_the_vaults_own(tmp_path: Path) -> None:
    """A vault of seven days is kept for seven days of the cloud's clock, and its name is free on the eighth."""
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        vault = f"{arm.group('brief')}/providers/Microsoft.KeyVault/vaults/brief-vault"
        arm.send("PUT", vault, _vault(arm, softDeleteRetentionInDays=7), version=VAULTS)
        arm.send("PUT", vault, _vault(arm), version=VAULTS)
        arm.send("DELETE", vault, version=VAULTS)
        deleted = f"{arm.subscription}/providers/Microsoft.KeyVault/deletedVaults"
        [kept] = arm.send("GET", deleted, version=VAULTS).json()["value"]
        ends, began = (kept["properties"][name] for name in ("scheduledPurgeDate", "deletionDate"))
        assert datetime.fromisoformat(ends) - datetime.fromisoformat(began) == timedelta(days=7)
        asked = {"name": "brief-vault", "type": "Microsoft.KeyVault/vaults"}
        check = f"{arm.subscription}/providers/Microsoft.KeyVault/checkNameAvailability"
        control.move_clock(tmp_path, timedelta(days=6))
        taken = arm.send("POST", check, asked, version=VAULTS).json()
        assert (taken["nameAvailable"], taken["reason"]) == (False, "AlreadyExists")
        control.move_clock(tmp_path, timedelta(days=8))
        assert arm.send("POST", check, asked, version=VAULTS).json() == {"nameAvailable": True}
        assert arm.send("PUT", vault, _vault(arm), version=VAULTS).ok


@pytest.mark.parametrize("protected", [False, True])
def test_microsofts_client_lists_and_purges(arm: Arm, ready: Mapping[str, Any], protected: bool) -> None:
    """azure-mgmt-keyvault finds the deleted vault by place and name; purge protection forbids to purge it."""
    name = f"client-vault-{protected}"
    vault = f"{arm.group('clients')}/providers/Microsoft.KeyVault/vaults/{name}"
    more = {"enablePurgeProtection": True} if protected else {}
    arm.send("PUT", vault, _vault(arm, **more), version=VAULTS)
    arm.send("DELETE", vault, version=VAULTS)
    with (
        credential(ready) as own,
        KeyVaultManagementClient(own, ready["subscription"], **local_cloud(ready)) as client,
    ):
        found = client.vaults.get_deleted(name, "westeurope")
        assert found.properties is not None
        assert found.properties.vault_id == vault
        assert bool(found.properties.purge_protection_enabled) is protected
        assert name in [each.name for each in client.vaults.list_deleted()]
        if not protected:
            client.vaults.begin_purge_deleted(name, "westeurope").result(10)
            assert name not in [each.name for each in client.vaults.list_deleted()]
            return
    purge = f"{arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/{name}/purge"
    assert error(arm.send("POST", purge, version=VAULTS)) == (
        405,
        "MethodNotAllowed",
        "Operation 'DeletedVaultPurge' is not allowed.",
    )


def test_deleted_log_workspaces_are_listed(arm: Arm) -> None:
    """In the subscription and in their group, until they come back as they were: the customer id is the same."""
    first, second = arm.group("logs1"), arm.group("logs2")
    kind = "providers/Microsoft.OperationalInsights"
    logs = f"{first}/{kind}/workspaces/logs-back"
    body = {"location": "westeurope", "properties": {}}
    before = arm.send("PUT", logs, body, version=LOGS).json()
    arm.send("DELETE", logs, version=LOGS)

    def listed(scope: str) -> list[str]:
        answer = arm.send("GET", f"{scope}/{kind}/deletedWorkspaces", version=LOGS)
        return [each["id"] for each in answer.json()["value"]]

    assert (listed(first), listed(second)) == ([logs], [])
    assert logs in listed(arm.subscription)
    again = arm.send("PUT", logs, body, version=LOGS).json()
    assert again["properties"]["customerId"] == before["properties"]["customerId"]
    assert listed(first) == []


def test_recovered_log_workspace_has_its_keys(arm: Arm) -> None:
    """What sends to it goes on with the keys that it has."""
    logs = f"{arm.group('logs3')}/providers/Microsoft.OperationalInsights/workspaces/logs-keyed"
    body = {"location": "westeurope", "properties": {}}
    arm.send("PUT", logs, body, version=LOGS)
    before = arm.send("POST", f"{logs}/sharedKeys", version=LOGS).json()
    arm.send("DELETE", logs, version=LOGS)
    arm.send("PUT", logs, body, version=LOGS)
    assert arm.send("POST", f"{logs}/sharedKeys", version=LOGS).json() == before
    assert before["primarySharedKey"]


def test_deleted_learning_workspace_is_purged_by_its_id(arm: Arm) -> None:
    """forceToPurge removes what a DELETE left behind, once, and the name is free."""
    group = arm.group("learning")
    hub = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/hub"
    vault, account = (
        f"{group}/providers/Microsoft.KeyVault/vaults/learning-vault",
        f"{group}/providers/Microsoft.Storage/storageAccounts/learningaccount",
    )
    arm.send("PUT", vault, _vault(arm), version=VAULTS)
    made = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    arm.send("PUT", account, made, version="2024-01-01")
    body = {
        "location": "westeurope",
        "kind": "Hub",
        "identity": {"type": "SystemAssigned"},
        "properties": {"keyVault": vault, "storageAccount": account},
    }
    assert arm.send("PUT", hub, body, version=LEARNING).ok
    arm.send("DELETE", hub, version=LEARNING)
    assert error(arm.send("PUT", hub, body, version=LEARNING))[2].startswith("Soft-deleted workspace exists.")
    purge = {"forceToPurge": "true"}
    assert arm.send("DELETE", hub, version=LEARNING, query=purge).status_code == 200
    assert arm.send("DELETE", hub, version=LEARNING, query=purge).status_code == 204
    assert arm.send("PUT", hub, body, version=LEARNING).ok
