"""Every example body as the local cloud answers it, and what servers and people do to documents."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.emulator.arm import Arm

from azkeep.audit.recording import expand
from azkeep.emulator import control
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, join, put, remove
from azkeep.types import by_arm_type, members
from azkeep.types.conversion import to_body, to_inputs
from azkeep.types.resource_type import ResourceType

BODIES = Path(__file__).parents[2] / "bodies"
NAMED = ("id", "name", "type")
AMENDED = {
    # Says what another body contradicts, or names what can only come later.
    "Microsoft.MachineLearningServices/workspaces/computes": ("/properties/properties/subnet",),
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": (
        "/properties/traffic",
        "/properties/mirrorTraffic",
    ),
}
"""ARM type → pointers that its body is written without."""
GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
HUB = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
PUBLIC = HUB.replace("virtualNetworks/hub", "publicIPAddresses/")
HUB_SUBNETS = {"AzureFirewallSubnet": "10.200.0.0/26", "AzureBastionSubnet": "10.200.1.0/26"}
"""What some bodies refer to and none is."""


@dataclass(frozen=True)
class Example:
    """One resource: the document that a program gives, and the one that the server answers."""

    id: str
    type: ResourceType
    declared: Body
    answered: Body


def written(arm: Arm, settled: Callable[[], None] = lambda: None) -> dict[str, Example]:
    """ARM type → example, of every body that the local cloud takes, whatever their order of dependence. `settled` lets
    what runs come to its end."""
    waiting = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(BODIES.glob("*.json"))]
    subscriptions = {str(body["id"]).split("/")[2] for body in waiting if str(body["id"]).startswith("/subscriptions/")}
    for subscription in sorted(subscriptions):
        control.ensure_subscription(Path(arm.ready["ca"]).parent, subscription, "of the bodies")
    waiting = [_amended(body) for body in (*waiting, *_groundwork())]
    done: dict[str, Body] = {}
    progress = True
    while waiting and progress:
        left = [body for body in waiting if not _put(arm, body)]
        settled()
        progress = len(left) < len(waiting)
        done.update({body["id"]: body for body in waiting if body not in left})
        waiting = left
    laid = {body["id"] for body in _groundwork()}
    examples = [_example(arm, id, body) for id, body in done.items() if id not in laid]
    return {found.type.arm_type: found for found in examples}


def _amended(body: dict[str, Any]) -> Any:
    for pointer in AMENDED.get(_type(body["id"]).arm_type, ()):
        body = remove(body, pointer)
    return body


def _groundwork() -> list[dict[str, Any]]:
    subnets = [{"name": name, "properties": {"addressPrefix": range_}} for name, range_ in HUB_SUBNETS.items()]
    properties = {"addressSpace": {"addressPrefixes": ["10.200.0.0/16"]}, "subnets": subnets}
    address = {
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "properties": {"publicIPAllocationMethod": "Static"},
    }
    return [
        {"id": HUB, "location": "westeurope", "properties": properties},
        *({"id": f"{PUBLIC}{name}", **address} for name in ("firewall", "bastion")),
    ]


def _type(id: str) -> ResourceType:
    found = by_arm_type(ArmId.parse(id).type)
    assert found is not None, id
    return found


def _put(arm: Arm, body: Mapping[str, Any]) -> bool:
    sent = {name: value for name, value in body.items() if name not in NAMED}
    return arm.send("PUT", body["id"], sent, version=_type(body["id"]).api_version).ok


def _example(arm: Arm, id: str, body: Body) -> Example:
    type_ = _type(id)
    declared = to_body(type_, to_inputs(type_, id, body))
    return Example(id, type_, declared, arm.send("GET", id, version=type_.api_version).json())


def noisy(example: Example, chance: random.Random) -> Body:
    """What the server answered, as it might answer tomorrow though nothing has changed."""
    body = copy.deepcopy(dict(example.answered))
    for noise in NOISES:
        body = noise(body, example.type, chance)
    return body


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, str(index)))
    elif isinstance(value, str):
        yield path, value


def _other_casing_of_ids(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    for path, text in list(_texts(body)):
        if path[0] != "tags" and text.lower().startswith("/subscriptions/"):
            body = put(body, join(path), chance.choice([text.lower(), text.upper(), text]))
    return body


def _other_order(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    for pointer in type_.unordered:
        for found in expand(body, pointer):
            items = list(get(body, found) or ()) if isinstance(get(body, found), list) else []
            chance.shuffle(items)
            body = put(body, found, items) if items else body
    return body


def _other_words(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    for member in list(members.inputs_of(type_, body)):
        if isinstance(member.value, str) and member.node.get("enum"):
            body = put(body, join(member.path), chance.choice([member.value.lower(), member.value.upper()]))
    return body


def _other_region(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    names = {"westeurope": "West Europe", "eastus": "East US", "northeurope": "North Europe"}
    location = body.get("location")
    return {**body, "location": names.get(str(location).lower(), location)} if location else body


def _other_addresses(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    for path, text in list(_texts(body)):
        if path[-1].lower() in ("value", "addressprefix") and text.count(".") == 3 and "/" not in text:
            body = put(body, join(path), f"{text}/32")
    return body


def _nothing_said_otherwise(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    """Members that are absent come as null, {} or []."""
    properties = dict(body.get("properties") or {})
    for name, node in members.answered(type_).get("properties", {}).get("members", {}).items():
        if name not in {key.lower() for key in properties} and name not in ("provisioningstate",):
            properties[name] = chance.choice([None, [] if "items" in node else None, {} if "values" in node else None])
    return {**body, "properties": properties} if "properties" in body else body


def _moved_by_themselves(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    body = {**body, "etag": f'W/"{chance.random()}"', "systemData": {"lastModifiedAt": "2026-11-22T00:00:00Z"}}
    for pointer in type_.volatile:
        for found in expand(body, pointer):
            body = remove(body, found) if chance.random() < 0.5 else put(body, found, "moved")
    return body


def _new_read_only(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    """The service begins to answer properties that only it writes."""
    properties = body.get("properties") or {}
    written_ = members.children(type_, members.top(type_).get("properties", {}), properties)
    for name, node in members.children(type_, members.answered(type_).get("properties", {}), properties).items():
        is_new = name not in {key.lower() for key in properties}
        if name not in written_ and is_new and node.get("type") == "string" and name != "provisioningstate":
            body = put(body, f"/properties/{name}", "now answered")
    return body


def _defaults_come_and_go(body: Body, type_: ResourceType, chance: random.Random) -> Any:
    for pointer, value in type_.defaults.items():
        if "*" in pointer or value in (None, {}, []):
            continue
        here = get(body, pointer)
        if here == value and chance.random() < 0.5:
            body = remove(body, pointer)
        elif here is None:
            body = put(body, pointer, value)
    return body


NOISES = (
    _other_casing_of_ids,
    _other_order,
    _other_words,
    _other_region,
    _other_addresses,
    _moved_by_themselves,
    _new_read_only,
    _defaults_come_and_go,
    _nothing_said_otherwise,
)
