"""Values of ARM documents that a service cannot take: of another JSON kind, outside an enum, or beyond a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.model.value import Body, get, join, spelling, split
from azkeep.types.limits import broken
from azkeep.types.nested import nested_shape
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node, Shape

INCOMPLETE: Mapping[str, tuple[str, ...]] = {
    # The API description names only what new components are made with; others come from the portal and older tools.
    "Microsoft.Insights/components": (
        "/properties/Application_Type",
        "/properties/Flow_Type",
        "/properties/Request_Source",
    ),
}
"""ARM type → pointers (`*` for any item) whose enum lists fewer values than the service takes: no enum is checked."""

OWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "Microsoft.ContainerRegistry/registries": ("/sku/name",),
    "Microsoft.MachineLearningServices/workspaces": ("/properties/managedNetwork/isolationMode",),
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": ("/properties/authMode",),
    "Microsoft.Storage/storageAccounts": ("/kind",),
}
"""ARM type → pointers whose unknown values the type's own check refuses, in the words of the service."""

LATER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Words of the API versions that azure-mgmt-network 33.1.0, -storage 25.3.0, -keyvault 14.1.0, -loganalytics 14.0.0
    # and -resource-policy 1.0.0 speak, which azure-native's versions do not have yet.
    "Microsoft.Authorization/policyAssignments": {
        f"/properties/{part}/*/selectors/*/kind": ("resourceRolloutPercentage", "userPrincipalId", "groupPrincipalId")
        for part in ("overrides", "resourceSelectors")
    },
    "Microsoft.KeyVault/vaults/keys": {"/properties/kty": ("oct-HSM",)},
    "Microsoft.Network/firewallPolicies": {"/properties/intrusionDetection/profile": ("Off", "Emerging", "Core")},
    "Microsoft.Network/natGateways": {"/sku/name": ("StandardV2",)},
    "Microsoft.Network/publicIPAddresses": {"/sku/name": ("StandardV2",)},
    "Microsoft.Network/routeTables": {"/properties/routes/*/properties/nextHopType": ("VirtualApplianceEcmp",)},
    "Microsoft.Network/routeTables/routes": {"/properties/nextHopType": ("VirtualApplianceEcmp",)},
    "Microsoft.OperationalInsights/workspaces": {
        "/properties/publicNetworkAccessForIngestion": ("SecuredByPerimeter",),
        "/properties/publicNetworkAccessForQuery": ("SecuredByPerimeter",),
    },
    "Microsoft.Storage/storageAccounts": {
        "/properties/accessTier": ("Smart",),
        "/properties/allowedCopyScope": ("All",),
    },
}
"""ARM type → pointer (`*` for any item) → values that later API versions added to its enum."""

COMBINED: Mapping[str, tuple[str, ...]] = {
    # Storage resource provider REST API, NetworkRuleSet: "any combination of Logging|Metrics|AzureServices".
    "Microsoft.Storage/storageAccounts": ("/properties/networkAcls/bypass",),
}
"""ARM type → pointers (`*` for any item) that take several values of their enum, separated by commas."""

_ANY: Node = {"type": "any"}
_TAGS: Node = {"type": "map", "values": {"type": "string"}}
ENVELOPE = ("id", "name", "type", "etag", "systemdata", "managedby", "properties")
"""What any document has beside what a client declares."""
_Path = tuple[str, ...]
_Visit = tuple[_Path, Node, Any]


@dataclass(frozen=True)
class WrongValue:
    """`expected` is string, integer, number, boolean, array or object; `allowed` is empty where the kind is wrong."""

    pointer: str
    value: Any
    expected: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class BeyondLimit:
    """`name` is minLength, maxLength, pattern, minimum or maximum; `limit` what the value should have kept to."""

    pointer: str
    name: str
    limit: Any


def wrong_values(type_: ResourceType, document: Body) -> Iterator[WrongValue]:
    """What in `document`, as a client sends it, has the wrong JSON kind or is outside its enum; in document order.

    Nulls count as absent, enums compare without case and blanks, and whole numbers fit where numbers are wanted.
    Members that the type does not know are passed over, as is what lies below a union that nothing decides.
    """
    for path, node, value in _in_members(type_, _top_members(type_), document, ()):
        expected = _expected(node)
        if not _fits(expected, value):
            yield WrongValue(join(path), value, expected)
        elif "enum" in node and not _allowed(type_, node, value, path):
            yield WrongValue(join(path), value, expected, tuple(map(str, node["enum"])))


