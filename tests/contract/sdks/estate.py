"""Every example body of tests/bodies written to one local cloud, and what they need besides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from tests.contract.emulator.arm import NETWORK_VERSION, Arm

from azkeep.emulator import control
from azkeep.model.ids import ArmId
from azkeep.model.value import remove
from azkeep.types import by_arm_type

BODIES = Path(__file__).parents[2] / "bodies"
SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
FREE = f"{NETWORK}/publicIPAddresses/free"
HUB = f"{NETWORK}/virtualNetworks/hub"
FAR = f"{NETWORK}/virtualNetworks/far"

BESIDES: Mapping[str, Mapping[str, Any]] = {
    FAR: {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}},
    HUB: {
        "location": "westeurope",
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.8.0.0/16"]},
            "subnets": [
                {"name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.8.0.0/26"}},
                {"name": "AzureFirewallManagementSubnet", "properties": {"addressPrefix": "10.8.0.64/26"}},
                {"name": "AzureBastionSubnet", "properties": {"addressPrefix": "10.8.0.128/26"}},
                {"name": "plain", "properties": {"addressPrefix": "10.8.1.0/24"}},
            ],
        },
    },
    **{
        f"{NETWORK}/publicIPAddresses/{name}": {
            "location": "westeurope",
            "sku": {"name": "Standard"},
            "properties": {"publicIPAllocationMethod": "Static"},
        }
        for name in ("firewall", "firewall-management", "bastion", "free")
    },
}
"""Resources that example bodies refer to and that have no example of their own."""

ENDPOINTS: Mapping[str, tuple[str, str]] = {
    "Microsoft.ContainerRegistry/registries": (
        f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/registry",
        "registry",
    ),
    "Microsoft.KeyVault/vaults": (f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault", "vault"),
    "Microsoft.MachineLearningServices/workspaces": (
        f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/workspace",
        "amlworkspace",
    ),
    "Microsoft.Storage/storageAccounts": (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account", "file"),
}
"""ARM type → a resource of it that gets a private endpoint, and which group of its addresses."""

LEFT_OUT = ("Microsoft.Authorization/locks", "Microsoft.Authorization/policyAssignments")
"""What would keep the tests of other types from writing."""

WITHOUT_SDK = ("Microsoft.Authorization/policyExemptions", "Microsoft.MachineLearningServices/workspaces/outboundRules")
"""What hangs on what is left out, and no SDK here has it."""

WITHOUT: Mapping[str, tuple[str, ...]] = {
    # In a managed network there are no computes with a subnet of their own, as the example of a compute is.
    "Microsoft.MachineLearningServices/workspaces": ("/properties/managedNetwork",),
    # Of the two deployments that it names, one has an example.
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": (
        "/properties/traffic",
        "/properties/mirrorTraffic",
    ),
}
"""ARM type → what its example cannot have beside the other examples."""


@dataclass(frozen=True)
class Estate:
    """`examples` are the bodies by ARM type; `ids` their resources, of private endpoint connections those that are."""

    arm: Arm
    examples: Mapping[str, Mapping[str, Any]]
    ids: Mapping[str, str]

    def put_back(self, arm_type: str) -> None:
        """The example as it was at first, or nothing where its type is left out."""
        if arm_type in LEFT_OUT:
            self.delete(self.ids[arm_type])
        else:
            answer = _write(self.arm, self.ids[arm_type], self.examples[arm_type])
            assert answer.ok, answer.text

    def delete(self, id: str) -> None:
        """DELETE without any SDK, for good."""
        type_ = by_arm_type(ArmId.parse(id).type)
        assert type_ is not None
        query = dict(type_.delete_query)
        if type_.soft_delete and type_.soft_delete.purge_query:
            query[type_.soft_delete.purge_query] = "true"
        self.arm.send("DELETE", id, version=type_.api_version, query=query)


def write_estate(arm: Arm) -> Estate:
    """Writes all of it, whatever the order of dependence; asserts that nothing is left over but `LEFT_OUT`."""
    control.ensure_subscription(Path(arm.ready["ca"]).parent, SUBSCRIPTION, "of the bodies")
    documents = {arm_type: _example(arm_type, path) for arm_type, path in _files()}
    waiting = {**BESIDES, **dict(documents.values()), **dict(_private_endpoints())}
    left_out = {documents[arm_type][0] for arm_type in (*LEFT_OUT, *WITHOUT_SDK)}
    waiting = {
        id: body for id, body in waiting.items() if id not in left_out and "privateEndpointConnections" not in id
    }
    while waiting:
        first = {id: body for id, body in waiting.items() if not _refers(id, body, waiting)}
        done = {id for id, body in (first or waiting).items() if _write(arm, id, body).ok}
        left = {id: body for id, body in waiting.items() if id not in done}
        assert len(left) < len(waiting), list(left)
        waiting = left
    ids = {arm_type: id for arm_type, (id, _) in documents.items()} | dict(_connections(arm))
    return Estate(arm, {arm_type: body for arm_type, (_, body) in documents.items()}, ids)


def _files() -> Iterator[tuple[str, Path]]:
    for path in sorted(BODIES.glob("*.json")):
        yield path.stem.replace("-", "/"), path


def _example(arm_type: str, path: Path) -> tuple[str, Mapping[str, Any]]:
    body: Any = json.loads(path.read_text(encoding="utf-8"))
    for pointer in WITHOUT.get(arm_type, ()):
        body = remove(body, pointer)
    return body["id"], {name: value for name, value in body.items() if name != "id"}


def _refers(id: str, body: Mapping[str, Any], others: Iterable[str]) -> bool:
    """True where a document names one of `others`, or lies below it."""
    text = f"{id}/ {json.dumps(body)}".lower()
    return any(f"{other.lower()}{end}" in text for other in others if other != id for end in ('"', "/"))


def _private_endpoints() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for target, part in ENDPOINTS.values():
        connection = {"name": "own", "properties": {"privateLinkServiceId": target, "groupIds": [part]}}
        properties = {"subnet": {"id": f"{HUB}/subnets/plain"}, "privateLinkServiceConnections": [connection]}
        yield f"{NETWORK}/privateEndpoints/to-{part}", {"location": "westeurope", "properties": properties}


def _connections(arm: Arm) -> Iterator[tuple[str, str]]:
    """Of each target, its connection with the private endpoint above."""
    for arm_type, (target, part) in ENDPOINTS.items():
        type_ = by_arm_type(f"{arm_type}/privateEndpointConnections")
        assert type_ is not None
        listed = arm.send("GET", f"{target}/privateEndpointConnections", version=type_.api_version).json()["value"]
        own = next(each for each in listed if each["properties"]["privateEndpoint"]["id"].endswith(f"/to-{part}"))
        yield type_.arm_type, own["id"]


def _write(arm: Arm, id: str, body: Mapping[str, Any]) -> requests.Response:
    type_ = by_arm_type(ArmId.parse(id).type)
    answer = arm.send("PUT", id, body, version=type_.api_version if type_ else NETWORK_VERSION)
    assert answer.status_code < 500, answer.text
    return answer
