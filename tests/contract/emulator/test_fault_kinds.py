"""Every kind of declared fault, as clients meet it, and what the cloud is like afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.mgmt.network import NetworkManagementClient
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, credential, deployer, error, local_cloud

from azkeep.emulator import control

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
SPACE = {"addressPrefixes": ["10.0.0.0/16"]}
HOUR = 3_600_000
"""Milliseconds; longer than a client waits."""


@pytest.fixture
def store(arm: Arm, tmp_path: Path) -> Iterator[Path]:
    """The store of the running cloud, without faults in the end."""
    folder = Path(arm.ready["ca"]).parent
    yield folder
    control.declare_faults(folder)
    control.slow_down(folder, 0)
    control.end_operations(folder)


@pytest.fixture(scope="module")
def network(ready: Mapping[str, Any]) -> Iterator[NetworkManagementClient]:
    with ExitStack() as open_:
        who = open_.enter_context(credential(ready))
        yield open_.enter_context(
            NetworkManagementClient(
                who,
                ready["subscription"],
                **local_cloud(ready),
                retry_total=0,
                polling_interval=1,
            )
        )


def declare(store: Path, text: str) -> None:
    """The faults of a YAML file with these entries."""
    file = store / "declared.yaml"
    file.write_text(f"faults:\n{text}\n", encoding="utf-8")
    control.declare_fault_file(store, file)


def state(arm: Arm, path: str) -> str:
    """provisioningState of a resource."""
    found: str = arm.send("GET", path).json()["properties"]["provisioningState"]
    return found


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttled", 429, "TooManyRequests"),
        ("conflict", 409, "AnotherOperationInProgress"),
        ("error", 500, "InternalServerError"),
        ("unavailable", 503, "ServiceUnavailable"),
        ("forbidden", 403, "AuthorizationFailed"),
    ],
)
def test_refusals_of_one_type(arm: Arm, store: Path, kind: str, status: int, code: str) -> None:
    """Only writes of the declared type are refused, once, and nothing of them stays."""
    group = arm.group(f"kind-{kind}")
    declare(store, f"  - {{kind: {kind}, type: Microsoft.Network/virtualNetworks, verb: PUT}}")
    path = f"{group}/providers/Microsoft.Network/virtualNetworks/hub"
    body = {"location": "westeurope", "properties": {"addressSpace": SPACE}}
    assert arm.send("GET", path).status_code == 404
    assert error(arm.send("PUT", path, body))[:2] == (status, code)
    assert arm.send("GET", path).status_code == 404
    assert arm.send("PUT", path, body).status_code == 201


@pytest.mark.parametrize(("kind", "done"), [("dropped-before", False), ("dropped-after", True)])
def test_dropped_connection(arm: Arm, store: Path, kind: str, done: bool) -> None:
    """The client hears nothing; before the write nothing happened, after it the write stands."""
    declare(store, f"  - {{kind: {kind}, verb: PUT, name: {kind}}}")
    path = f"{arm.subscription}/resourceGroups/{kind}"
    with pytest.raises(requests.exceptions.RequestException):
        arm.send("PUT", path, {"location": "westeurope"}, version=GROUPS_VERSION)
    answer = arm.send("HEAD", path, version=GROUPS_VERSION)
    assert (answer.status_code == 204) is done


def test_resource_that_vanishes_between_two_reads(arm: Arm, store: Path) -> None:
    """`gone` after a first read: the list still has it, the second GET does not."""
    group = arm.group("fleeting")
    path = arm.network(group, "hub")
    declare(store, "  - {kind: gone, name: hub, skip: 1}")
    assert arm.send("GET", path).status_code == 200
    assert error(arm.send("GET", path))[:2] == (404, "ResourceNotFound")
    assert arm.send("GET", path).status_code == 200


def test_slow_answer_is_the_same_answer(arm: Arm, store: Path) -> None:
    """It takes as long as declared, and the request is carried out."""
    declare(store, "  - {kind: slow, delay: 0.4, verb: PUT, name: sluggish}")
    began = time.monotonic()
    path = f"{arm.subscription}/resourceGroups/sluggish"
    answer = arm.send("PUT", path, {"location": "westeurope"}, version=GROUPS_VERSION)
    assert time.monotonic() - began >= 0.4
    assert (answer.status_code, answer.json()["name"]) == (201, "sluggish")


def test_latency_of_every_answer(arm: Arm, store: Path) -> None:
    """A constant latency holds for all, until it is taken away."""
    control.slow_down(store, 120)
    began = time.monotonic()
    arm.send("GET", arm.subscription, version="2022-12-01")
    assert time.monotonic() - began >= 0.12
    control.slow_down(store, HOUR)
    control.slow_down(store, 0)
    assert arm.send("GET", arm.subscription, version="2022-12-01").status_code == 200


def test_operation_that_fails_late(arm: Arm, store: Path, network: NetworkManagementClient) -> None:
    """The PUT is accepted, the operation fails; the resource is there, Failed, and can be written again."""
    group = arm.group("late")
    declare(store, "  - {kind: late-failure, seconds: 1, name: broken}")
    body = {"location": "westeurope", "properties": {"addressSpace": SPACE}}
    poller = network.virtual_networks.begin_create_or_update("late", "broken", body)
    path = f"{group}/providers/Microsoft.Network/virtualNetworks/broken"
    assert state(arm, path) == "Updating"
    with pytest.raises(HttpResponseError) as caught:
        poller.result()
    assert caught.value.error is not None
    assert caught.value.error.code == "InternalServerError"
    assert "while the resource 'broken' was provisioned" in str(caught.value.error.message)
    assert state(arm, path) == "Failed"
    made = network.virtual_networks.begin_create_or_update("late", "broken", body).result()
    assert made.provisioning_state == "Succeeded"


def test_late_failure_is_recorded(arm: Arm, store: Path) -> None:
    """The activity log says Accepted and then Failed; the change feed shows the state by System's category."""
    group = arm.group("noted")
    declare(store, "  - {kind: late-failure, seconds: 0, name: broken}")
    path = f"{group}/providers/Microsoft.Network/virtualNetworks/broken"
    arm.send("PUT", path, {"location": "westeurope", "properties": {"addressSpace": SPACE}})
    assert state(arm, path) == "Failed"
    log = f"{arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    ask = {"$filter": f"eventTimestamp ge '2020-01-01' and resourceUri eq '{path}'"}
    events = arm.send("GET", log, version="2015-04-01", query=ask).json()["value"]
    assert [each["status"]["value"] for each in events] == ["Failed", "Accepted", "Started"]
    query = f"resourcechanges | where properties.targetResourceId =~ '{path}' | project properties.changes"
    rows = arm.send("POST", GRAPH, {"query": query}, version="2022-10-01").json()["data"]
    assert {
        "properties.provisioningState": {
            "previousValue": "Succeeded",
            "newValue": "Failed",
            "propertyChangeType": "Update",
            "changeCategory": "System",
        }
    } in [row["properties_changes"] for row in rows]


