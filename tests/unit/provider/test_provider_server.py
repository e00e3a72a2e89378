"""What the engine asks of a provider besides resources: configuration, functions, cancelling."""

from __future__ import annotations

import json
import socket
import threading
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from engine_side import GROUP, SUBSCRIPTION, Engine, Running, init_failure, urn
from fake_arm import FakeArm
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as messages

from azkeep.errors import AuthFailed
from azkeep.model.transport import Answer
from azkeep.provider import values
from azkeep.provider.server import ProviderIdentity, serve

OTHER = "22222222-2222-2222-2222-222222222222"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK_ID = f"{GROUP_ID}/providers/Microsoft.Network/virtualNetworks/net"
IDENTITY = ProviderIdentity("client", "object", "tenant", lambda: "token")
WORKSPACE = "azure-native:machinelearningservices:"


def test_two_providers_of_one_stack_keep_their_subscriptions(running: Running) -> None:
    """Settings belong to the connection: what one configures does not reach the other."""
    inputs = {"resourceGroupName": "rg", "location": "a"}
    with Engine.connect(running.channel()) as first:
        with Engine.connect(running.channel(), subscriptionId=OTHER, location="northeurope") as second:
            assert second.checked(GROUP, {})["location"] == "northeurope"
            assert second.create(GROUP, inputs)[0] == f"/subscriptions/{OTHER}/resourceGroups/rg"
            assert first.create(GROUP, inputs)[0] == GROUP_ID
            config = "azure-native:authorization:getClientConfig"
            assert second.invoke(config, {})["subscriptionId"] == OTHER
            assert first.invoke(config, {})["subscriptionId"] == SUBSCRIPTION
        assert first.faults(GROUP, {})[0].startswith("missing required property 'location'")


def test_settings_as_variables(running: Running) -> None:
    """The engine's older form of configuration says the same."""
    with running.channel() as channel:
        engine = Engine(provider_pb2_grpc.ResourceProviderStub(channel))
        engine.stub.Configure(messages.ConfigureRequest(variables={"azure-native:config:location": "westus"}))
        assert engine.checked(GROUP, {})["location"] == "westus"


def test_what_the_provider_takes(engine: Engine) -> None:
    """No secrets, resources or outputs, as the official plugin; previews and autonaming it does."""
    handshake = engine.stub.Handshake(messages.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert (handshake.accept_secrets, handshake.accept_resources, handshake.accept_outputs) == (False, False, False)
    assert handshake.supports_autonaming_configuration
    configured = engine.stub.Configure(messages.ConfigureRequest())
    assert (configured.acceptSecrets, configured.acceptResources, configured.acceptOutputs) == (False, False, False)
    assert configured.supportsPreview
    assert configured.supports_autonaming_configuration


def test_small_questions(engine: Engine) -> None:
    """Version, schema, mappings and attaching are answered."""
    assert engine.stub.GetPluginInfo(Empty()).version == version("pulumi-azure-native")
    schema = json.loads(engine.stub.GetSchema(messages.GetSchemaRequest()).schema)
    assert schema == {"name": "azure-native", "version": version("pulumi-azure-native")}
    assert engine.stub.GetMapping(messages.GetMappingRequest(key="terraform")).provider == ""
    assert list(engine.stub.GetMappings(messages.GetMappingsRequest()).providers) == []
    assert engine.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1")) == Empty()


def test_configuration_passes_check_and_never_replaces(engine: Engine) -> None:
    """Inputs of the provider come back as they are, and no change of them replaces it."""
    news = values.write({"subscriptionId": OTHER})
    assert values.read(engine.stub.CheckConfig(messages.CheckRequest(news=news)).inputs) == {"subscriptionId": OTHER}
    response = engine.stub.DiffConfig(messages.DiffRequest(news=news))
    assert list(response.replaces) == []


def test_client_config_and_token(engine: Engine) -> None:
    """Programs learn who they are."""
    assert engine.invoke("azure-native:authorization:getClientConfig", {}) == {
        "clientId": "client-1",
        "objectId": "object-1",
        "subscriptionId": SUBSCRIPTION,
        "tenantId": "tenant-1",
    }
    assert engine.invoke("azure-native:authorization:getClientToken", {}) == {"token": "token-1"}


def test_a_getter(engine: Engine, arm: FakeArm) -> None:
    """`get` is a GET, with outputs in azure-native's form and the id."""
    arm.store(NETWORK_ID, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["p"]}}})
    arguments = {"resourceGroupName": "rg", "virtualNetworkName": "net"}
    found = engine.invoke("azure-native:network:getVirtualNetwork", arguments)
    assert found["id"] == NETWORK_ID
    assert found["addressSpace"] == {"addressPrefixes": ["p"]}
    assert found["azureApiVersion"] == "2024-05-01"


def test_a_getter_of_what_is_not_there(engine: Engine) -> None:
    """The id and ARM's own words."""
    with pytest.raises(grpc.RpcError) as caught:
        engine.invoke("azure-native:network:getVirtualNetwork", {"resourceGroupName": "rg", "virtualNetworkName": "x"})
    assert 'Status=404 Code="ResourceNotFound"' in caught.value.details()
    assert "/virtualNetworks/x" in caught.value.details()


def test_a_getter_without_its_arguments(engine: Engine) -> None:
    """What is missing is named."""
    with pytest.raises(grpc.RpcError) as caught:
        engine.invoke("azure-native:network:getVirtualNetwork", {"resourceGroupName": "rg"})
    assert caught.value.details() == "missing required property 'virtualNetworkName'"


