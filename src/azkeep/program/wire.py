"""Values as the SDK sends them to a resource monitor, and back.

Marker keys and the unknown sentinel are those of Pulumi's wire protocol (sdk `rpc.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Schema, Shape

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def decode_struct(struct: Any) -> dict[str, Any]:
    """The members of a protobuf Struct, with Unknown, Reference and Secret; secrets stand at the leaves."""
    return {key: decode(value) for key, value in struct.fields.items()}


def decode(value: Any) -> Any:
    """One protobuf Value. Text in which an unknown was pasted is Unknown as a whole."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return Unknown() if UNKNOWN in text else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _decode_object(value.struct_value.fields)
    return None


def _decode_object(fields: Mapping[str, Any]) -> Any:
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if signature == SECRET:
        return as_secret(decode(fields["value"]))
    if signature == RESOURCE:
        id = decode(fields["id"]) if "id" in fields else Unknown()
        return id if isinstance(id, str) and id else Reference(fields["urn"].string_value, "id")
    if signature == OUTPUT_VALUE:
        held = decode(fields["value"]) if "value" in fields else Unknown()
        return as_secret(held) if "secret" in fields and fields["secret"].bool_value else held
    return {key: decode(item) for key, item in fields.items() if key != SIGNATURE}


def as_secret(value: Any) -> Any:
    """`value` with every leaf a Secret."""
    if isinstance(value, Mapping):
        return {key: as_secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_secret(item) for item in value]
    return value if isinstance(value, Secret) else Secret(value)


def plain(value: Any) -> Any:
    """What a Secret holds, else the value itself."""
    return value.value if isinstance(value, Secret) else value


def echo_outputs(type_: ResourceType, inputs: Any) -> Any:
    """What a preview of the official provider answers: the inputs, unknown where only the service can say.

    Members of a nested object that were not given become unknown; top-level ones the SDK takes as unknown itself.
    """
    outputs = struct_pb2.Struct()
    outputs.CopyFrom(inputs)
    schema = type_.schema
    for name, node in schema.outputs.properties.items():
        if name in outputs.fields:
            _fill_value(schema, node, outputs.fields[name])
    name_input = type_.name_input
    if name_input and name_input in outputs.fields and "name" in schema.outputs.properties:
        outputs.fields["name"].CopyFrom(outputs.fields[name_input])
    outputs.fields["type"].string_value = type_.arm_type
    outputs.fields["azureApiVersion"].string_value = type_.api_version
    return outputs


def _fill_value(schema: Schema, node: Node, value: Any) -> None:
    """Fills `value` up; one that has another shape than the output is what the service makes of it: unknown.

    A list of ids that comes back as a map, as user-assigned identities do, is such a map already.
    """
    kind = value.WhichOneof("kind")
    if kind == "list_value" and "values" in node:
        _keyed(schema, node, value)
    elif kind == "list_value" and "items" in node:
        for item in value.list_value.values:
            _fill_value(schema, node["items"], item)
    elif kind == "struct_value":
        _fill_struct(schema, node, value.struct_value.fields)
    elif kind == "list_value" or any(shape in node for shape in ("items", "values", "ref", "union")):
        value.string_value = UNKNOWN


def _keyed(schema: Schema, node: Node, value: Any) -> None:
    keys = [item.string_value for item in value.list_value.values]
    if not all(keys) or any(UNKNOWN in key for key in keys):
        value.string_value = UNKNOWN
        return
    value.struct_value.Clear()
    for key in keys:
        value.struct_value.fields[key].struct_value.Clear()
        _fill_value(schema, node["values"], value.struct_value.fields[key])


def _fill_struct(schema: Schema, node: Node, fields: Any) -> None:
    if SIGNATURE in fields:
        return
    if "values" in node:
        for item in fields.values():
            _fill_value(schema, node["values"], item)
        return
    given = {key: item.string_value for key, item in fields.items() if item.WhichOneof("kind") == "string_value"}
    resolved = schema.resolve(node, given)
    if resolved is not None:
        _fill_object(schema, resolved[1], fields)


def _fill_object(schema: Schema, shape: Shape, fields: Any) -> None:
    for name, node in shape.properties.items():
        if name in fields:
            _fill_value(schema, node, fields[name])
        else:
            fields[name].string_value = UNKNOWN