def test_delete_that_fails_late(arm: Arm, store: Path, network: NetworkManagementClient) -> None:
    """A failed DELETE leaves the resource, Failed; the next one takes it away."""
    group = arm.group("sticky")
    path = arm.network(group, "hub")
    declare(store, "  - {kind: late-failure, seconds: 1, verb: DELETE}")
    with pytest.raises(HttpResponseError):
        network.virtual_networks.begin_delete("sticky", "hub").result()
    assert state(arm, path) == "Failed"
    network.virtual_networks.begin_delete("sticky", "hub").result()
    assert arm.send("GET", path).status_code == 404


def test_operation_that_never_ends(arm: Arm, store: Path) -> None:
    """It goes on being polled and holds other writes back, until somebody ends it."""
    group = arm.group("stuck")
    declare(store, "  - {kind: never-ends, verb: PUT, name: hub}")
    path = f"{group}/providers/Microsoft.Network/virtualNetworks/hub"
    body = {"location": "westeurope", "properties": {"addressSpace": SPACE}}
    answer = arm.send("PUT", path, body)
    poll = answer.headers["Azure-AsyncOperation"]
    assert arm.send("GET", poll).json()["status"] == "InProgress"
    assert error(arm.send("PUT", path, body))[1] == "AnotherOperationInProgress"
    control.end_operations(store)
    assert arm.send("GET", poll).json()["status"] == "Succeeded"
    assert state(arm, path) == "Succeeded"


