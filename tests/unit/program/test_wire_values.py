"""Values on Pulumi's wire."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.program import wire
from azkeep.types import by_token

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def struct(document: dict[str, Any]) -> Any:
    made = struct_pb2.Struct()
    made.update(document)
    return made


@given(document=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_plain_values_come_back_as_they_were(document: dict[str, Any]) -> None:
    """JSON survives the wire, whole numbers as integers."""
    assert wire.decode_struct(struct(document)) == document


@given(document=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_everything_in_a_secret_is_secret(document: dict[str, Any]) -> None:
    """No leaf of a secret shows its value."""
    held = wire.as_secret(wire.as_secret(document))
    pending: list[Any] = [held]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        else:
            assert isinstance(value, Secret)
            assert not isinstance(value.value, Secret)


def test_markers_are_those_of_the_sdk() -> None:
    """The sentinel and the signatures are read from the SDK that runs."""
    assert wire.UNKNOWN == rpc.UNKNOWN
    assert rpc._special_sig_key == wire.SIGNATURE
    assert rpc._special_secret_sig == wire.SECRET
    assert rpc._special_resource_sig == wire.RESOURCE
    assert rpc._special_output_value_sig == wire.OUTPUT_VALUE


def test_marked_values() -> None:
    """Unknowns, text around them, secrets, resources and output values are told apart."""
    mark = wire.SIGNATURE
    found = wire.decode_struct(
        struct(
            {
                "unknown": wire.UNKNOWN,
                "pasted": f"https://{wire.UNKNOWN}/keys",
                "secret": {mark: wire.SECRET, "value": {"a": [1, wire.UNKNOWN]}},
                "resource": {mark: wire.RESOURCE, "urn": "urn:x", "id": "/id"},
                "pending": {mark: wire.RESOURCE, "urn": "urn:x", "id": wire.UNKNOWN},
                "output": {mark: wire.OUTPUT_VALUE, "value": "v", "secret": True},
                "nothing": {mark: wire.OUTPUT_VALUE},
            }
        )
    )
    assert found == {
        "unknown": Unknown(),
        "pasted": Unknown(),
        "secret": {"a": [Secret(1), Secret(Unknown())]},
        "resource": "/id",
        "pending": Reference("urn:x", "id"),
        "output": Secret("v"),
        "nothing": Unknown(),
    }


def test_a_preview_answers_inputs_and_unknowns() -> None:
    """A nested object's members that were not given are unknown; the name comes from the path input."""
    type_ = by_token("azure-native:network:VirtualNetwork")
    assert type_ is not None
    inputs = {"virtualNetworkName": "net", "subnets": [{"name": "apps", "addressPrefix": "10.0.0.0/24"}]}
    found = wire.decode_struct(wire.echo_outputs(type_, struct(inputs)))
    (subnet,) = found["subnets"]
    assert (found["name"], found["type"]) == ("net", "Microsoft.Network/virtualNetworks")
    assert (subnet["name"], subnet["addressPrefix"], subnet["etag"]) == ("apps", "10.0.0.0/24", Unknown())


def test_identities_come_back_as_a_map() -> None:
    """A list of identities is answered keyed by id, members unknown; one with an unknown id is unknown as a whole."""
    type_ = by_token("azure-native:storage:StorageAccount")
    assert type_ is not None

    def echoed(*ids: str) -> Any:
        identity = {"type": "UserAssigned", "userAssignedIdentities": list(ids)}
        return wire.decode_struct(wire.echo_outputs(type_, struct({"identity": identity})))["identity"]

    (held,) = echoed("/id/one")["userAssignedIdentities"].items()
    assert (held[0], held[1]["principalId"]) == ("/id/one", Unknown())
    assert echoed("/id/one", wire.UNKNOWN)["userAssignedIdentities"] == Unknown()
