"""Online endpoints and deployments: traffic, keys, live deployments, assets, limits."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from machine_learning import WORKSPACE, deployment, endpoint, with_workspace

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType
from estate import MemoryEstate

ENDPOINT = f"{WORKSPACE}/onlineEndpoints/iris"
BLUE, GREEN = f"{ENDPOINT}/deployments/blue", f"{ENDPOINT}/deployments/green"
MODEL = f"{WORKSPACE}/models/iris/versions/1"


def type_of(arm_type: str) -> ResourceType:
    found = by_arm_type(f"Microsoft.MachineLearningServices/workspaces/{arm_type}")
    assert found is not None
    return found


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> str:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.message


def deployed(*names: str) -> MemoryEstate:
    estate = with_workspace()
    estate.put(ENDPOINT, endpoint())
    for name in names:
        estate.put(f"{ENDPOINT}/deployments/{name}", deployment())
    return estate


def test_an_endpoint_says_where_it_scores() -> None:
    """Addresses follow from name and region; traffic starts empty."""
    shown = deployed().show(ENDPOINT)
    assert get(shown, "/properties/scoringUri") == "https://iris.westeurope.inference.ml.azure.com/score"
    assert get(shown, "/properties/swaggerUri") == "https://iris.westeurope.inference.ml.azure.com/swagger.json"
    assert (get(shown, "/properties/traffic"), shown["kind"]) == ({}, "Managed")


def test_traffic_in_the_first_put_is_refused() -> None:
    """There is no deployment yet that could take it."""
    assert "blue" in refused(with_workspace(), ENDPOINT, endpoint(traffic={"blue": 100}))


@pytest.mark.parametrize(
    ("traffic", "allowed"),
    [
        ({"blue": 100}, True),
        ({"Blue": 40, "green": 60}, True),
        ({"blue": 10}, True),
        ({"blue": 60, "green": 60}, False),
        ({"blue": 101}, False),
        ({"blue": -1}, False),
        ({"red": 1}, False),
    ],
)
def test_traffic_names_deployments_and_sums_to_a_hundred(traffic: dict[str, int], allowed: bool) -> None:
    """Names in any case; 100 at most."""
    estate = deployed("blue", "green")
    if not allowed:
        assert refused(estate, ENDPOINT, endpoint(traffic=traffic))
        return
    assert get(estate.put(ENDPOINT, endpoint(traffic=traffic)), "/properties/traffic") == traffic


def test_mirrored_traffic_stops_at_fifty() -> None:
    """A copy of traffic goes to half the requests at most."""
    estate = deployed("blue", "green")
    assert refused(estate, ENDPOINT, endpoint(traffic={"blue": 100}, mirrorTraffic={"green": 51}))
    estate.put(ENDPOINT, endpoint(traffic={"blue": 100}, mirrorTraffic={"green": 50}))
    assert get(estate.show(ENDPOINT), "/properties/mirrorTraffic") == {"green": 50}


def test_a_deployment_with_live_traffic_cannot_be_deleted() -> None:
    """Traffic first goes to 0; then the endpoint forgets the deployment."""
    estate = deployed("blue", "green")
    estate.put(ENDPOINT, endpoint(traffic={"blue": 90, "green": 10}))
    with pytest.raises(ArmFault) as fault:
        estate.delete(GREEN)
    assert "10 %" in fault.value.message
    estate.put(ENDPOINT, endpoint(traffic={"blue": 100, "green": 0}))
    estate.delete(GREEN)
    assert get(estate.show(ENDPOINT), "/properties/traffic") == {"blue": 100}
    assert estate.get(GREEN) is None


def test_an_endpoint_goes_with_its_deployments() -> None:
    """Live traffic does not keep the endpoint itself."""
    estate = deployed("blue")
    estate.put(ENDPOINT, endpoint(traffic={"blue": 100}))
    estate.delete(ENDPOINT)
    assert (estate.get(ENDPOINT), estate.get(BLUE)) == (None, None)


def test_authentication_and_identity_are_chosen_once() -> None:
    """authMode is among the fixed paths; another identity is refused."""
    assert "/properties/authMode" in [rule.path for rule in type_of("onlineEndpoints").immutable]
    estate = deployed()
    assert "identity" in refused(estate, ENDPOINT, {**endpoint(), "identity": {"type": "UserAssigned"}})
    assert "mode" in refused(with_workspace(), ENDPOINT, endpoint("Password"))


def test_keys_are_answered_only_where_keys_are_used() -> None:
    """listKeys of a Key endpoint, token of the others; a key that a client gave stands before the generated one."""
    estate, actions, id = deployed(), type_of("onlineEndpoints").actions, ArmId.parse(ENDPOINT)
    stored = estate.show(ENDPOINT)
    secrets = {"primaryKey": "made", "secondaryKey": "two", "/properties/keys/primaryKey": "given", "token": "t"}
    assert isinstance(actions["listKeys"].answer(id, stored, {}, secrets, estate), ArmFault)
    assert actions["token"].answer(id, stored, {}, secrets, estate)["accessToken"] == "t"
    keyed = {**stored, "properties": {**stored["properties"], "authMode": "Key"}}
    answer = actions["listKeys"].answer(id, keyed, {}, secrets, estate)
    assert answer == {"primaryKey": "given", "secondaryKey": "two"}
    assert isinstance(actions["token"].answer(id, keyed, {}, secrets, estate), ArmFault)
    assert isinstance(actions["regenerateKeys"].answer(id, keyed, {"keyType": "Third"}, secrets, estate), ArmFault)
    assert actions["regenerateKeys"].answer(id, keyed, {"keyType": "Primary"}, secrets, estate) is None
    assert type_of("onlineEndpoints").secrets == ("/properties/keys/primaryKey", "/properties/keys/secondaryKey")


def test_a_deployment_shows_what_the_service_fills_in() -> None:
    """Capacity, scale, probes and request settings; given members stay."""
    estate = deployed()
    shown = estate.put(BLUE, deployment(requestSettings={"requestTimeout": "PT90S"}))
    assert shown["sku"] == {"name": "Default", "capacity": 1}
    properties = shown["properties"]
    assert properties["scaleSettings"] == {"scaleType": "Default"}
    assert properties["requestSettings"]["requestTimeout"] == "PT90S"
    assert properties["requestSettings"]["maxConcurrentRequestsPerInstance"] == 1
    assert properties["livenessProbe"]["failureThreshold"] == 30


def test_a_deployment_needs_assets_that_exist() -> None:
    """An id in the subscription must exist; registry assets lie elsewhere."""
    estate = deployed()
    assert MODEL in refused(estate, BLUE, deployment(model=MODEL))
    estate.put(MODEL, {"properties": {"modelUri": "azureml://datastores/workspaceblobstore/paths/iris"}})
    estate.put(BLUE, deployment(model=MODEL, environmentId="azureml://registries/azureml/environments/x/versions/1"))
    assert get(estate.show(BLUE), "/properties/model") == MODEL


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (deployment(instanceType=None), "instanceType"),
        (deployment(instanceType="Standard_NC6"), "Standard_NC6"),
        ({**deployment(), "sku": {"name": "Default", "capacity": 0}}, "capacity"),
        (deployment(endpointComputeType="AzureMLCompute"), "AzureMLCompute"),
    ],
)
def test_a_deployment_that_cannot_run_is_refused(body: dict[str, Any], word: str) -> None:
    """No size, a retired one, no instance, an unknown kind."""
    assert word in refused(deployed(), BLUE, body)


def test_an_endpoint_holds_twenty_deployments() -> None:
    """The twenty-first is refused."""
    estate = deployed(*(f"slot-{number}" for number in range(20)))
    assert "20" in refused(estate, BLUE, deployment())


def test_a_managed_network_must_stand_before_a_deployment() -> None:
    """Without a compute the network is inactive, and a managed deployment is refused."""
    estate = with_workspace(managedNetwork={"isolationMode": "AllowInternetOutbound"})
    estate.put(ENDPOINT, endpoint())
    assert "provisioned" in refused(estate, BLUE, deployment())


@pytest.mark.parametrize(
    ("state", "written", "refused_"),
    [("Failed", "2026-01-01", True), ("Failed", "2026-01-02", False), ("Succeeded", "2026-01-01", False)],
)
def test_a_deployment_that_never_came_up_takes_no_write(state: str, written: str, refused_: bool) -> None:
    """One whose creation failed can only be deleted and made again; one whose update failed is written again."""
    estate, type_ = deployed("blue"), type_of("onlineEndpoints/deployments")
    dates = {"createdAt": "2026-01-01", "lastModifiedAt": written}
    before = {**deployment(), "properties": {"provisioningState": state}, "systemData": dates}
    fault = type_.check(dataclasses.replace(estate.write(BLUE, deployment()), before=before), estate)
    assert type_.stillborn(before) is refused_
    assert (fault.message if fault else "") == (
        "Specified deployment [blue] failed during initial provisioning and is in an unrecoverable state. Delete and"
        " re-create."
        if refused_
        else ""
    )