def test_principal_not_replicated_yet(arm: Arm, store: Path) -> None:
    """The first assignment is refused as Entra's delay makes it, the second passes."""
    group = arm.group("fresh")
    declare(store, "  - {kind: principal-not-replicated}")
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    body = {
        "properties": {
            "roleDefinitionId": f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{reader}",
            "principalId": arm.ready["principals"][0]["object_id"],
        }
    }
    path = f"{group}/providers/Microsoft.Authorization/roleAssignments/9b1f3a52-4a4d-4a3e-9a39-3b7a0d7d7c01"
    assert error(arm.send("PUT", path, body, version="2022-04-01"))[:2] == (400, "PrincipalNotFound")
    assert arm.send("PUT", path, body, version="2022-04-01").status_code == 201


def test_interface_lingers_in_a_subnet(arm: Arm, store: Path) -> None:
    """The subnet cannot go while an interface that is gone elsewhere still holds it."""
    subnet = f"{arm.network(arm.group('held'), 'hub')}/subnets/web"
    arm.send("PUT", subnet, {"properties": {"addressPrefix": "10.0.1.0/24"}})
    declare(store, "  - {kind: lingering-interface, times: 2}")
    for _ in range(2):
        status, code, message = error(arm.send("DELETE", subnet))
        assert (status, code) == (400, "InUseSubnetCannotBeDeleted")
        assert message.startswith(f"Subnet web is in use by {arm.subscription}/resourceGroups/held/")
    assert arm.send("DELETE", subnet).status_code == 200


def test_quota_and_capacity_name_what_lacks(arm: Arm, store: Path) -> None:
    """Their types are those of Azure ML, and nothing else meets them."""
    declare(store, "  - {kind: quota}\n  - {kind: capacity}")
    group = arm.group("small")
    arm.network(group, "hub")
    compute = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/w/computes/gpu"
    status, code, message = error(arm.send("PUT", compute, {"properties": {}}, version="2024-10-01"))
    assert (status, code) == (400, "ClusterCoreQuotaReached")
    assert "'gpu'" in message


def test_probability_repeats_with_its_seed(arm: Arm, store: Path) -> None:
    """The same requests meet the same faults again."""
    file = store / "chance.yaml"
    file.write_text("seed: 3\nfaults: [{kind: error, probability: 0.5, verb: GET, path: '/resourceGroups$'}]")

    def sequence() -> list[int]:
        control.declare_fault_file(store, file)
        path = f"{arm.subscription}/resourceGroups"
        return [arm.send("GET", path, version=GROUPS_VERSION).status_code for _ in range(12)]

    first = sequence()
    assert set(first) == {200, 500}
    assert sequence() == first


def test_arguments_of_the_server(tmp_path: Path) -> None:
    """--faults, --latency and --throttling hold while the server runs, and a wrong file is one line with its place."""
    file = tmp_path / "faults.yaml"
    file.write_text("faults: [{kind: unavailable, verb: GET, path: '/resourceGroups$'}]")
    command = [sys.executable, "-m", "azkeep.emulator", "--store", str(tmp_path / "store"), "--until-stdin-closes"]
    more = ["--faults", str(file), "--latency", "50", "--throttling", "on"]
    with subprocess.Popen([*command, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        client = deployer(json.loads(process.stdout.readline()))
        groups = f"{client.subscription}/resourceGroups"
        began = time.monotonic()
        assert error(client.send("GET", groups, version=GROUPS_VERSION))[:2] == (503, "ServiceUnavailable")
        assert time.monotonic() - began >= 0.05
        answer = client.send("GET", groups, version=GROUPS_VERSION)
        assert answer.status_code == 200
        assert int(answer.headers["x-ms-ratelimit-remaining-subscription-reads"]) == 249
        assert int(answer.headers["x-ms-ratelimit-remaining-subscription-global-reads"]) == 3749
        client.session.close()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
    file.write_text("faults:\n  - kind: meteor\n")
    refused = subprocess.run([*command, *more], capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert refused.stderr.strip() == f"{file}:2: 'meteor' is no kind of fault"
