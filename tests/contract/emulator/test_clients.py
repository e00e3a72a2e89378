"""Microsoft's own clients against the local cloud, over https with its CA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from tests.contract.emulator.arm import client_settings, credential


@pytest.fixture(scope="module")
def settings(ready: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    with credential(ready) as own:
        yield client_settings(ready, own)


@pytest.fixture(scope="module")
def resources(settings: dict[str, Any]) -> Iterator[ResourceManagementClient]:
    with ResourceManagementClient(**settings) as client:
        yield client


@pytest.fixture(scope="module")
def network(settings: dict[str, Any]) -> Iterator[NetworkManagementClient]:
    with NetworkManagementClient(**settings) as client:
        yield client


def test_group_goes_through_its_life(resources: ResourceManagementClient) -> None:
    """A group is made with its location normalised, found by HEAD, listed, patched, and deleted."""
    made = resources.resource_groups.create_or_update("life", {"location": "West Europe", "tags": {"a": "1"}})
    assert (made.name, made.location, made.properties.provisioning_state) == ("life", "westeurope", "Succeeded")
    assert resources.resource_groups.check_existence("life")
    assert "life" in [group.name for group in resources.resource_groups.list()]
    assert [group.name for group in resources.resource_groups.list(filter="tagName eq 'a' and tagValue eq '1'")] == [
        "life"
    ]
    assert resources.resource_groups.update("life", {"tags": {"b": "2"}}).tags == {"b": "2"}
    resources.resource_groups.begin_delete("life").result()
    assert not resources.resource_groups.check_existence("life")


def test_absent_group_says_so(resources: ResourceManagementClient) -> None:
    """GET of a group that does not exist is ARM's ResourceGroupNotFound."""
    with pytest.raises(ResourceNotFoundError) as caught:
        resources.resource_groups.get("nowhere")
    assert caught.value.error is not None
    assert caught.value.error.code == "ResourceGroupNotFound"
    assert caught.value.error.message == "Resource group 'nowhere' could not be found."


def test_network_with_subnets(resources: ResourceManagementClient, network: NetworkManagementClient) -> None:
    """Subnets given in the network are resources of their own, and a subnet made beside them shows in the network."""
    resources.resource_groups.create_or_update("nets", {"location": "westeurope"})
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    first = {"name": "first", "properties": {"addressPrefix": "10.0.0.0/24"}}
    made = network.virtual_networks.begin_create_or_update(
        "nets", "hub", {"location": "westeurope", "properties": {"addressSpace": space, "subnets": [first]}}
    ).result()
    assert [subnet.name for subnet in made.subnets] == ["first"]
    second = network.subnets.begin_create_or_update(
        "nets", "hub", "second", {"properties": {"addressPrefix": "10.0.1.0/24"}}
    ).result()
    assert second.id.endswith("/resourceGroups/nets/providers/Microsoft.Network/virtualNetworks/hub/subnets/second")
    now = network.virtual_networks.get("nets", "hub")
    assert [subnet.name for subnet in now.subnets] == ["first", "second"]
    assert now.etag != made.etag
    assert [subnet.name for subnet in network.subnets.list("nets", "hub")] == ["first", "second"]


def test_wrong_prefix_is_refused(resources: ResourceManagementClient, network: NetworkManagementClient) -> None:
    """What only the type checks reaches the client as a refusal that names the value."""
    resources.resource_groups.create_or_update("wrong", {"location": "westeurope"})
    with pytest.raises(HttpResponseError) as caught:
        network.virtual_networks.begin_create_or_update(
            "wrong",
            "hub",
            {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/40"]}}},
        )
    assert caught.value.status_code == 400
    assert caught.value.error is not None
    assert "10.0.0.0/40" in str(caught.value.error.message)


def test_resources_of_a_group_come_without_properties(
    resources: ResourceManagementClient, network: NetworkManagementClient
) -> None:
    """The generic list has networks but not their subnets, and creation times only when asked for."""
    resources.resource_groups.create_or_update("listed", {"location": "westeurope"})
    body = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}
    network.virtual_networks.begin_create_or_update("listed", "hub", body).result()
    found = list(resources.resources.list_by_resource_group("listed"))
    assert [(each.name, each.type) for each in found] == [("hub", "Microsoft.Network/virtualNetworks")]
    assert found[0].as_dict().get("properties") is None
    assert found[0].created_time is None
    wider = resources.resources.list(
        filter="resourceType eq 'Microsoft.Network/virtualNetworks'", expand="createdTime,provisioningState"
    )
    assert all(each.created_time is not None for each in wider)


def test_wrong_client_secret_is_refused(ready: Mapping[str, Any]) -> None:
    """The identity service answers a wrong secret with Entra's own code."""
    client = ready["principals"][0]["client_id"]
    wrong = ClientSecretCredential(
        ready["tenant"],
        client,
        "no",
        authority=ready["identity"],
        disable_instance_discovery=True,
        connection_verify=ready["ca"],
    )
    with wrong, pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        wrong.get_token(f"{ready['arm']}/.default")


def test_providers_are_registered(resources: ResourceManagementClient) -> None:
    """Every namespace is registered at first and lists its types with their versions."""
    found = resources.providers.get("Microsoft.Network")
    assert found.registration_state == "Registered"
    kinds = {each.resource_type: each for each in found.resource_types}
    assert kinds["virtualNetworks"].api_versions
    assert resources.providers.register("Microsoft.Network").registration_state == "Registered"


def tag_names(resources: ResourceManagementClient) -> dict[str, tuple[int, dict[str, int]]]:
    """Tag name → how often it is used, and how often each of its values."""
    return {
        tag.tag_name: (tag.count.value, {value.tag_value: value.count.value for value in tag.values_property})
        for tag in resources.tags.list()
    }


def test_predefined_tags(resources: ResourceManagementClient) -> None:
    """Names and values exist before anything has them, are counted once something does, and go when nothing does."""
    assert resources.tags.create_or_update("Owner").count.as_dict() == {"type": "Total", "value": 0}
    made = resources.tags.create_or_update_value("owner", "platform")
    assert (made.id.endswith("/tagNames/Owner/tagValues/platform"), made.count.value) == (True, 0)
    resources.resource_groups.create_or_update("owned", {"location": "westeurope", "tags": {"owner": "research"}})
    counts = {name.lower(): found for name, found in tag_names(resources).items()}
    assert counts["owner"] == (1, {"platform": 0, "research": 1})
    with pytest.raises(HttpResponseError, match="The tag name 'Owner' cannot be deleted"):
        resources.tags.delete("Owner")
    resources.resource_groups.begin_delete("owned").result()
    resources.tags.delete_value("Owner", "platform")
    resources.tags.delete("Owner")
    resources.tags.delete("Owner")
    assert "Owner" not in tag_names(resources)


def test_values_of_a_tag_that_is_not_predefined(resources: ResourceManagementClient) -> None:
    """Neither added nor removed: the name comes first."""
    for change in (resources.tags.create_or_update_value, resources.tags.delete_value):
        with pytest.raises(ResourceNotFoundError, match="Predefined tag name 'Nobody' could not be found"):
            change("Nobody", "x")
