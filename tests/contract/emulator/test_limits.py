"""Values beyond the limits of their API description: refused where the service is known to, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, error

VERSION = "2025-12-01"
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


def test_a_service_that_takes_more_than_it_describes(arm: Arm) -> None:
    """A retention of no days passes while it is switched off: storage is not known to refuse it."""
    group = arm.group("limits-storage")
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/azkeeplimitless"
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    assert arm.send("PUT", account, body, version="2024-01-01").ok
    properties = {"containerDeleteRetentionPolicy": {"enabled": False, "days": 0}}
    answer = arm.send("PUT", f"{account}/blobServices/default", {"properties": properties}, version="2024-01-01")
    assert answer.ok, answer.text
