"""Between azure-native's inputs and outputs and ARM's documents. Pure; every fact comes from the type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from azkeep.model.ids import ArmId
from azkeep.model.value import join, split
from azkeep.types.nested import nested_shape
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Schema, Shape

_NO_PART = ("subscriptionId", "azureApiVersion")
"""Inputs that azure-native itself keeps beside the resource's own, and that are no part of the document."""

_OF_THE_SERVICE = frozenset({"etag", "provisioningState"})
"""Members that newer API descriptions offer as inputs of nested objects, and that only the service writes."""

Passed = Callable[[Any], bool]

MAY_BE_EMPTY = frozenset({"parentResourcePath"})
SEVERAL_SEGMENTS = frozenset({"scope", "scopeId", "resourceUri", *MAY_BE_EMPTY})
"""Path inputs that hold more than one segment of the id."""


def arm_id(type_: ResourceType, inputs: Mapping[str, Any], subscription: str) -> str | None:
    """The ARM id that `inputs` name; None while a path input is absent or not a known string."""
    text = type_.path.replace("{subscriptionId}", subscription)
    for name in type_.path_inputs:
        value = inputs.get(name)
        if not isinstance(value, str) or not (value or name in MAY_BE_EMPTY):
            return None
        text = text.replace("{" + name + "}", unquote(value).strip("/") if name in SEVERAL_SEGMENTS else value)
    return "/" + "/".join(part for part in text.split("/") if part)


def path_values(type_: ResourceType, id: str) -> dict[str, str]:
    """The path inputs that `id` holds. Raises ValueError if `id` is not of this type."""
    pattern = re.escape(type_.path.lstrip("/"))
    for name in re.findall(r"{(\w+)}", type_.path):
        hole = re.escape("{" + name + "}")
        if name in MAY_BE_EMPTY:
            pattern = pattern.replace(hole + "/", f"(?:(?P<{name}>.+?)/)??")
        pattern = pattern.replace(hole, f"(?P<{name}>{'.+' if name in SEVERAL_SEGMENTS else '[^/]+'})")
    found = re.fullmatch(pattern, ArmId.parse(id).text.lstrip("/"), re.IGNORECASE)
    if found is None:
        raise ValueError(f"{id} is not the id of a {type_.arm_type}")
    return {name: value or "" for name, value in found.groupdict().items() if name != "subscriptionId"}


