"""Values beyond the limits of their API description: refused where the service is known to, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, error

VERSION = "2025-12-01"
STORAGE_VERSION = "2024-01-01"
ACCOUNT = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
WORD = "must match the pattern '[a-zA-Z0-9_]'"
EMPTY = "must be at least 1 characters long"


@pytest.fixture(scope="module")
def workspace(arm: Arm) -> str:
    return arm.workspace(arm.group("limits"), "limits")


def command(**changed: Any) -> dict[str, Any]:
    properties = {"jobType": "Command", "command": "python train.py", "environmentId": "azureml:sklearn:1"}
    return {**properties, **changed}


def build(context: str) -> dict[str, Any]:
    return {"build": {"contextUri": context, "dockerfilePath": "Dockerfile"}}


CASES = [
    ("data/d/versions/1", {"dataType": "uri_folder", "dataUri": ""}, "dataUri", EMPTY),
    ("data/d/versions/1", {"dataType": "uri_file", "dataUri": "./"}, "dataUri", WORD),
    ("environments/e/versions/1", build(""), "build.contextUri", EMPTY),
    ("environments/e/versions/1", build("-"), "build.contextUri", WORD),
    ("jobs/j", command(command=""), "command", EMPTY),
    ("jobs/j", command(environmentId="@"), "environmentId", WORD),
    ("jobs/j", command(resources={"shmSize": "2x"}), "resources.shmSize", r"must match the pattern '\d+[bBkKmMgG]'"),
]


@pytest.mark.parametrize(("path", "properties", "member", "must"), CASES)
def test_a_value_beyond_a_limit(
    arm: Arm, workspace: str, path: str, properties: dict[str, Any], member: str, must: str
) -> None:
    """The refusal has the code of the service, names the member and what it must be, and nothing is stored."""
    answer = arm.send("PUT", f"{workspace}/{path}", {"properties": properties}, version=VERSION)
    text = f"The request content was invalid: property 'properties.{member}' {must}."
    assert error(answer) == (400, "ValidationError", text)
    assert answer.json()["error"]["target"] == f"properties.{member}"
    assert arm.send("GET", f"{workspace}/{path}", version=VERSION).status_code == 404


@pytest.mark.parametrize(
    ("path", "properties"),
    [
        ("data/good/versions/1", {"dataType": "uri_folder", "dataUri": "_"}),
        ("environments/good/versions/1", build("azureml://a")),
        ("jobs/good", command(resources={"shmSize": "2g", "instanceCount": 1})),
    ],
)
def test_a_value_at_its_limit(arm: Arm, workspace: str, path: str, properties: dict[str, Any]) -> None:
    """What the description allows is taken."""
    answer = arm.send("PUT", f"{workspace}/{path}", {"properties": properties}, version=VERSION)
    assert answer.ok, answer.text


@pytest.fixture(scope="module")
def account(arm: Arm) -> str:
    path = f"{arm.group('limits-storage')}/providers/Microsoft.Storage/storageAccounts/azkeeplimitless"
    assert arm.send("PUT", path, ACCOUNT, version=STORAGE_VERSION).ok
    return path


def immutable(days: int) -> dict[str, Any]:
    policy = {"immutabilityPeriodSinceCreationInDays": days, "state": "Unlocked", "allowProtectedAppendWrites": False}
    return {"immutableStorageWithVersioning": {"enabled": True, "immutabilityPolicy": policy}}


def lifecycle(days: int) -> dict[str, Any]:
    actions = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}}
    definition = {"actions": actions, "filters": {"blobTypes": ["blockBlob"]}}
    return {"policy": {"rules": [{"name": "old", "enabled": True, "type": "Lifecycle", "definition": definition}]}}


@pytest.mark.parametrize(
    ("path", "properties", "parameter"),
    [
        (
            "",
            immutable(0),
            "immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays",
        ),
        (
            "/blobServices/default",
            {"changeFeed": {"enabled": True, "retentionInDays": 0}},
            "changeFeed.retentionInDays",
        ),
        (
            "/managementPolicies/default",
            lifecycle(-1),
            "policy.rules[*].definition.actions.baseBlob.delete.daysAfterModificationGreaterThan",
        ),
    ],
)
def test_a_number_that_storage_refuses(
    arm: Arm, account: str, path: str, properties: dict[str, Any], parameter: str
) -> None:
    """The service names the parameter, without its place in a list."""
    answer = arm.send("PUT", f"{account}{path}", {**ACCOUNT, "properties": properties}, version=STORAGE_VERSION)
    text = f"Values for request parameters are invalid: {parameter}."
    assert error(answer) == (400, "InvalidValuesForRequestParameters", text)


@pytest.mark.parametrize(
    ("path", "properties"),
    [
        ("/blobServices/default", {"containerDeleteRetentionPolicy": {"enabled": False, "days": 0}}),
        ("/blobServices/default", {"changeFeed": {"enabled": True, "retentionInDays": 146000}}),
        ("/managementPolicies/default", lifecycle(0)),
    ],
)
def test_a_number_that_storage_takes(arm: Arm, account: str, path: str, properties: dict[str, Any]) -> None:
    """What lies at a bound, and days that count only while a policy is enabled."""
    answer = arm.send("PUT", f"{account}{path}", {"properties": properties}, version=STORAGE_VERSION)
    assert answer.ok, answer.text
