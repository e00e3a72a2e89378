"""Diff: what changes, and what a change forces."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine_side import GROUP, NETWORK, Engine
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2 as messages

from azkeep.model.value import Unknown
from azkeep.provider.diff import diff, path_text
from azkeep.types import by_token
from azkeep.types.resource_type import ResourceType

Changes = messages.DiffResponse
Kinds = messages.PropertyDiff
BASE: dict[str, Any] = {
    "resourceGroupName": "rg",
    "virtualNetworkName": "net",
    "location": "westeurope",
    "azureApiVersion": "2024-05-01",
    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    "tags": {"a": "b"},
}
JSON = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.text("ab", max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("xyz", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)
INPUTS = st.dictionaries(st.sampled_from(["tags", "addressSpace", "subnets", "dhcpOptions"]), JSON, max_size=4)


def network() -> ResourceType:
    type_ = by_token(NETWORK)
    assert type_ is not None
    return type_


def kinds(response: Any) -> dict[str, int]:
    return {path: entry.kind for path, entry in response.detailedDiff.items()}


@given(INPUTS)
def test_nothing_differs_from_itself(inputs: dict[str, Any]) -> None:
    """The same inputs need no update."""
    assert diff(network(), inputs, {}, inputs).changes == ()


@given(INPUTS, INPUTS)
@example({"addressSpace": [False]}, {"addressSpace": [0]})
def test_every_change_is_real_and_every_difference_is_reported(olds: dict[str, Any], news: dict[str, Any]) -> None:
    """There is a change exactly where the values differ, and none of these forces a replacement."""
    found = diff(network(), olds, {}, news)
    assert {change.path[0] for change in found.changes} == {
        name for name in {*olds, *news} if repr(olds.get(name)) != repr(news.get(name)) and _differs(olds, news, name)
    }
    assert found.replaces == ()
    assert not found.delete_before_replace


def _differs(olds: dict[str, Any], news: dict[str, Any], name: str) -> bool:
    return name not in olds or name not in news or _typed(olds[name]) != _typed(news[name])


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return (isinstance(value, bool), value)


def test_no_difference(engine: Engine) -> None:
    """DIFF_NONE: the engine calls the resource the same."""
    assert engine.diff(NETWORK, BASE, BASE).changes == Changes.DIFF_NONE


def test_one_changed_leaf(engine: Engine) -> None:
    """An update names the leaf, and the top-level input it belongs to."""
    news = {**BASE, "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}
    response = engine.diff(NETWORK, BASE, news)
    assert kinds(response) == {"addressSpace.addressPrefixes[0]": Kinds.UPDATE}
    assert list(response.diffs) == ["addressSpace"]
    assert list(response.replaces) == []
    assert response.changes == Changes.DIFF_SOME
    assert response.hasDetailedDiff
    assert response.detailedDiff["addressSpace.addressPrefixes[0]"].inputDiff


def test_items_that_come_and_go(engine: Engine) -> None:
    """A list compares by index; what comes or goes forces nothing."""
    two = {**BASE, "addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.1.0.0/16"]}}
    assert kinds(engine.diff(NETWORK, BASE, two)) == {"addressSpace.addressPrefixes[1]": Kinds.ADD}
    assert kinds(engine.diff(NETWORK, two, BASE)) == {"addressSpace.addressPrefixes[1]": Kinds.DELETE}


@pytest.mark.parametrize("name", ["virtualNetworkName", "resourceGroupName", "location"])
def test_path_inputs_and_fixed_ones_force_a_replacement(engine: Engine, name: str) -> None:
    """A changed name, group or fixed input replaces; the old one goes first, since the name was given."""
    response = engine.diff(NETWORK, BASE, {**BASE, name: "other"})
    assert kinds(response) == {name: Kinds.UPDATE_REPLACE}
    assert list(response.replaces) == [name]
    assert response.deleteBeforeReplace


def test_a_random_name_lets_the_new_one_come_first(engine: Engine) -> None:
    """With a random name old and new may stand side by side."""
    olds = {**BASE, "__createBeforeDelete": True}
    response = engine.diff(NETWORK, olds, {**olds, "location": "northeurope"})
    assert list(response.replaces) == ["location"]
    assert not response.deleteBeforeReplace


def test_a_path_input_not_known_yet_forces_a_replacement(engine: Engine) -> None:
    """Nobody can say that an unknown group is the same."""
    response = engine.diff(NETWORK, BASE, {**BASE, "resourceGroupName": Unknown()})
    assert kinds(response) == {"resourceGroupName": Kinds.UPDATE_REPLACE}


@pytest.mark.parametrize(
    ("name", "value"), [("location", "West Europe"), ("location", "WESTEUROPE"), ("resourceGroupName", "RG")]
)
def test_spellings_that_mean_the_same(engine: Engine, name: str, value: str) -> None:
    """Regions ignore case and spaces, resource groups case."""
    assert engine.diff(NETWORK, BASE, {**BASE, name: value}).changes == Changes.DIFF_NONE


def test_flags_of_the_provider_are_not_compared(engine: Engine) -> None:
    """Inputs beginning with two underscores are nobody's business."""
    assert engine.diff(NETWORK, BASE, {**BASE, "__createBeforeDelete": True}).changes == Changes.DIFF_NONE


