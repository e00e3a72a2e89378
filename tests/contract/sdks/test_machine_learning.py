"""azure-mgmt-machinelearningservices 1.0.1 and 2.0.0b2: what each client asks beside documents."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from tests.contract.sdks.conftest import Open, refusal
from tests.contract.sdks.estate import GROUP, Estate

WORKSPACE = ("rg", "workspace")
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"


@pytest.fixture
def older(estate: Estate, clients: Open) -> Any:
    """The client of 2020-08-01."""
    return clients("machinelearning")


@pytest.fixture
def newer(estate: Estate, clients: Open) -> Any:
    """The client of 2023-04-01."""
    return clients("machinelearning2")


def test_older_client_reads_what_the_newer_wrote(older: Any, newer: Any) -> None:
    """Both see one workspace, each what its version of the API has of it."""
    before, now = older.workspaces.get(*WORKSPACE), newer.workspaces.get(*WORKSPACE)
    assert (before.id, before.storage_account, before.workspace_id) == (now.id, now.storage_account, now.workspace_id)
    assert now.public_network_access == "Disabled"
    assert now.ml_flow_tracking_uri.endswith(before.id)


def test_keys_of_a_workspace(older: Any, newer: Any) -> None:
    """Both clients are told the same keys of the resources behind the workspace."""
    before, now = older.workspaces.list_keys(*WORKSPACE), newer.workspaces.list_keys(*WORKSPACE)
    assert before.user_storage_resource_id == now.user_storage_resource_id == ACCOUNT
    assert before.user_storage_key == now.user_storage_key


def test_workspace_needs_its_resources(newer: Any) -> None:
    """A workspace without a storage account that exists is refused."""
    body = {
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "storageAccount": ACCOUNT.replace("/account", "/absent"),
            "keyVault": f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault",
        },
    }
    with pytest.raises(HttpResponseError) as caught:
        newer.workspaces.begin_create_or_update("rg", "incomplete", body)
    status, _, message = refusal(caught)
    assert status == 400
    assert "absent" in message


def test_what_a_region_has(newer: Any) -> None:
    """Sizes with their memory, and the use of quotas, through all pages."""
    sizes = {each.name.lower(): each for each in newer.virtual_machine_sizes.list("westeurope").value}
    assert sizes["standard_nc24ads_a100_v4"].gpus == 1
    names = [each.name.value for each in newer.usages.list("westeurope")]
    assert len(names) == len(set(names)) > 0


def test_compute_instance_is_stopped_and_started(newer: Any) -> None:
    """Stop and start are long-running, and the state of the instance follows."""
    body = {
        "location": "westeurope",
        "properties": {"computeType": "ComputeInstance", "properties": {"vmSize": "STANDARD_DS3_V2"}},
    }
    newer.compute.begin_create_or_update(*WORKSPACE, "instance-by-sdk", body).result()
    found = []
    for act in (newer.compute.begin_stop, newer.compute.begin_start):
        act(*WORKSPACE, "instance-by-sdk").result()
        found.append(newer.compute.get(*WORKSPACE, "instance-by-sdk").properties.properties.state)
    newer.compute.begin_delete(*WORKSPACE, "instance-by-sdk", "Delete").result()
    assert found == ["Stopped", "Running"]


def test_cluster_takes_another_scale(newer: Any) -> None:
    """An update of a cluster changes its bounds, and nothing else."""
    before = newer.compute.get(*WORKSPACE, "gpu-cluster").properties
    scale = {"minNodeCount": 0, "maxNodeCount": 2, "nodeIdleTimeBeforeScaleDown": "PT2M"}
    newer.compute.begin_update(
        *WORKSPACE, "gpu-cluster", {"properties": {"properties": {"scaleSettings": scale}}}
    ).result()
    now = newer.compute.get(*WORKSPACE, "gpu-cluster").properties
    assert (now.properties.scale_settings.max_node_count, now.properties.vm_size) == (2, before.properties.vm_size)


def test_keys_of_an_endpoint(newer: Any) -> None:
    """An endpoint with keys tells them, makes one anew, and has no token."""
    body = {"location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {"authMode": "Key"}}
    newer.online_endpoints.begin_create_or_update(*WORKSPACE, "with-keys", body).result()
    before = newer.online_endpoints.list_keys(*WORKSPACE, "with-keys")
    newer.online_endpoints.begin_regenerate_keys(*WORKSPACE, "with-keys", {"keyType": "Primary"}).result()
    after = newer.online_endpoints.list_keys(*WORKSPACE, "with-keys")
    newer.online_endpoints.begin_delete(*WORKSPACE, "with-keys").result()
    assert after.primary_key != before.primary_key
    assert after.secondary_key == before.secondary_key


def test_secrets_of_a_datastore(newer: Any) -> None:
    """The key of a datastore is told by its own operation and by no other, and not where the account takes no keys."""
    body = {
        "properties": {
            "datastoreType": "AzureBlob",
            "accountName": "withkeysbysdk",
            "containerName": "data",
            "endpoint": "core.windows.net",
            "protocol": "https",
            "credentials": {
                "credentialsType": "AccountKey",
                "secrets": {"secretsType": "AccountKey", "key": "not-a-key"},
            },
        }
    }
    newer.datastores.create_or_update(*WORKSPACE, "keyed", body, skip_validation=True)
    shown = newer.datastores.get(*WORKSPACE, "keyed").properties
    assert newer.datastores.list_secrets(*WORKSPACE, "keyed").key == "not-a-key"
    assert "not-a-key" not in str(shown.serialize())
    with pytest.raises(HttpResponseError) as caught:
        newer.datastores.list_secrets(*WORKSPACE, "training")
    assert "Key based authentication is not permitted" in refusal(caught)[2]


def test_job_is_cancelled(newer: Any) -> None:
    """A cancelled job says so and stays."""
    newer.jobs.begin_cancel(*WORKSPACE, "sad_tree").result()
    assert newer.jobs.get(*WORKSPACE, "sad_tree").properties.status == "Canceled"


def test_pages_of_models(newer: Any) -> None:
    """Thirty-five models come in several pages, each once."""
    for number in range(35):
        newer.model_containers.create_or_update(*WORKSPACE, f"paged-{number:02}", {"properties": {}})
    names = [each.name for each in newer.model_containers.list(*WORKSPACE) if each.name.startswith("paged-")]
    pages = list(newer.model_containers.list(*WORKSPACE, count=10).by_page())
    assert sorted(names) == [f"paged-{number:02}" for number in range(35)]
    assert len(pages) > 0


def test_absent_parts_are_not_found(newer: Any, older: Any) -> None:
    """A part of a workspace that is not there, and a workspace that is not, are missed by both clients."""
    for read in (
        lambda: newer.model_versions.get(*WORKSPACE, "iris", "99"),
        lambda: newer.online_endpoints.get(*WORKSPACE, "absent"),
        lambda: older.machine_learning_compute.get(*WORKSPACE, "absent"),
        lambda: older.workspaces.get("rg", "absent"),
    ):
        with pytest.raises(ResourceNotFoundError):
            read()


def test_keys_of_a_batch_endpoint(newer: Any) -> None:
    """A batch endpoint has two keys, though it takes tokens alone."""
    body = {"location": "westeurope", "properties": {"authMode": "AADToken"}}
    newer.batch_endpoints.begin_create_or_update(*WORKSPACE, "batch-keys", body).result()
    keys = newer.batch_endpoints.list_keys(*WORKSPACE, "batch-keys")
    newer.batch_endpoints.begin_delete(*WORKSPACE, "batch-keys").result()
    assert keys.primary_key
    assert keys.secondary_key not in (None, keys.primary_key)


def test_features_of_a_workspace(newer: Any) -> None:
    """What the studio shows of a workspace, as a list."""
    assert "automatedml_createeditexperimentsui" in [each.id for each in newer.workspace_features.list(*WORKSPACE)]