def to_body(type_: ResourceType, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The ARM document for azure-native `inputs`; path and query inputs are left out, unset ones too.

    Values that are not JSON (Unknown, Reference, Secret, or any marker of the caller) pass through untouched.
    """
    body: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, value in inputs.items():
        if name in (*type_.path_inputs, *type_.query_inputs, *_NO_PART) or name.startswith("__"):
            continue
        node = type_.schema.inputs.properties.get(name, {"type": "any"})
        converted = _convert(type_, node, value, _object_to_arm)
        wire = type_.renames.get(name, name)
        target = properties if type_.flattened and name not in type_.outside else body
        target[wire] = converted
    if properties or (type_.flattened and _has_properties(type_)):
        body["properties"] = properties
    return body


def to_outputs(type_: ResourceType, body: Mapping[str, Any]) -> dict[str, Any]:
    """azure-native's outputs for an ARM document; members that the class does not have are dropped."""
    schema = type_.schema
    backwards = {wire: name for name, wire in {**type_.renames, **_held_renames(type_)}.items()}
    found: dict[str, Any] = {}
    properties = body.get("properties")
    if "properties" not in schema.outputs.properties and isinstance(properties, Mapping):
        found.update({backwards.get(str(key), str(key)): value for key, value in properties.items()})
        found.update({key: value for key, value in body.items() if key != "properties"})
    else:
        found.update({backwards.get(key, key): value for key, value in body.items()})
    lowered = {name.lower(): name for name in schema.outputs.properties}
    outputs = {
        lowered[key.lower()]: _convert(type_, _output_node(type_, lowered[key.lower()]), value, _object_to_native)
        for key, value in found.items()
        if key.lower() in lowered and value is not None
    }
    return {**outputs, "azureApiVersion": type_.api_version}


def _output_node(type_: ResourceType, name: str) -> Node:
    """The node of an output; its input's where azure-native leaves the output open and members are renamed."""
    node = type_.schema.outputs.properties[name]
    given = type_.schema.inputs.properties.get(name, {})
    is_open = node.get("type") == "any"
    return given if is_open and any(nested_shape(type_.token, each) for each in given.get("union", ())) else node


def to_inputs(type_: ResourceType, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs that would give `body`: path inputs from `id`, writable properties from the document (import, read)."""
    outputs = to_outputs(type_, body)
    if _holds_inputs_only(type_) and isinstance(body.get("properties"), Mapping):
        node = type_.schema.inputs.properties["properties"]
        outputs["properties"] = _convert(type_, node, body["properties"], _object_to_native)
    return {**path_values(type_, id), **input_shape(type_, outputs)}


def _holds_inputs_only(type_: ResourceType) -> bool:
    """True for a class that takes `properties` as one input and gives its members as outputs of their own."""
    return "properties" in type_.schema.inputs.properties and "properties" not in type_.schema.outputs.properties


def _held_renames(type_: ResourceType) -> Mapping[str, str]:
    """Renames of the members of `properties` where they are outputs of their own."""
    if not _holds_inputs_only(type_):
        return {}
    nested = nested_shape(type_.token, type_.schema.inputs.properties["properties"].get("ref", ""))
    return nested.renames if nested else {}


def input_shape(type_: ResourceType, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """`outputs` without what only outputs have, path inputs left out."""
    left_out = {*type_.path_inputs, "id", "etag"}
    return {
        name: _keep_inputs(type_.schema, node, outputs[name])
        for name, node in type_.schema.inputs.properties.items()
        if name in outputs and name not in left_out
    }


def _has_properties(type_: ResourceType) -> bool:
    path_or_outside = type_.outside | set(type_.path_inputs)
    return any(name not in path_or_outside for name in type_.schema.inputs.properties)


def _convert(type_: ResourceType, node: Node, value: Any, convert_object: Callable[..., Any]) -> Any:
    if isinstance(value, list):
        items = node.get("items", {"type": "any"})
        return [_convert(type_, items, item, convert_object) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "values" in node:
        return {key: _convert(type_, node["values"], item, convert_object) for key, item in value.items()}
    resolved = type_.schema.resolve(node, value)
    if resolved is None:
        return dict(value)
    return convert_object(type_, *resolved, value)


def _object_to_arm(type_: ResourceType, name: str, shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    nested = nested_shape(type_.token, name)
    flat: dict[str, Any] = {}
    for key, item in value.items():
        node = shape.properties.get(key, {"type": "any"})
        wire = nested.renames.get(key, key) if nested else key
        if key == "userAssignedIdentities" and isinstance(item, list):
            # A list of ids in azure-native, an object keyed by id in ARM.
            flat[wire] = {identity: {} for identity in item}
            continue
        flat[wire] = _convert(type_, node, item, _object_to_arm)
    for key, fixed in shape.constants.items():
        flat.setdefault(type_.schema.wire_name(name, key), fixed)
    if nested is None or nested.outside is None:
        return flat
    outside = {key: item for key, item in flat.items() if key in nested.outside}
    inside = {key: item for key, item in flat.items() if key not in nested.outside}
    return {**outside, nested.holder: inside} if inside or not outside else outside


def _object_to_native(type_: ResourceType, name: str, shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    nested = nested_shape(type_.token, name)
    flat = dict(value)
    if nested is not None and nested.outside is not None and isinstance(value.get(nested.holder), Mapping):
        flat = {**value[nested.holder], **{key: item for key, item in value.items() if key != nested.holder}}
    backwards = {wire: key for key, wire in nested.renames.items()} if nested else {}
    found: dict[str, Any] = {}
    for key, item in flat.items():
        native = backwards.get(key, key)
        if native in shape.properties and item is not None:
            found[native] = _convert(type_, shape.properties[native], item, _object_to_native)
    return found


def _keep_inputs(schema: Schema, node: Node, value: Any) -> Any:
    """`value` without what only outputs have."""
    if isinstance(value, list):
        return [_keep_inputs(schema, node.get("items", {"type": "any"}), item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "items" in node:
        return list(value)
    if "values" in node:
        return {key: _keep_inputs(schema, node["values"], item) for key, item in value.items()}
    resolved = schema.resolve(node, value)
    if resolved is None:
        return dict(value)
    properties = resolved[1].properties
    kept = {key: item for key, item in value.items() if key in properties and key not in _OF_THE_SERVICE}
    return {key: _keep_inputs(schema, properties[key], item) for key, item in kept.items()}


def pointer(type_: ResourceType, parts: Sequence[str | int]) -> str:
    """JSON pointer into the ARM document for a path of azure-native names, as `("subnets", 0, "addressPrefix")`.

    Unknown names stay as they are. Path inputs, which the document does not hold, give `/<name>`.
    """
    if not parts:
        return ""
    name = str(parts[0])
    found: list[str] = []
    held = _holds_inputs_only(type_) and name not in type_.schema.inputs.properties
    if (type_.flattened or held) and name not in type_.outside and name not in type_.path_inputs:
        found.append("properties")
    found.append({**type_.renames, **_held_renames(type_)}.get(name, name))
    node: Node = type_.schema.inputs.properties.get(name) or type_.schema.outputs.properties.get(name, {"type": "any"})
    for part in parts[1:]:
        node = _step(type_, node, part, found)
    return join(tuple(found))


def _step(type_: ResourceType, node: Node, part: str | int, found: list[str]) -> Node:
    """Appends where `part` lies below `node`, and gives the node it leads to."""
    if isinstance(part, int) or "items" in node:
        found.append(str(part))
        return node.get("items", {"type": "any"})  # type: ignore[no-any-return]
    if "values" in node:
        found.append(part)
        return node["values"]  # type: ignore[no-any-return]
    candidates = [node["ref"]] if "ref" in node else list(node.get("union", ()))
    for class_name in candidates:
        shape = type_.schema.shape(class_name)
        if part not in shape.properties:
            continue
        nested = nested_shape(type_.token, class_name)
        if nested and nested.outside is not None and part not in nested.outside:
            found.append(nested.holder)
        found.append(nested.renames.get(part, part) if nested else part)
        return shape.properties[part]
    found.append(part)
    return {"type": "any"}


def secret_inputs(type_: ResourceType) -> tuple[tuple[str, ...], ...]:
    """Paths of azure-native inputs that lead to what the type calls secret, sorted; `*` is every item of a list or map.

    A union leads on through all of its members: which one a resource uses is not known here.
    """
    wanted = tuple(split(path) for path in type_.secrets)
    found: set[tuple[str, ...]] = set()
    for name, node in type_.schema.inputs.properties.items():
        found.update(_leading_to(wanted, type_, node, (name,), split(pointer(type_, (name,)))))
    return tuple(sorted(found))


def _leading_to(
    wanted: tuple[tuple[str, ...], ...], type_: ResourceType, node: Node, path: tuple[str, ...], at: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """The paths at or below `path`, which lies at pointer `at`, whose pointers are wanted."""
    if at in wanted:
        yield path
        return
    if not any(parts[: len(at)] == at for parts in wanted):
        return
    for chosen, part in _members(type_, node):
        found: list[str] = []
        below = _step(type_, chosen, part, found)
        yield from _leading_to(wanted, type_, below, (*path, part), (*at, *found))


def _members(type_: ResourceType, node: Node) -> Iterator[tuple[Node, str]]:
    """Each way one step down from `node`, as the node to step from and the name of the step."""
    if "items" in node or "values" in node:
        yield node, "*"
    for class_name in [node["ref"]] if "ref" in node else node.get("union", ()):
        for name in type_.schema.shape(class_name).properties:
            yield {"ref": class_name}, name
