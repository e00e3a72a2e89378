"""Plans in two passes: an interrupted one goes on with the same file, whichever pass it was in."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azkeep.clouds.local import open_local
from azkeep.emulator.control import Fault, activity, declare_faults
from tests.engine.command import Azkeep, operations, values

PROGRAM = """
import pulumi
import pulumi_azure_native as azure

from azkeep.components.traffic import traffic

tenant = azure.authorization.get_client_config_output().tenant_id
shares = pulumi.Config().require_object("shares")
group = azure.resources.ResourceGroup("group", resource_group_name="serve-rg", location="westeurope")
here = {"resource_group_name": group.name, "location": "westeurope"}
sku = {"name": "Standard_LRS"}
store = azure.storage.StorageAccount("store", account_name="servestore", kind="StorageV2", sku=sku, **here)
rules = {"tenant_id": tenant, "sku": {"family": "A", "name": "standard"}, "enable_rbac_authorization": True}
vault = azure.keyvault.Vault("vault", vault_name="serve-kv", properties=rules, **here)
insights = azure.applicationinsights.Component("insights", resource_name_="serve-appi", kind="web", **here)
workspace = azure.machinelearningservices.Workspace(
    "workspace",
    workspace_name="serve-mlw",
    identity={"type": "SystemAssigned"},
    storage_account=store.id,
    key_vault=vault.id,
    application_insights=insights.id,
    **here,
)
inside = {"workspace_name": workspace.name, **here}
endpoint = azure.machinelearningservices.OnlineEndpoint(
    "endpoint",
    endpoint_name="serve-scoring",
    identity={"type": "SystemAssigned"},
    properties={"auth_mode": "AADToken", "traffic": traffic("serve-scoring", shares)},
    **inside,
)
for name in shares:
    azure.machinelearningservices.OnlineDeployment(
        name,
        endpoint_name=endpoint.name,
        deployment_name=name,
        sku={"name": "Default", "capacity": 1},
        # Keys of a dict that may be one of several types reach the oldest SDK's wire as they are written here.
        properties={
            "endpointComputeType": "Managed",
            "instanceType": "Standard_DS3_v2",
            "model": "azureml://registries/azureml/models/scoring/versions/1",
            "environmentId": "azureml://registries/azureml/environments/scoring/versions/1",
        },
        opts=pulumi.ResourceOptions(deleted_with=endpoint),
        **inside,
    )
pulumi.export("endpoint", endpoint.id)
"""
VERSION = "2025-12-01"
SHARES = "  serve:shares: {blue: 100}\n"
AFTER = {
    "group": "same",
    "store": "same",
    "vault": "same",
    "insights": "same",
    "workspace": "same",
    "endpoint": "same",
    "red": "same",
}
MOMENTS = {
    "making the new deployment": ("PUT", "/deployments/red$"),
    "setting the traffic": ("PUT", "/onlineEndpoints/serve-scoring$"),
    "removing the old deployment": ("DELETE", "/deployments/blue$"),
}


@pytest.fixture
def reviewed(azkeep: Azkeep, write_stack: Callable[..., Path], once: Callable[[Callable[[], None]], None]) -> Path:
    """The folder of a stack whose blue deployment takes all requests, and beside it reviewed.plan, which exchanges it
    for red."""
    folder = azkeep.folder / "serve"

    def review() -> None:
        write_stack("serve", PROGRAM, SHARES)
        azkeep("apply", "serve", "--yes")
        settings = folder / "Pulumi.dev.yaml"
        settings.write_text(settings.read_text().replace("blue", "red"))
        plan = azkeep.json("preview", "serve", "--out", "reviewed.plan")
        later = [(step["op"], step["name"]) for step in plan["steps"] if step["reason"].startswith("second pass")]
        assert later == [("update", "endpoint"), ("delete", "blue")]

    once(review)
    return folder


def store_of(folder: Path) -> Path:
    return folder / ".azkeep" / "local" / "store"


def serving(folder: Path, outcome: dict[str, Any]) -> tuple[dict[str, int], set[str]]:
    """What the live endpoint of an outcome sends where, and the names of its deployments."""
    endpoint = values(outcome)["endpoint"]
    with open_local(store_of(folder), None) as cloud:
        answer = cloud.transport.send("GET", endpoint, api_version=VERSION)
        listed = cloud.transport.send("GET", f"{endpoint}/deployments", api_version=VERSION)
    return answer.body["properties"]["traffic"], {each["name"] for each in listed.body["value"]}


def recorded(folder: Path) -> bytes:
    """The stack's state as the engine wrote it."""
    return (folder / ".azkeep" / "local" / "state" / ".pulumi" / "stacks" / "serve" / "dev.json").read_bytes()


def interrupt(azkeep: Azkeep, folder: Path, method: str, path: str) -> None:
    """Applies reviewed.plan, and ends it with SIGTERM while the cloud holds back the answer to one request."""
    declare_faults(store_of(folder), Fault(method, path, status=200, code="", times=1, after=True, delay=60.0))
    before = len(events(folder, method, path))
    process = azkeep.start("apply", "serve", "reviewed.plan")
    deadline = time.monotonic() + 60
    while len(events(folder, method, path)) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    declare_faults(store_of(folder))


def events(folder: Path, method: str, path: str) -> list[str]:
    """Ids of what the activity log says of such requests: it is written as a request is carried out."""
    action = "delete" if method == "DELETE" else "write"
    return [
        event["eventDataId"]
        for event in activity(store_of(folder), limit=1000)
        if re.search(path, event["resourceId"]) and event["operationName"]["value"].endswith(action)
    ]


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupted_plan_goes_on(azkeep: Azkeep, reviewed: Path, moment: str) -> None:
    """The same file does the rest, no more and no less, and then is used up."""
    interrupt(azkeep, reviewed, *MOMENTS[moment])
    outcome = azkeep.json("apply", "serve", "reviewed.plan")
    assert serving(reviewed, outcome) == ({"red": 100}, {"red"})
    assert operations(azkeep.json("preview", "serve")) == AFTER
    azkeep("apply", "serve", "reviewed.plan", code=4)


def test_a_failed_second_pass_goes_on(azkeep: Azkeep, reviewed: Path) -> None:
    """Refused by the cloud, twice, the plan goes on once the cause is gone."""
    refusal = Fault("PUT", "/onlineEndpoints/serve-scoring$", status=409, code="Conflict", message="not now", times=50)
    for _ in range(2):
        declare_faults(store_of(reviewed), refusal)
        assert "not now" in azkeep("apply", "serve", "reviewed.plan", code=1).err
    declare_faults(store_of(reviewed))
    outcome = azkeep.json("apply", "serve", "reviewed.plan")
    moved = {name: operation for name, operation in operations(outcome).items() if operation != "same"}
    assert moved == {"endpoint": "update", "blue": "delete"}
    assert serving(reviewed, outcome) == ({"red": 100}, {"red"})


def test_another_run_ends_a_plan(azkeep: Azkeep, reviewed: Path) -> None:
    """What an apply without the file has finished, the file is not applied to."""
    interrupt(azkeep, reviewed, *MOMENTS["setting the traffic"])
    outcome = azkeep.json("apply", "serve", "--yes")
    before = recorded(reviewed)
    azkeep("apply", "serve", "reviewed.plan", code=4)
    assert recorded(reviewed) == before
    assert serving(reviewed, outcome) == ({"red": 100}, {"red"})
