"""Create, read, update and delete over the protocol."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from engine_side import GROUP, NETWORK, SUBSCRIPTION, Engine, init_failure
from fake_arm import FakeArm

from azkeep.errors import RequestFailed, Throttled
from azkeep.model.transport import Answer
from azkeep.model.value import Unknown
from azkeep.provider import values

GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK_ID = f"{GROUP_ID}/providers/Microsoft.Network/virtualNetworks/net"
NETWORK_INPUTS: dict[str, Any] = {
    "resourceGroupName": "rg",
    "virtualNetworkName": "net",
    "location": "westeurope",
    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
}


def test_create_of_a_resource_group(engine: Engine, arm: FakeArm) -> None:
    """GET finds nothing, PUT, and a GET again gives the outputs; the ARM id is the Pulumi id."""
    id, outputs = engine.create(GROUP, {"resourceGroupName": "rg", "location": "westeurope", "tags": {"a": "b"}})
    assert id == GROUP_ID
    assert outputs == {
        "location": "westeurope",
        "name": "rg",
        "type": "Microsoft.Resources/resourceGroups",
        "tags": {"a": "b"},
        "properties": {"provisioningState": "Succeeded"},
        "azureApiVersion": "2024-03-01",
    }
    assert [sent.method for sent in arm.sent] == ["GET", "PUT", "GET"]
    assert arm.of("PUT")[0].body == {"location": "westeurope", "tags": {"a": "b"}}


def test_create_sends_unset_maintained_collections_empty(engine: Engine, arm: FakeArm) -> None:
    """A new network without subnets and peerings is sent with two empty lists."""
    engine.create(NETWORK, NETWORK_INPUTS)
    body = arm.of("PUT")[0].body
    assert body["properties"]["subnets"] == []
    assert body["properties"]["virtualNetworkPeerings"] == []
    assert body["properties"]["addressSpace"] == {"addressPrefixes": ["10.0.0.0/16"]}


def test_create_refuses_what_exists(engine: Engine, arm: FakeArm) -> None:
    """A resource that is there already is not touched, and the message is the official one."""
    arm.store(NETWORK_ID, {"location": "westeurope"})
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(NETWORK, NETWORK_INPUTS)
    assert caught.value.details() == f"cannot create already existing resource '{NETWORK_ID}'"
    assert init_failure(caught.value) is None
    assert arm.of("PUT") == []


def test_create_refused_by_arm_leaves_nothing(engine: Engine, arm: FakeArm) -> None:
    """A 400 to the PUT is a plain error with ARM's code and message: the engine records nothing."""
    arm.next_answers.append(("PUT", Answer(400, {"error": {"code": "InvalidAddress", "message": "no such prefix"}})))
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(NETWORK, NETWORK_INPUTS)
    assert caught.value.details() == 'Status=400 Code="InvalidAddress" Message="no such prefix"'
    assert init_failure(caught.value) is None


def test_create_throttled_leaves_nothing(engine: Engine, arm: FakeArm) -> None:
    """A PUT that ARM throttled away was not accepted: a plain error."""
    refusal = Throttled("too many", status=429, arm_code="TooManyRequests", detail="slow down")
    arm.next_answers.append(("PUT", refusal))
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(NETWORK, NETWORK_INPUTS)
    assert 'Code="TooManyRequests"' in caught.value.details()
    assert init_failure(caught.value) is None