@pytest.mark.parametrize(
    ("token", "arguments", "path"),
    [
        (f"{WORKSPACE}listWorkspaceKeys", {"workspaceName": "w"}, "/workspaces/w/listKeys"),
        (f"{WORKSPACE}listWorkspaceNotebookKeys", {"workspaceName": "w"}, "/workspaces/w/listNotebookKeys"),
        ("azure-native:storage:listStorageAccountKeys", {"accountName": "a"}, "/storageAccounts/a/listKeys"),
        (f"{WORKSPACE}listDatastoreSecrets", {"workspaceName": "w", "name": "d"}, "/datastores/d/listSecrets"),
    ],
)
def test_list_functions_are_posted(
    engine: Engine, arm: FakeArm, token: str, arguments: dict[str, str], path: str
) -> None:
    """`list{Class}{What}` is a POST of `list{What}` on the resource."""
    engine.invoke(token, {"resourceGroupName": "rg", **arguments})
    assert arm.of("POST")[0].path.endswith(path)


def test_arguments_beside_the_path_are_the_body(engine: Engine, arm: FakeArm) -> None:
    """What does not address the resource is sent."""
    arguments = {"resourceGroupName": "rg", "accountName": "a", "expand": "kerb"}
    found = engine.invoke("azure-native:storage:listStorageAccountKeys", arguments)
    assert arm.of("POST")[0].body == {"expand": "kerb"}
    assert found["keys"] == [{"keyName": "key1", "value": "made-up"}]


@pytest.mark.parametrize(
    "token",
    [
        "azure-native:quantum:getWorkspace",
        "azure-native:network:getVirtualNetworkGateway",
        "azure-native:storage:listStorageAccountSAS",
    ],
)
def test_an_unknown_function(engine: Engine, arm: FakeArm, token: str) -> None:
    """The function is named, and nothing is sent: not even where a known class begins its name."""
    with pytest.raises(grpc.RpcError) as caught:
        engine.invoke(token, {"resourceGroupName": "rg", "virtualNetworkName": "net", "accountName": "a"})
    assert caught.value.details() == f"the local cloud has no function {token}: it can only be called on azure"
    assert arm.sent == []


def test_no_credential(engine: Engine, arm: FakeArm) -> None:
    """A credential that ARM does not take is an error of the resource, not a crash."""
    arm.next_answers.append(("GET", AuthFailed("Azure did not accept the credential", detail="expired")))
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(GROUP, {"resourceGroupName": "rg", "location": "a"})
    assert caught.value.details() == "Azure did not accept the credential: expired"


class SlowArm(FakeArm):
    """An ARM whose operations take as long as the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.started = threading.Event()
        self.may_end = threading.Event()

    def run(self, method: str, path: str, **rest: Any) -> Answer:
        self.store(path, rest["body"])
        self.started.set()
        self.may_end.wait(30)
        return Answer(200, self.documents[path.lower()])


def test_cancel_records_what_is_under_way() -> None:
    """A cancelled create keeps its resource in the state, and another engine's run is not touched."""
    arm = SlowArm()
    with serve(arm, IDENTITY, subscription=SUBSCRIPTION) as server:
        running = Running(server.port, arm)
        with Engine.connect(running.channel()) as cancelled, Engine.connect(running.channel()) as other:
            inputs = values.write({"resourceGroupName": "rg", "location": "a"})
            request = messages.CreateRequest(urn=urn(GROUP), properties=inputs)
            first = cancelled.stub.Create.future(request)
            assert arm.started.wait(10)
            cancelled.stub.Cancel(Empty())
            detail = init_failure(first.exception(10))
            assert detail.id == GROUP_ID
            assert values.read(detail.properties)["location"] == "a"
            second = other.stub.Update.future(messages.UpdateRequest(urn=urn(GROUP), id=GROUP_ID, news=inputs))
            arm.may_end.set()
            assert values.read(second.result(10).properties)["name"] == "rg"


def test_a_timeout_of_the_program_is_kept() -> None:
    """`custom_timeouts` ends the waiting, and what was sent is recorded."""
    arm = SlowArm()
    with serve(arm, IDENTITY, subscription=SUBSCRIPTION) as server:
        with Engine.connect(Running(server.port, arm).channel()) as engine:
            inputs = values.write({"resourceGroupName": "rg", "location": "a"})
            request = messages.CreateRequest(urn=urn(GROUP), properties=inputs, timeout=0.2)
            with pytest.raises(grpc.RpcError) as caught:
                engine.stub.Create(request)
            assert list(init_failure(caught.value).reasons) == ["the operation did not end within 0.2 seconds"]
        arm.may_end.set()


def test_nothing_listens_after_the_end() -> None:
    """The server ends with its context."""
    with serve(FakeArm(), IDENTITY, subscription=SUBSCRIPTION) as server:
        with socket.create_connection(("127.0.0.1", server.port), 5):
            pass
        assert server.environment == {"PULUMI_DEBUG_PROVIDERS": f"azure-native:{server.port}"}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 5)


def test_a_singleton_is_put_back(engine: Engine, arm: FakeArm) -> None:
    """What always exists with its parent is created without a look, and deleted by its first state."""
    token = "azure-native:storage:BlobServiceProperties"
    inputs = {"resourceGroupName": "rg", "accountName": "a", "blobServicesName": "default", "isVersioningEnabled": True}
    path = f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/a/blobServices/default"
    arm.store(path, {"properties": {}})
    id, _ = engine.create(token, inputs)
    assert [sent.method for sent in arm.sent] == ["PUT", "GET"]
    engine.delete(token, id)
    assert arm.of("DELETE") == []
    assert len(arm.of("PUT")) == 2