def beyond_limits(type_: ResourceType, document: Body) -> Iterator[BeyondLimit]:
    """What in `document`, as a client sends it, is too long, too short, too high, too low or of another pattern.

    In document order; values of the wrong kind are not judged, and the name of the resource is none of the document.
    """
    for path, node, value in _in_members(type_, _top_members(type_), document, ()):
        if isinstance(value, str | int | float) and _fits(_expected(node), value):
            for name in broken(node, value):
                yield BeyondLimit(join(path), name, node[name])


def as_spelled(type_: ResourceType, document: Body) -> dict[str, Any]:
    """`document`, as a client sends it, with the members that the type knows as ARM spells them.

    A member that is there in ARM's spelling too stays as it is, and so does what lies below a union that nothing
    decides.
    """
    return _members_spelled(type_, _top_members(type_), document)


def _members_spelled(type_: ResourceType, members: Mapping[str, Node], value: Body) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        node = members.get(str(key).lower(), _ANY)
        called = node.get("called", key)
        found[key if called in value else called] = _value_spelled(type_, node, item)
    return found


def _value_spelled(type_: ResourceType, node: Node, value: Any) -> Any:
    if isinstance(value, list):
        return [_value_spelled(type_, node.get("items", _ANY), item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "values" in node:
        return {key: _value_spelled(type_, node["values"], item) for key, item in value.items()}
    members = _members_of(type_, node, value)
    return value if members is None else _members_spelled(type_, members, value)


def wrong_tags(document: Body) -> Iterator[WrongValue]:
    """What is wrong in the body of a request for the tags of a resource by themselves: `{"properties": {"tags"}}`."""
    for pointer in ("/properties", "/properties/tags"):
        holder = get(document, pointer, {})
        if holder is not None and not isinstance(holder, Mapping):
            yield WrongValue(pointer, holder, "object")
            return
    for name, value in (get(document, "/properties/tags") or {}).items():
        if value is not None and not isinstance(value, str):
            yield WrongValue(join(("properties", "tags", str(name))), value, "string")


def members_beside(type_: ResourceType, document: Body, pointer: str) -> frozenset[str] | None:
    """Lower-case names that a client may give in the object of `document` that holds `pointer`; None for any."""
    node: Node = {"members": {**dict.fromkeys(ENVELOPE, _ANY), **_top_members(type_)}}
    value: Any = document
    for part in split(pointer)[:-1]:
        members = _members_of(type_, node, value)
        if members is None and not isinstance(value, list):
            return None
        node = node.get("items", _ANY) if members is None else members.get(part.lower(), _ANY)
        value = get(value, join((spelling(part, value) if isinstance(value, Mapping) else part,)))
    members = _members_of(type_, node, value)
    return None if members is None else frozenset(members)


def _members_of(type_: ResourceType, node: Node, value: Any) -> Mapping[str, Node] | None:
    if "members" in node:
        members: Mapping[str, Node] = node["members"]
        return members
    resolved = _decided(type_, node, value if isinstance(value, Mapping) else {})
    return None if resolved is None else _shape_members(type_, *resolved)


def _top_members(type_: ResourceType) -> dict[str, Node]:
    """Lower-case member of the document → node."""
    not_in_body = {*type_.path_inputs, *type_.query_inputs}
    inputs = {name: node for name, node in type_.schema.inputs.properties.items() if name not in not_in_body}
    outside = type_.outside if type_.flattened else None
    return {"tags": _TAGS, **_placed(inputs, type_.renames, outside, "properties")}


def _shape_members(type_: ResourceType, name: str, shape: Shape) -> dict[str, Node]:
    nested = nested_shape(type_.token, name)
    if nested is None:
        return _placed(shape.properties, {}, None, "properties")
    return _placed(shape.properties, nested.renames, nested.outside, nested.holder)


def _placed(
    properties: Mapping[str, Node], renames: Mapping[str, str], outside: frozenset[str] | None, holder: str
) -> dict[str, Node]:
    """Members where ARM has them: all but `outside` go into the object `holder`, unless `outside` is None.

    By their lower-case names; each node says how ARM spells what it is `called`.
    """
    direct: dict[str, Node] = {}
    held: dict[str, Node] = {}
    for name, node in properties.items():
        target = direct if outside is None or name in outside else held
        called = renames.get(name, name)
        target[called.lower()] = {**_in_arm(name, node), "called": called}
    return {**direct, holder.lower(): {"members": held, "called": holder}} if held else direct


def _in_arm(name: str, node: Node) -> Node:
    """A list of ids in azure-native, an object keyed by id in ARM."""
    return {"type": "map", "values": _ANY} if name == "userAssignedIdentities" and "items" in node else node


def _in_members(type_: ResourceType, members: Mapping[str, Node], value: Body, path: _Path) -> Iterator[_Visit]:
    for key, item in value.items():
        yield from _in_value(type_, members.get(str(key).lower(), _ANY), item, (*path, str(key)))


def _in_value(type_: ResourceType, node: Node, value: Any, path: _Path) -> Iterator[_Visit]:
    """The value itself, and what lies in it where it is what `node` wants."""
    if value is None or _kind(value) is None or _expected(node) == "any":
        return
    yield path, node, value
    if not _fits(_expected(node), value):
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _in_value(type_, node.get("items", _ANY), item, (*path, str(index)))
    elif isinstance(value, Mapping):
        yield from _in_object(type_, node, value, path)


def _in_object(type_: ResourceType, node: Node, value: Body, path: _Path) -> Iterator[_Visit]:
    if "members" in node:
        yield from _in_members(type_, node["members"], value, path)
        return
    if "values" in node:
        for key, item in value.items():
            yield from _in_value(type_, node["values"], item, (*path, str(key)))
        return
    resolved = _decided(type_, node, value)
    if resolved is not None:
        yield from _in_members(type_, _shape_members(type_, *resolved), value, path)


def _decided(type_: ResourceType, node: Node, value: Body) -> tuple[str, Shape] | None:
    """Name and shape of what `value` is; None where it could be something else."""
    resolved = type_.schema.resolve(node, value)
    if resolved is None:
        return None
    name, shape = resolved
    constants = {type_.schema.wire_name(name, key): fixed for key, fixed in dict(shape.constants).items()}
    if "union" in node and not all(key in value for key in constants or ("",)):
        return None
    contradicts = any(key in value and _plain(value[key]) != _plain(fixed) for key, fixed in constants.items())
    return None if contradicts else resolved


def _expected(node: Node) -> str:
    if "items" in node:
        return "array"
    if any(each in node for each in ("members", "values", "ref", "union")):
        return "object"
    return str(node.get("type", "any"))


def _kind(value: Any) -> str | None:
    """The JSON kind of `value`; None for a marker that is no JSON."""
    if isinstance(value, bool):
        return "boolean"
    kinds = ((str, "string"), (int, "integer"), (float, "number"), (list, "array"), (Mapping, "object"))
    return next((kind for class_, kind in kinds if isinstance(value, class_)), None)


def _fits(expected: str, value: Any) -> bool:
    found = _kind(value)
    if expected == "number":
        return found in ("number", "integer")
    if expected == "integer" and isinstance(value, float):
        return value.is_integer()
    return found == expected


def _allowed(type_: ResourceType, node: Node, value: Any, path: _Path) -> bool:
    known = {_plain(each) for each in node["enum"]}
    if _plain(value) in known or any(_is_listed(table, type_, path) for table in (INCOMPLETE, OWN_WORDS)):
        return True
    later = LATER.get(type_.arm_type, {})
    if any(_plain(value) in map(_plain, words) and _names(pointer, path) for pointer, words in later.items()):
        return True
    return _is_listed(COMBINED, type_, path) and all(_plain(each) in known for each in str(value).split(","))


def _is_listed(table: Mapping[str, tuple[str, ...]], type_: ResourceType, path: _Path) -> bool:
    return any(_names(pointer, path) for pointer in table.get(type_.arm_type, ()))


def _names(pointer: str, path: _Path) -> bool:
    pattern = split(pointer.lower())
    return len(pattern) == len(path) and all(
        want in ("*", part.lower()) for want, part in zip(pattern, path, strict=True)
    )


def _plain(value: Any) -> str:
    return str(value).replace(" ", "").lower()
