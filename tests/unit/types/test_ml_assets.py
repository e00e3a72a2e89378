"""Datastores, environments and models: credentials, versions, containers."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import ACCOUNT, WORKSPACE, with_workspace

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType
from estate import MemoryEstate

STORE = f"{WORKSPACE}/datastores/training"


def type_of(arm_type: str) -> ResourceType:
    found = by_arm_type(f"Microsoft.MachineLearningServices/workspaces/{arm_type}")
    assert found is not None
    return found


def datastore(**properties: Any) -> dict[str, Any]:
    known = {
        "datastoreType": "AzureBlob",
        "accountName": ArmId.parse(ACCOUNT).name,
        "containerName": "data",
        "credentials": {"credentialsType": "None"},
    }
    return {"properties": {**known, **properties}}


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> str:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.message


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"containerName": None}, "containerName"),
        ({"datastoreType": "AzureFile"}, "fileShareName"),
        ({"datastoreType": "AzureDataLakeGen2"}, "filesystem"),
        ({"datastoreType": "Tape"}, "Tape"),
    ],
)
def test_a_datastore_names_its_place(properties: dict[str, Any], word: str) -> None:
    """Each kind needs members of its own; other kinds are unknown."""
    assert word in refused(with_workspace(), STORE, datastore(**properties))


def test_only_the_blob_store_is_the_default_and_cannot_be_deleted() -> None:
    """isDefault is the service's word."""
    estate = with_workspace()
    shown = estate.put(STORE, datastore(isDefault=True))
    assert get(shown, "/properties/isDefault") is False
    estate.delete(STORE)
    default = f"{WORKSPACE}/datastores/workspaceblobstore"
    estate.put(default, datastore(containerName="azureml-blobstore"))
    with pytest.raises(ArmFault) as fault:
        estate.delete(default)
    assert "default datastore" in fault.value.message


def test_credentials_come_back_only_from_list_secrets() -> None:
    """Every secret member is among the type's secrets; listSecrets answers with what was kept."""
    type_ = type_of("datastores")
    kept = {"/properties/credentials/secrets/key": "the-key"}
    body = datastore(credentials={"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey"}})
    answer = type_.actions["listSecrets"].answer(ArmId.parse(STORE), body, {}, kept, MemoryEstate())
    assert answer == {"secretsType": "AccountKey", "key": "the-key"}
    assert {pointer.rsplit("/", 1)[1] for pointer in type_.secrets} == {
        "key",
        "sasToken",
        "clientSecret",
        "certificate",
    }


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("environments", {"properties": {"image": "mcr.microsoft.com/azureml/base"}}),
        ("models", {"properties": {"modelUri": "azureml://datastores/workspaceblobstore/paths/m"}}),
    ],
)
def test_a_version_makes_its_container_and_is_counted(kind: str, body: dict[str, Any]) -> None:
    """The container appears with the first version; latest and next follow the versions."""
    estate = with_workspace()
    owner = f"{WORKSPACE}/{kind}/asset"
    estate.put(f"{owner}/versions/1", body)
    estate.put(f"{owner}/versions/7", body)
    shown = estate.show(owner)
    assert (get(shown, "/properties/latestVersion"), get(shown, "/properties/nextVersion")) == ("7", "8")
    assert type_of(kind).made_by_service(ArmId.parse(owner), shown)
    estate.put(owner, {"properties": {"description": "kept"}})
    estate.put(f"{owner}/versions/8", body)
    assert get(estate.show(owner), "/properties/description") == "kept"


def test_an_empty_container_offers_version_one() -> None:
    """There is no latest version yet."""
    shown = with_workspace().put(f"{WORKSPACE}/models/asset", {"properties": {}})
    assert (get(shown, "/properties/latestVersion"), get(shown, "/properties/nextVersion")) == (None, "1")


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"image": "mcr.microsoft.com/azureml/base", "build": {"contextUri": "https://example.com/context"}},
        {"build": {"contextUri": "https://example.com/context"}, "condaFile": "name: x"},
    ],
)
def test_an_environment_is_an_image_or_a_build(properties: dict[str, Any]) -> None:
    """Neither, both, and packages on a build context are refused."""
    assert refused(with_workspace(), f"{WORKSPACE}/environments/x/versions/1", {"properties": properties})


def test_the_content_of_a_version_is_fixed() -> None:
    """Image, packages and model files cannot change; description and tags can."""
    environment = {rule.path for rule in type_of("environments/versions").immutable}
    model = {rule.path for rule in type_of("models/versions").immutable}
    assert {"/properties/image", "/properties/condaFile", "/properties/build"} <= environment
    assert {"/properties/modelUri", "/properties/modelType"} <= model
    assert not {"/properties/description", "/properties/tags", "/properties/isArchived"} & (environment | model)