def test_create_whose_operation_fails_is_recorded(engine: Engine, arm: FakeArm) -> None:
    """After an accepted PUT a failure carries id, outputs and inputs, so the engine keeps the resource."""
    arm.store(NETWORK_ID, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": []}}})
    arm.next_answers.append(("GET", Answer(404, {"error": {"code": "ResourceNotFound", "message": ""}})))
    failed = Answer(400, {"error": {"code": "Broken", "message": "the operation failed"}}, followed=True)
    arm.next_answers.append(("PUT", failed))
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(NETWORK, NETWORK_INPUTS)
    detail = init_failure(caught.value)
    assert detail.id == NETWORK_ID
    assert list(detail.reasons) == ['Status=400 Code="Broken" Message="the operation failed"']
    assert values.read(detail.inputs) == NETWORK_INPUTS
    assert values.read(detail.properties)["name"] == "net"


def test_create_whose_connection_breaks_is_recorded(engine: Engine, arm: FakeArm) -> None:
    """Nobody knows whether a PUT without an answer took effect: the id goes into the state."""
    arm.next_answers.append(("PUT", RequestFailed("the connection broke")))
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(NETWORK, NETWORK_INPUTS)
    detail = init_failure(caught.value)
    assert detail.id == NETWORK_ID
    assert values.read(detail.properties) == {}
    assert "the connection broke" in detail.reasons[0]


def test_preview_of_create(engine: Engine, arm: FakeArm) -> None:
    """A preview asks the cloud nothing: inputs are known, every other output is not."""
    id, outputs = engine.create(NETWORK, {**NETWORK_INPUTS, "subnets": [{"name": "a"}]}, preview=True)
    assert id == ""
    assert outputs["location"] == "westeurope"
    assert outputs["addressSpace"]["addressPrefixes"] == ["10.0.0.0/16"]
    assert outputs["name"] == Unknown()
    assert outputs["resourceGuid"] == Unknown()
    assert outputs["subnets"][0]["name"] == "a"
    assert outputs["subnets"][0]["id"] == Unknown()
    assert arm.sent == []


def test_preview_of_update_keeps_name_and_location(engine: Engine) -> None:
    """An update in place changes neither name nor location."""
    old = {"name": "net", "location": "westeurope", "resourceGuid": "g"}
    news = {**NETWORK_INPUTS, "location": "West Europe"}
    outputs = engine.update(NETWORK, NETWORK_ID, NETWORK_INPUTS, old, news, preview=True)
    assert outputs["name"] == "net"
    assert outputs["location"] == "westeurope"
    assert outputs["resourceGuid"] == Unknown()


def test_update_keeps_what_other_resources_maintain(engine: Engine, arm: FakeArm) -> None:
    """Subnets that the inputs do not name are read and sent back unchanged."""
    subnet = {"name": "a", "id": f"{NETWORK_ID}/subnets/a", "properties": {"addressPrefix": "10.0.1.0/24"}}
    arm.store(NETWORK_ID, {"location": "westeurope", "properties": {"subnets": [subnet]}})
    engine.update(NETWORK, NETWORK_ID, NETWORK_INPUTS, {}, {**NETWORK_INPUTS, "tags": {"a": "b"}})
    body = arm.of("PUT")[0].body
    assert body["properties"]["subnets"] == [subnet]
    assert body["properties"]["virtualNetworkPeerings"] == []
    assert body["tags"] == {"a": "b"}


def test_update_with_subnets_reads_only_for_the_peerings(engine: Engine, arm: FakeArm) -> None:
    """Subnets in the inputs are sent as they are, those of the cloud are not added."""
    arm.store(NETWORK_ID, {"location": "westeurope", "properties": {"subnets": [{"name": "old"}]}})
    news = {**NETWORK_INPUTS, "subnets": [{"name": "new", "addressPrefix": "10.0.1.0/24"}]}
    engine.update(NETWORK, NETWORK_ID, NETWORK_INPUTS, {}, news)
    sent = arm.of("PUT")[0].body["properties"]["subnets"]
    assert sent == [{"name": "new", "properties": {"addressPrefix": "10.0.1.0/24"}}]


def test_self_reference_becomes_the_own_id(engine: Engine, arm: FakeArm) -> None:
    """`$self/…` in an id stands for the resource being written."""
    news = {**NETWORK_INPUTS, "ddosProtectionPlan": {"id": "$self/plans/a"}}
    engine.create(NETWORK, news)
    assert arm.of("PUT")[0].body["properties"]["ddosProtectionPlan"] == {"id": f"{NETWORK_ID}/plans/a"}


def test_read_of_a_missing_resource(engine: Engine) -> None:
    """404 gives an empty id: the engine drops the resource."""
    assert engine.read(NETWORK, NETWORK_ID, NETWORK_INPUTS).id == ""


@pytest.mark.parametrize(
    "answer", [Answer(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}), Answer(500)]
)
def test_what_could_not_be_read_is_not_gone(engine: Engine, arm: FakeArm, answer: Answer) -> None:
    """A refusal and a server's failure are errors; the engine must not drop the resource."""
    arm.next_answers.append(("GET", answer))
    with pytest.raises(grpc.RpcError) as caught:
        engine.read(NETWORK, NETWORK_ID, NETWORK_INPUTS)
    assert f"Status={answer.status} " in caught.value.details()
    assert answer.error_code in caught.value.details()


def test_refresh_without_a_change_keeps_the_inputs(engine: Engine, arm: FakeArm) -> None:
    """Defaults of the service and subnets of other resources do not become inputs."""
    id, outputs = engine.create(NETWORK, NETWORK_INPUTS)
    document = arm.documents[id.lower()]
    document["properties"]["subnets"] = [{"name": "a", "properties": {"addressPrefix": "10.0.1.0/24"}}]
    found = engine.read(NETWORK, id, NETWORK_INPUTS, outputs)
    assert values.read(found.inputs) == NETWORK_INPUTS
    assert values.read(found.properties)["subnets"] == [{"name": "a", "addressPrefix": "10.0.1.0/24"}]


def test_refresh_after_a_foreign_hand(engine: Engine, arm: FakeArm) -> None:
    """What somebody changed becomes a changed input; what was not declared and is new becomes one too."""
    id, outputs = engine.create(NETWORK, NETWORK_INPUTS)
    document = arm.documents[id.lower()]
    document["properties"]["addressSpace"]["addressPrefixes"] = ["10.9.0.0/16"]
    document["tags"] = {"by": "hand"}
    found = values.read(engine.read(NETWORK, id, NETWORK_INPUTS, outputs).inputs)
    assert found["addressSpace"] == {"addressPrefixes": ["10.9.0.0/16"]}
    assert found["tags"] == {"by": "hand"}


def test_import_makes_inputs_from_the_document(engine: Engine, arm: FakeArm) -> None:
    """Without old inputs they come from the id and the document, read-only members left out."""
    arm.store(
        NETWORK_ID, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}}
    )
    found = engine.read(NETWORK, NETWORK_ID)
    assert found.id == NETWORK_ID
    assert values.read(found.inputs) == {
        "resourceGroupName": "rg",
        "virtualNetworkName": "net",
        "location": "westeurope",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/8"]},
        "azureApiVersion": "2024-05-01",
    }


def test_delete(engine: Engine, arm: FakeArm) -> None:
    """DELETE goes to the id; a resource that is gone already is no fault."""
    arm.store(NETWORK_ID, {"location": "westeurope"})
    engine.delete(NETWORK, NETWORK_ID)
    engine.delete(NETWORK, NETWORK_ID)
    assert arm.documents == {}
    assert len(arm.of("DELETE")) == 2


def test_delete_refused_by_arm(engine: Engine, arm: FakeArm) -> None:
    """ARM's reason is passed on."""
    refusal = Answer(409, {"error": {"code": "ScopeLocked", "message": "a lock is there"}})
    arm.next_answers.append(("DELETE", refusal))
    with pytest.raises(grpc.RpcError) as caught:
        engine.delete(NETWORK, NETWORK_ID)
    assert caught.value.details() == 'Status=409 Code="ScopeLocked" Message="a lock is there"'
