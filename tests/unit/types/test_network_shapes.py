"""The shapes of Microsoft.Network against Microsoft's own client: what is flattened, and what stays outside."""

from __future__ import annotations

from typing import Any

import pytest
from azure.mgmt.network import models

from azkeep.types import all_types
from azkeep.types.conversion import pointer, to_body, to_outputs
from azkeep.types.nested import nested_shape
from azkeep.types.resource_type import ResourceType

TYPES = [type_ for type_ in all_types() if type_.token.startswith("azure-native:network:")]


def model(name: str) -> Any:
    return getattr(models, name.removesuffix("Args").removesuffix("Response"), None)


def members(cls: Any) -> set[str]:
    """Names at the top of the model's JSON."""
    instance = cls.__new__(cls)
    return {field._rest_name for field in instance._attr_to_rest_field.values()}


def is_flattened(cls: Any) -> bool:
    return any(name.endswith("__flattened_items") and getattr(cls, name) for name in dir(cls))


def nested() -> list[tuple[ResourceType, str]]:
    found = {name: type_ for type_ in TYPES for name in type_.schema._document["definitions"] if model(name)}
    return [(type_, name) for name, type_ in sorted(found.items())]


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.token)
def test_inputs_stand_where_the_client_puts_them(type_: ResourceType) -> None:
    """An input is outside `properties` exactly where Microsoft's model has it at the top."""
    top = members(model(type_.token.split(":")[2])) - {"properties"}
    inputs = set(type_.schema.inputs.properties) - set(type_.path_inputs)
    assert inputs & type_.outside == inputs & top


@pytest.mark.parametrize(("type_", "name"), nested(), ids=lambda value: value if isinstance(value, str) else "")
def test_nested_objects_are_flattened_as_in_the_client(type_: ResourceType, name: str) -> None:
    """A nested class has `properties` where the client flattens it, and the same members stay outside."""
    shape = nested_shape(type_.token, name)
    assert (shape is not None and shape.outside is not None) == is_flattened(model(name))
    if shape is not None and shape.outside is not None:
        own = set(type_.schema._document["definitions"][name]["properties"])
        assert own & shape.outside == own & (members(model(name)) - {shape.holder})


def test_pool_of_a_subnet_is_named_by_its_own_object() -> None:
    """An IPAM allocation keeps the pool's id in `pool`, not in `properties`."""
    type_ = next(type_ for type_ in TYPES if type_.token.endswith(":Subnet"))
    inputs = {"ipamPoolPrefixAllocations": [{"id": "/pool", "numberOfIpAddresses": "100"}]}
    body = to_body(type_, inputs)
    assert body == {
        "properties": {"ipamPoolPrefixAllocations": [{"numberOfIpAddresses": "100", "pool": {"id": "/pool"}}]}
    }
    assert to_outputs(type_, body)["ipamPoolPrefixAllocations"] == inputs["ipamPoolPrefixAllocations"]
    expected = "/properties/ipamPoolPrefixAllocations/0/pool/id"
    assert pointer(type_, ("ipamPoolPrefixAllocations", 0, "id")) == expected
