"""Batch endpoints and deployments, data, model registries."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import PROVIDERS, REGION, SYSTEM, WORKSPACE, with_workspace

from azkeep.errors import ArmFault
from azkeep.model.value import get
from estate import MemoryEstate

ENDPOINT = f"{WORKSPACE}/batchEndpoints/scores"
BLUE = f"{ENDPOINT}/deployments/blue"
MODEL = f"{WORKSPACE}/models/iris/versions/1"
DATA = f"{WORKSPACE}/data/images"
REGISTRY = f"{PROVIDERS}/Microsoft.MachineLearningServices/registries/models"


def endpoint(**properties: Any) -> dict[str, Any]:
    return {"location": REGION, "identity": SYSTEM, "properties": {"authMode": "AADToken", **properties}}


def deployment(**properties: Any) -> dict[str, Any]:
    return {"location": REGION, "properties": properties}


def data(kind: str = "uri_folder") -> dict[str, Any]:
    return {"properties": {"dataType": kind, "dataUri": "azureml://datastores/training/paths/images"}}


def registry(*regions: str, identity: dict[str, Any] | None = SYSTEM) -> dict[str, Any]:
    details = [{"location": each} for each in regions]
    return {
        "location": REGION,
        "properties": {"regionDetails": details},
        **({"identity": identity} if identity else {}),
    }


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> str:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.message


def test_a_batch_endpoint_takes_jobs() -> None:
    """It answers where jobs are sent to, and takes tokens of Entra only."""
    estate = with_workspace()
    shown = estate.put(ENDPOINT, endpoint())
    assert get(shown, "/properties/scoringUri") == "https://scores.westeurope.inference.ml.azure.com/jobs"
    assert "AADToken only" in refused(estate, ENDPOINT, endpoint(authMode="Key"))


def test_the_default_deployment_exists() -> None:
    """An endpoint names a default once the deployment is there, and forgets it with the deployment."""
    estate = with_workspace()
    estate.put(ENDPOINT, endpoint())
    named = endpoint(defaults={"deploymentName": "blue"})
    assert refused(estate, ENDPOINT, named) == "The default deployment 'blue' of endpoint 'scores' does not exist."
    estate.put(BLUE, deployment())
    assert get(estate.put(ENDPOINT, named), "/properties/defaults") == {"deploymentName": "blue"}
    estate.delete(BLUE)
    assert get(estate.show(ENDPOINT), "/properties/defaults/deploymentName") is None


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"model": {"referenceType": "Id", "assetId": MODEL}}, "model.assetId"),
        ({"environmentId": f"{WORKSPACE}/environments/none/versions/1"}, "environmentId"),
        ({"codeConfiguration": {"codeId": f"{WORKSPACE}/codes/none/versions/1"}}, "codeConfiguration.codeId"),
        (
            {"deploymentConfiguration": {"componentId": {"assetId": f"{WORKSPACE}/components/c/versions/1"}}},
            "component",
        ),
        ({"miniBatchSize": 0}, "miniBatchSize"),
        ({"errorThreshold": -2}, "errorThreshold"),
    ],
)
def test_what_a_batch_deployment_cannot_run_is_refused(properties: dict[str, Any], word: str) -> None:
    """Assets that do not exist, and numbers out of range."""
    estate = with_workspace()
    estate.put(ENDPOINT, endpoint())
    assert word in refused(estate, BLUE, deployment(**properties))


def test_a_batch_deployment_gets_the_defaults_of_the_service() -> None:
    """A model of a registry lies outside the estate and is taken as it is."""
    estate = with_workspace()
    estate.put(ENDPOINT, endpoint())
    model = {"referenceType": "Id", "assetId": "azureml://registries/azureml/models/bert/versions/3"}
    shown = estate.put(BLUE, deployment(model=model, miniBatchSize=5))["properties"]
    assert (shown["miniBatchSize"], shown["errorThreshold"], shown["outputAction"]) == (5, -1, "AppendRow")
    assert shown["retrySettings"] == {"maxRetries": 3, "timeout": "PT30S"}
    assert shown["model"] == model


def test_data_is_of_one_kind() -> None:
    """The first version makes the container and its kind; a version of another kind is refused."""
    estate = with_workspace()
    estate.put(f"{DATA}/versions/1", data())
    assert get(estate.show(DATA), "/properties/dataType") == "uri_folder"
    assert get(estate.show(DATA), "/properties/latestVersion") == "1"
    assert "of type uri_folder" in refused(estate, f"{DATA}/versions/2", data("mltable"))
    assert "tape" in refused(estate, f"{WORKSPACE}/data/other/versions/1", data("tape"))


def test_a_registry_brings_its_own_accounts() -> None:
    """Each region has a storage account of its own, all share one container registry, in a group that the service
    keeps; a second write changes none of them."""
    estate = MemoryEstate()
    shown = estate.put(REGISTRY, registry("westeurope", "northeurope"))
    group = get(shown, "/properties/managedResourceGroup/resourceId")
    assert "/resourceGroups/azureml-rg-models_" in group
    details = get(shown, "/properties/regionDetails")
    stores = [each["storageAccountDetails"][0]["systemCreatedStorageAccount"] for each in details]
    shared = [each["acrDetails"][0]["systemCreatedAcrAccount"]["acrAccountName"] for each in details]
    assert all(each["armResourceId"]["resourceId"].startswith(group) for each in stores)
    assert stores[0]["storageAccountName"] != stores[1]["storageAccountName"]
    assert shared[0] == shared[1]
    again = estate.put(REGISTRY, registry("westeurope", "northeurope"))
    assert get(again, "/properties/regionDetails") == details


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (registry(), "at least one region"),
        (registry("westeurope", "West Europe"), "each region once"),
        (registry("northeurope"), "must include the location"),
        (registry("westeurope", identity=None), "needs an identity"),
    ],
)
def test_a_registry_needs_its_region_and_an_identity(body: dict[str, Any], word: str) -> None:
    """Its own region is among those it is in."""
    assert word in refused(MemoryEstate(), REGISTRY, body)
