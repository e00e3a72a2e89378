"""What the engine sees of the local cloud through the provider."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import grpc
import pytest

from azkeep.emulator import control
from azkeep.provider import values

GROUP = "azure-native:resources:ResourceGroup"
NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
STORAGE = "azure-native:storage:StorageAccount"
SECOND = "33333333-3333-3333-3333-333333333333"


@pytest.fixture
def group(local: Any) -> dict[str, str]:
    """A resource group of the test's own: its inputs."""
    inputs = {"resourceGroupName": f"rg-{uuid4().hex[:8]}", "location": "westeurope"}
    with local.engine() as engine:
        engine.create(GROUP, engine.checked(GROUP, inputs))
    return inputs


def network(group: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceGroupName": group["resourceGroupName"],
        "virtualNetworkName": "net",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    }


def test_a_network_from_first_to_last(local: Any, group: dict[str, str]) -> None:
    """Check finds the region, create the outputs, refresh finds nothing new, delete leaves nothing."""
    with local.engine() as engine:
        inputs = engine.checked(NETWORK, network(group))
        assert inputs["location"] == "westeurope"
        id, outputs = engine.create(NETWORK, inputs)
        assert id.endswith(
            f"/resourceGroups/{group['resourceGroupName']}/providers/Microsoft.Network/virtualNetworks/net"
        )
        assert outputs["provisioningState"] == "Succeeded"
        assert outputs["subnets"] == []
        found = engine.read(NETWORK, id, inputs, outputs)
        assert values.read(found.inputs) == inputs
        assert values.read(found.properties) == outputs
        engine.delete(NETWORK, id)
        assert engine.read(NETWORK, id, inputs, outputs).id == ""


def test_an_update_keeps_the_subnets_of_others(local: Any, group: dict[str, str]) -> None:
    """A subnet resource survives an update of its network, and the refreshed inputs of the network do not name it."""
    with local.engine() as engine:
        inputs = engine.checked(NETWORK, network(group))
        id, outputs = engine.create(NETWORK, inputs)
        subnet = {
            "resourceGroupName": group["resourceGroupName"],
            "virtualNetworkName": "net",
            "subnetName": "inner",
            "addressPrefix": "10.0.1.0/24",
        }
        subnet_id, _ = engine.create(SUBNET, engine.checked(SUBNET, subnet))
        changed = {**inputs, "tags": {"a": "b"}}
        after = engine.update(NETWORK, id, inputs, outputs, changed)
        assert after["tags"] == {"a": "b"}
        assert [item["name"] for item in after["subnets"]] == ["inner"]
        assert engine.read(SUBNET, subnet_id, subnet).id == subnet_id
        assert "subnets" not in values.read(engine.read(NETWORK, id, changed, after).inputs)


def test_what_exists_is_not_created_again(local: Any, group: dict[str, str]) -> None:
    """The second create is refused before anything is sent."""
    with local.engine() as engine:
        with pytest.raises(grpc.RpcError) as caught:
            engine.create(GROUP, group)
        assert caught.value.details().startswith("cannot create already existing resource '/subscriptions/")


def test_arm_refuses_in_its_own_words(local: Any, group: dict[str, str]) -> None:
    """A subnet outside its network: ARM's code is shown, and nothing is recorded."""
    with local.engine() as engine:
        engine.create(NETWORK, engine.checked(NETWORK, network(group)))
        subnet = {
            "resourceGroupName": group["resourceGroupName"],
            "virtualNetworkName": "net",
            "subnetName": "outer",
            "addressPrefix": "192.168.0.0/24",
        }
        with pytest.raises(grpc.RpcError) as caught:
            engine.create(SUBNET, subnet)
        assert caught.value.details().startswith('Status=400 Code="NetcfgInvalidSubnet" Message="')
        assert not [key for key, _ in caught.value.trailing_metadata() or () if key == "grpc-status-details-bin"]


