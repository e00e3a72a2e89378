"""Every example body of tests/bodies, declared through the provider: what is applied is what a refresh finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from azkeep.emulator.control import ensure_subscription
from azkeep.model.ids import ArmId
from azkeep.provider import values
from azkeep.types import by_arm_type, conversion
from azkeep.types.resource_type import ResourceType

BODIES = Path(__file__).parents[2] / "bodies"
SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"
CERTAIN = (
    "Microsoft.Resources/resourceGroups",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.KeyVault/vaults",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.Insights/components",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/datastores",
    "Microsoft.Authorization/roleAssignments",
)
"""Types that must come out well; some others need a world that their examples do not make (an approved connection,
a deployment before its endpoint's traffic)."""


@dataclass(frozen=True)
class Applied:
    """One resource after its create; `refreshed` are its inputs after a refresh, before others were created."""

    type_: ResourceType
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    refreshed: dict[str, Any]


def declared() -> dict[str, tuple[ResourceType, dict[str, Any]]]:
    """ARM id → type and azure-native inputs of each example of a type that azure-native has."""
    found: dict[str, tuple[ResourceType, dict[str, Any]]] = {}
    for path in sorted(BODIES.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        type_ = by_arm_type(ArmId.parse(body["id"]).type)
        if type_ is not None and type_.token:
            found[body["id"]] = (type_, conversion.to_inputs(type_, body["id"], body))
    return found


@pytest.fixture(scope="module")
def engine(local: Any) -> Iterator[Any]:
    ensure_subscription(local.store, SUBSCRIPTION, "examples")
    with local.engine(subscriptionId=SUBSCRIPTION) as engine:
        yield engine


@pytest.fixture(scope="module")
def applied(engine: Any) -> tuple[Applied, ...]:
    """Everything that can be created, in rounds: what waits for another resource is tried again."""
    waiting, done = declared(), []
    before = len(waiting) + 1
    while len(waiting) < before:
        before = len(waiting)
        for id, (type_, inputs) in list(waiting.items()):
            checked = engine.checked(type_.token, inputs)
            try:
                made, outputs = engine.create(type_.token, checked)
            except grpc.RpcError:
                continue
            refreshed = values.read(engine.read(type_.token, made, checked, outputs).inputs)
            done.append(Applied(type_, made, checked, outputs, refreshed))
            del waiting[id]
    return tuple(done)


def test_the_types_of_a_secure_workspace_are_there(applied: tuple[Applied, ...]) -> None:
    """The estate's types are created from their examples, under the id that the inputs name."""
    assert set(CERTAIN) <= {one.type_.arm_type for one in applied}
    for one in applied:
        assert ArmId.parse(one.id) == ArmId.parse(conversion.arm_id(one.type_, one.inputs, SUBSCRIPTION) or "")


def test_a_refresh_right_after_finds_no_change(applied: tuple[Applied, ...]) -> None:
    """No service default and no reordered list becomes a change of the inputs."""
    noise = {one.type_.arm_type: (one.inputs, one.refreshed) for one in applied if one.refreshed != one.inputs}
    assert noise == {}


def test_what_others_write_into_a_list_has_no_marks_of_the_service(engine: Any, applied: tuple[Applied, ...]) -> None:
    """A subnet added beside inline ones becomes an input, as with the official plugin, but not its etag and state."""
    network = next(one for one in applied if one.type_.arm_type == "Microsoft.Network/virtualNetworks")
    found = values.read(engine.read(network.type_.token, network.id, network.inputs, network.outputs).inputs)
    assert [subnet["name"] for subnet in found["subnets"]] == ["training", "scoring"]
    assert found["subnets"][0] == network.inputs["subnets"][0]
    assert not {"etag", "provisioningState"} & set(found["subnets"][1])


def test_an_import_gives_inputs_that_need_no_update(engine: Any, applied: tuple[Applied, ...]) -> None:
    """What import reads passes Check as it is, and differs from itself in nothing."""
    faults = {}
    for one in applied:
        found = engine.read(one.type_.token, one.id)
        inputs, outputs = values.read(found.inputs), values.read(found.properties)
        response = engine.check(one.type_.token, inputs, inputs)
        difference = engine.diff(one.type_.token, inputs, values.read(response.inputs), outputs)
        if response.failures or difference.detailedDiff:
            reasons = [failure.reason for failure in response.failures]
            faults[one.type_.arm_type] = (reasons, list(difference.detailedDiff))
    assert faults == {}