def test_a_default_newly_spelled_out_is_no_change(engine: Engine) -> None:
    """`enableDdosProtection: false` is what the SDK sends for nothing."""
    assert engine.diff(NETWORK, BASE, {**BASE, "enableDdosProtection": False}).changes == Changes.DIFF_NONE
    response = engine.diff(NETWORK, BASE, {**BASE, "enableDdosProtection": True})
    assert kinds(response) == {"enableDdosProtection": Kinds.ADD}


def test_a_fixed_input_newly_given_as_the_cloud_has_it(engine: Engine) -> None:
    """What is only spelled out now needs no replacement; another value does."""
    olds = {name: value for name, value in BASE.items() if name != "location"}
    same = engine.diff(NETWORK, olds, BASE, {"location": "westeurope"})
    assert kinds(same) == {"location": Kinds.ADD}
    other = engine.diff(NETWORK, olds, BASE, {"location": "northeurope"})
    assert kinds(other) == {"location": Kinds.ADD_REPLACE}


def test_a_removed_input(engine: Engine) -> None:
    """Removing is a change of its own kind."""
    news = {name: value for name, value in BASE.items() if name != "tags"}
    assert kinds(engine.diff(NETWORK, BASE, news)) == {"tags": Kinds.DELETE}


def test_the_api_version_of_an_older_state_counts(engine: Engine) -> None:
    """States of before hold the version in the outputs only; then the difference is not one of inputs."""
    olds = {name: value for name, value in BASE.items() if name != "azureApiVersion"}
    assert engine.diff(NETWORK, olds, BASE, {"azureApiVersion": "2024-05-01"}).changes == Changes.DIFF_NONE
    response = engine.diff(NETWORK, olds, BASE, {"azureApiVersion": "2023-01-01"})
    assert not response.detailedDiff["azureApiVersion"].inputDiff


def test_a_nested_fixed_member_forces_a_replacement() -> None:
    """`force_new` reaches one level down, into objects and into items of lists."""
    type_ = replace(network(), force_new=("dhcpOptions.dnsServers", "subnets[].name"))
    olds = {"dhcpOptions": {"dnsServers": ["a"]}, "subnets": [{"name": "a", "addressPrefix": "p"}]}
    news = {"dhcpOptions": {"dnsServers": ["b"]}, "subnets": [{"name": "b", "addressPrefix": "q"}]}
    found = {change.text: change.replaces for change in diff(type_, olds, {}, news).changes}
    assert found == {"dhcpOptions.dnsServers[0]": True, "subnets[0].name": True, "subnets[0].addressPrefix": False}


def test_a_child_of_a_fixed_object_forces_a_replacement() -> None:
    """An object that is fixed is fixed as a whole."""
    type_ = replace(network(), force_new=("addressSpace",))
    found = diff(type_, BASE, {}, {**BASE, "addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}})
    assert [change.text for change in found.replaces] == ["addressSpace.addressPrefixes[0]"]


def test_renamed_cluster_skus_are_the_same() -> None:
    """Basic/Paid was renamed to Base/Standard by the service."""
    type_ = replace(network(), arm_type="Microsoft.ContainerService/managedClusters")
    olds = {"sku": {"name": "Basic", "tier": "Paid"}}
    assert diff(type_, olds, {}, {"sku": {"name": "Base", "tier": "Standard"}}).changes == ()
    assert len(diff(type_, olds, {}, {"sku": {"name": "Basic", "tier": "Free"}}).changes) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("tags", "a"), "tags.a"),
        (("tags", "hidden-link:/x"), 'tags["hidden-link:/x"]'),
        (("tags", "a.b"), 'tags["a.b"]'),
        (("tags", 'a"b'), 'tags["a\\"b"]'),
        (("subnets", 0, "name"), "subnets[0].name"),
    ],
)
def test_property_paths(path: tuple[str | int, ...], text: str) -> None:
    """Names with other signs are quoted, or the engine would read another path."""
    assert path_text(path) == text


def test_a_diff_of_a_group_needs_only_its_inputs(engine: Engine) -> None:
    """A changed tag of a group is one update of one leaf."""
    olds = {"resourceGroupName": "rg", "location": "a", "tags": {"a.b": "1"}}
    response = engine.diff(GROUP, olds, {**olds, "tags": {"a.b": "2"}})
    assert kinds(response) == {'tags["a.b"]': Kinds.UPDATE}