def test_each_provider_instance_has_its_subscription(local: Any) -> None:
    """A group of the second subscription is made there, and there alone."""
    name = f"rg-{uuid4().hex[:8]}"
    inputs = {"resourceGroupName": name, "location": "westeurope"}
    with local.engine() as first, local.engine(subscriptionId=SECOND) as second:
        id, _ = second.create(GROUP, inputs)
        assert id == f"/subscriptions/{SECOND}/resourceGroups/{name}"
        assert first.create(GROUP, inputs)[0] == f"/subscriptions/{local.subscription}/resourceGroups/{name}"
        second.delete(GROUP, id)
        assert first.read(GROUP, f"/subscriptions/{local.subscription}/resourceGroups/{name}", inputs).id


def test_an_unknown_subscription(local: Any) -> None:
    """ARM says that it does not know it."""
    with local.engine(subscriptionId=str(uuid4())) as engine, pytest.raises(grpc.RpcError) as caught:
        engine.create(GROUP, {"resourceGroupName": "rg", "location": "westeurope"})
    assert "SubscriptionNotFound" in caught.value.details()


def test_functions_reach_the_cloud(local: Any, group: dict[str, str]) -> None:
    """Getters show the document, list functions the keys, the token opens ARM."""
    account = {
        "resourceGroupName": group["resourceGroupName"],
        "accountName": f"st{uuid4().hex[:12]}",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    where = {"resourceGroupName": account["resourceGroupName"], "accountName": account["accountName"]}
    with local.engine() as engine:
        id, outputs = engine.create(STORAGE, engine.checked(STORAGE, account))
        found = engine.invoke("azure-native:storage:getStorageAccount", where)
        assert found["id"] == id
        assert found["primaryEndpoints"] == outputs["primaryEndpoints"]
        keys = engine.invoke("azure-native:storage:listStorageAccountKeys", where)["keys"]
        assert [key["keyName"] for key in keys] == ["key1", "key2"]
        assert not any(key["value"] in str(outputs) for key in keys)
        assert engine.invoke("azure-native:authorization:getClientToken", {})["token"].count(".") == 2
        listed = engine.invoke("azure-native:authorization:listSubscriptions", {})["value"]
        assert {local.subscription, SECOND} <= {item["subscriptionId"] for item in listed}
        me = engine.invoke("azure-native:authorization:getClientConfig", {})
        assert me["objectId"] == local.ready["principals"][0]["object_id"]


def test_credentials_never_come_back(local: Any, group: dict[str, str]) -> None:
    """A registry's outputs hold no password, and neither does the answer to a write."""
    token = "azure-native:containerregistry:Registry"
    inputs = {
        "resourceGroupName": group["resourceGroupName"],
        "registryName": f"acr{uuid4().hex[:12]}",
        "sku": {"name": "Basic"},
        "adminUserEnabled": True,
    }
    with local.engine() as engine:
        _, outputs = engine.create(token, engine.checked(token, inputs))
        where = {name: inputs[name] for name in ("resourceGroupName", "registryName")}
        secrets = engine.invoke("azure-native:containerregistry:listRegistryCredentials", where)
        assert secrets["passwords"]
        assert not any(item["value"] in str(outputs) for item in secrets["passwords"])


@contextmanager
def ended_after(realistic: Any, requests: int) -> Iterator[None]:
    """What runs in the cloud ends as soon as the provider has sent so many requests within the context."""
    wanted, left = realistic.arm.requests + requests, threading.Event()

    def end() -> None:
        while realistic.arm.requests < wanted and not left.wait(0.05):
            pass
        control.end_operations(realistic.store)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


@pytest.mark.timeout(120)
def test_operations_of_true_length_are_followed(realistic: Any) -> None:
    """With Azure's pace a network is there when create ends, and gone when delete does."""
    with realistic.engine() as engine:
        group = {"resourceGroupName": "rg", "location": "westeurope"}
        engine.create(GROUP, group)
        inputs = engine.checked(NETWORK, network(group))
        before = realistic.arm.requests
        with ended_after(realistic, 3):
            id, outputs = engine.create(NETWORK, inputs)
        assert outputs["provisioningState"] == "Succeeded"
        assert realistic.arm.requests - before > 4, "the operation was polled"
        with ended_after(realistic, 2):
            engine.delete(NETWORK, id)
        assert engine.read(NETWORK, id).id == ""
