"""Inputs that a type calls secret are sealed, whatever form the program gave them."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import resource_pb2

from azkeep import types
from azkeep.model.value import Secret
from azkeep.program.secret_inputs import seal_secret_inputs
from azkeep.program.wire import SECRET, SIGNATURE, UNKNOWN, decode_struct

DATASTORE = "azure-native:machinelearningservices:Datastore"
COMPUTE = "azure-native:machinelearningservices:Compute"


def sealed(token: str, inputs: dict[str, Any], *, custom: bool = True) -> dict[str, Any]:
    """The inputs of a registration after sealing, secrets as Secret."""
    request = resource_pb2.RegisterResourceRequest(type=token, name="a", custom=custom)
    request.object.update(inputs)
    seal_secret_inputs(request)
    return decode_struct(request.object)


def credentials(key: Any) -> dict[str, Any]:
    return {"properties": {"credentials": {"credentialsType": "AccountKey", "secrets": {"key": key}}}}


@pytest.mark.parametrize("token", [DATASTORE, "azure-native:machinelearningservices/v20240401:Datastore"])
def test_a_plain_secret_is_sealed(token: str) -> None:
    """The account key of a datastore is a secret at every API version, and what stands beside it is not."""
    found = sealed(token, credentials("canary"))["properties"]["credentials"]
    assert found == {"credentialsType": "AccountKey", "secrets": {"key": Secret("canary")}}


def test_a_member_of_a_union_is_sealed() -> None:
    """The password of a cluster's administrator stands in one of ten kinds of compute."""
    inputs = {"computeType": "AmlCompute", "properties": {"userAccountCredentials": {"adminUserPassword": "canary"}}}
    found = sealed(COMPUTE, {"properties": inputs})["properties"]["properties"]
    assert found == {"userAccountCredentials": {"adminUserPassword": Secret("canary")}}


def test_a_sealed_secret_stays_as_it_is() -> None:
    """A secret is not sealed twice, neither the value nor the object around it."""
    inner = {SIGNATURE: SECRET, "value": "canary"}
    assert sealed(DATASTORE, credentials(inner)) == sealed(DATASTORE, credentials("canary"))
    request = resource_pb2.RegisterResourceRequest(type=DATASTORE, name="a", custom=True)
    request.object.update({"properties": {"credentials": {SIGNATURE: SECRET, "value": {"secrets": {"key": "canary"}}}}})
    before = resource_pb2.RegisterResourceRequest()
    before.CopyFrom(request)
    seal_secret_inputs(request)
    assert request.object == before.object


@pytest.mark.parametrize("value", [UNKNOWN, f"{UNKNOWN}-suffix", None])
def test_what_holds_no_value_is_not_sealed(value: Any) -> None:
    """A value that is not known yet stays unknown, an absent one absent."""
    request = resource_pb2.RegisterResourceRequest(type=DATASTORE, name="a", custom=True)
    request.object.update(credentials(value))
    before = request.object.SerializeToString(deterministic=True)
    seal_secret_inputs(request)
    assert request.object.SerializeToString(deterministic=True) == before


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (credentials("canary"), ["properties"]),
        (credentials({SIGNATURE: SECRET, "value": "canary"}), ["properties"]),
        (credentials(UNKNOWN), ["properties"]),
        (credentials(None), []),
        ({"properties": {"credentials": {"credentialsType": "None"}}}, []),
    ],
)
def test_an_output_around_a_secret_is_one(inputs: dict[str, Any], expected: list[str]) -> None:
    """The output that a secret input lies in is secret in the plan and after it, so that both are the same."""
    request = resource_pb2.RegisterResourceRequest(type=DATASTORE, name="a", custom=True)
    request.object.update(inputs)
    seal_secret_inputs(request)
    assert list(request.additionalSecretOutputs) == expected


def test_other_resources_are_left_alone() -> None:
    """A component, and a type without secrets, keep their inputs."""
    assert sealed(DATASTORE, credentials("canary"), custom=False) == credentials("canary")
    tags = {"tags": {"key": "plain"}}
    assert sealed("azure-native:resources:ResourceGroup", tags) == tags


def test_every_secret_of_a_type_is_reached() -> None:
    """Each secret pointer of each type has an input path: none is missed for a name that azure-native changes."""
    reached = {token: len(paths) for token, paths in types.secret_inputs().items()}
    assert reached == {type_.token: len(type_.secrets) for type_ in types.all_types() if type_.secrets}
