"""Long-running operations under --realistic: the true shape of answers, and what a restart in the middle changes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.network import NetworkManagementClient
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, credential, deployer, error, local_cloud

from azkeep.emulator import control
from azkeep.testing import emulator

SPACE = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}
ONE, TWO = ({"properties": {"addressPrefix": f"10.0.{number}.0/24"}} for number in (1, 2))
LONG = timedelta(minutes=5)
"""When every operation of a test is over."""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    with emulator(tmp_path_factory.mktemp("store"), realistic=True) as document:
        yield document


@pytest.fixture
def store(ready: Mapping[str, Any]) -> Iterator[Path]:
    """The store of the running cloud, whose clock is right in the end."""
    folder = Path(ready["ca"]).parent
    yield folder
    control.move_clock(folder, timedelta(0))


def _state(arm: Arm, path: str) -> str:
    return str(arm.send("GET", path).json()["properties"]["provisioningState"])


def _network(group: str, name: str) -> str:
    return f"{group}/providers/Microsoft.Network/virtualNetworks/{name}"


def test_create_runs_until_its_time_is_over(arm: Arm, store: Path) -> None:
    """PUT answers 201 in state Updating with an operation to poll, and the resource is Succeeded when that is."""
    network = _network(arm.group("slow"), "hub")
    answer = arm.send("PUT", network, SPACE)
    assert answer.status_code == 201
    assert answer.json()["properties"]["provisioningState"] == "Updating"
    assert answer.headers["Retry-After"] == "1"
    poll = answer.headers["Azure-AsyncOperation"]
    assert poll.startswith(f"{arm.ready['arm']}{arm.subscription}/providers/Microsoft.Network/locations/westeurope/")
    first = arm.send("GET", poll)
    assert (first.status_code, first.json()["status"]) == (200, "InProgress")
    assert first.headers["Retry-After"] == "1"
    assert _state(arm, network) == "Updating"
    control.move_clock(store, LONG)
    last = arm.send("GET", poll).json()
    assert (last["status"], last["percentComplete"]) == ("Succeeded", 100.0)
    assert last["endTime"] > last["startTime"]
    assert _state(arm, network) == "Succeeded"


def test_second_write_meets_the_first(arm: Arm) -> None:
    """A PUT while another one runs on the same resource is refused, retryably, with what it can wait for."""
    network = _network(arm.group("busy"), "hub")
    first = arm.send("PUT", network, SPACE)
    answer = arm.send("PUT", network, SPACE)
    assert error(answer) == (
        409,
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri:"
        f" {first.headers['Azure-AsyncOperation']}.",
    )
    assert answer.headers["Retry-After"] == "1"


def test_subnets_of_a_network_wait_for_one_another(arm: Arm) -> None:
    """While a subnet is written its siblings and its network are not, and those of another network are."""
    group = arm.group("turns")
    hub, spoke = _network(group, "hub"), _network(group, "spoke")
    for network in (hub, spoke):
        arm.send("PUT", network, SPACE)
    assert error(arm.send("PUT", f"{hub}/subnets/one", ONE))[1] == "AnotherOperationInProgress"
    control.end_operations(Path(arm.ready["ca"]).parent)
    first = arm.send("PUT", f"{hub}/subnets/one", ONE)
    assert first.status_code == 201
    assert "/locations/westeurope/operations/" in first.headers["Azure-AsyncOperation"]
    refused = (
        arm.send("PUT", f"{hub}/subnets/two", TWO),
        arm.send("PUT", hub, SPACE),
        arm.send("DELETE", hub),
        arm.send("DELETE", f"{hub}/subnets/one"),
    )
    assert {error(each)[:2] for each in refused} == {(409, "AnotherOperationInProgress")}
    assert arm.send("PUT", f"{spoke}/subnets/two", TWO).status_code == 201
    control.end_operations(Path(arm.ready["ca"]).parent)
    assert arm.send("PUT", f"{hub}/subnets/two", TWO).status_code == 201


def test_microsofts_poller_follows(arm: Arm, ready: Mapping[str, Any], store: Path) -> None:
    """azure-mgmt-network's own poller ends with the finished network, then with its deletion."""
    arm.group("polled")
    with (
        credential(ready) as own,
        NetworkManagementClient(own, ready["subscription"], **local_cloud(ready)) as client,
    ):
        creation = client.virtual_networks.begin_create_or_update("polled", "hub", SPACE)
        control.move_clock(store, LONG)
        assert creation.result(30).provisioning_state == "Succeeded"
        deletion = client.virtual_networks.begin_delete("polled", "hub")
        control.move_clock(store, 2 * LONG)
        deletion.result(30)
        assert list(client.virtual_networks.list("polled")) == []


def test_delete_of_a_group_takes_everything_along(arm: Arm) -> None:
    """DELETE answers 202 with both headers; the group is Deleting, takes no new resource, then it is gone."""
    group = arm.group("leaving")
    answer = arm.send("DELETE", group, version=GROUPS_VERSION)
    assert answer.status_code == 202
    assert answer.content == b""
    assert all(name in answer.headers for name in ("Location", "Azure-AsyncOperation", "Retry-After"))
    assert arm.send("GET", answer.headers["Location"]).status_code == 202
    assert arm.send("GET", group, version=GROUPS_VERSION).json()["properties"]["provisioningState"] == "Deleting"
    assert error(arm.send("PUT", _network(group, "hub"), SPACE)) == (
        409,
        "ResourceGroupBeingDeleted",
        "The resource group 'leaving' is in deprovisioning state and cannot perform this operation.",
    )
    again = arm.send("PUT", group, {"location": "westeurope"}, version=GROUPS_VERSION)
    assert error(again)[:2] == (409, "ResourceGroupBeingDeleted")


def test_operation_goes_on_after_a_kill(tmp_path: Path) -> None:
    """A server killed during a delete is no reason for the resource to stay: its time runs on."""
    with emulator(tmp_path, realistic=True) as ready, deployer(ready) as arm:
        network = _network(arm.group("killed"), "hub")
        arm.send("PUT", network, SPACE)
        control.end_operations(tmp_path)
        assert _state(arm, network) == "Succeeded"
        assert arm.send("DELETE", network).status_code == 202
        os.kill(ready["pid"], signal.SIGKILL)
    control.move_clock(tmp_path, -LONG)  # however long the next start takes, the delete is not over then
    with emulator(tmp_path, realistic=True) as ready, deployer(ready) as arm:
        assert _state(arm, network) == "Deleting"
        control.move_clock(tmp_path, LONG)
        assert error(arm.send("GET", network))[:2] == (404, "ResourceNotFound")
