"""Values of documents that a service cannot take, found by the type's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azkeep.model.value import get, put
from azkeep.types import by_arm_type
from azkeep.types.conversion import pointer, to_inputs
from azkeep.types.resource_type import ResourceType
from azkeep.types.schema import Node
from azkeep.types.validation import BeyondLimit, WrongValue, beyond_limits, wrong_tags, wrong_values
from estate import BODIES, body_of

Leaf = tuple[str, str, Node]
"""ARM type, pointer into its example, and the node of azure-native's class there."""

PASSED_OVER = (
    ("Microsoft.Insights/components", "/properties/Application_Type"),
    ("Microsoft.Insights/components", "/properties/Flow_Type"),
    ("Microsoft.Insights/components", "/properties/Request_Source"),
    ("Microsoft.ContainerRegistry/registries", "/sku/name"),
    ("Microsoft.MachineLearningServices/workspaces", "/properties/managedNetwork/isolationMode"),
    ("Microsoft.MachineLearningServices/workspaces/onlineEndpoints", "/properties/authMode"),
    ("Microsoft.Storage/storageAccounts", "/kind"),
)
"""Enums that are known to be incomplete, and those that the types' own checks refuse in the service's words."""


def known(arm_type: str) -> ResourceType:
    found = by_arm_type(arm_type)
    assert found is not None
    return found


def type_names() -> list[str]:
    return [path.stem.replace("-", "/") for path in sorted(BODIES.glob("*.json"))]


def wrong(arm_type: str, document: Mapping[str, Any]) -> list[WrongValue]:
    return list(wrong_values(known(arm_type), document))


def leaves_of(arm_type: str) -> Iterator[Leaf]:
    """Scalars of the example, found by way of azure-native's inputs and not by the walk under test."""
    type_, body = known(arm_type), body_of(arm_type)
    inputs = to_inputs(type_, body["id"], body)
    for name, node in type_.schema.inputs.properties.items():
        if name in inputs and name not in type_.path_inputs:
            for path, leaf in _below(type_, node, inputs[name], (name,)):
                yield arm_type, pointer(type_, path), leaf


def _below(
    type_: ResourceType, node: Node, value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _below(type_, node.get("items", {}), item, (*path, index))
    elif isinstance(value, Mapping):
        resolved = type_.schema.resolve(node, value)
        for key, item in value.items():
            inner = node.get("values", {}) if resolved is None else resolved[1].properties[key]
            yield from _below(type_, inner, item, (*path, key))
    elif node.get("type", "any") != "any":
        yield path, node


LEAVES = [
    leaf for arm_type in type_names() for leaf in leaves_of(arm_type) if get(body_of(leaf[0]), leaf[1]) is not None
]
ENUMS = [leaf for leaf in LEAVES if "enum" in leaf[2] and leaf[:2] not in PASSED_OVER]
BOOLEANS = [leaf for leaf in LEAVES if leaf[2]["type"] == "boolean"]
NUMBERS = [leaf for leaf in LEAVES if leaf[2]["type"] in ("integer", "number")]
TEXTS = [leaf for leaf in LEAVES if leaf[2]["type"] == "string"]


def test_examples_have_leaves_of_every_kind() -> None:
    """The properties below are about many properties of many types, not about a few."""
    counts = [len({leaf[:2] for leaf in leaves}) for leaves in (ENUMS, BOOLEANS, NUMBERS, TEXTS)]
    assert all(count >= least for count, least in zip(counts, (80, 50, 20, 250), strict=True)), counts


@pytest.mark.parametrize("path", sorted(BODIES.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_has_no_wrong_value(path: Path) -> None:
    """A body that the service takes passes."""
    assert wrong(path.stem.replace("-", "/"), json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", sorted(BODIES.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_keeps_all_limits(path: Path) -> None:
    """No body that the service takes is beyond a limit of its API description."""
    type_ = known(path.stem.replace("-", "/"))
    assert list(beyond_limits(type_, json.loads(path.read_text(encoding="utf-8")))) == []


@settings(max_examples=300)
@given(st.sampled_from(ENUMS), st.text(min_size=1))
def test_a_value_outside_its_enum_is_found(leaf: Leaf, text: str) -> None:
    """Any other text in place of an enum's value is the one wrong value, with its pointer and what would do."""
    arm_type, where, node = leaf
    other = f"{text}?"
    found = wrong(arm_type, put(body_of(arm_type), where, other))
    assert found == [WrongValue(where, other, "string", tuple(node["enum"]))]


@settings(max_examples=300)
@given(st.sampled_from(ENUMS), st.data())
def test_any_value_of_an_enum_in_any_case_passes(leaf: Leaf, data: st.DataObject) -> None:
    """Every value that the enum lists is taken, in upper case, lower case or as listed."""
    arm_type, where, node = leaf
    value = data.draw(st.sampled_from(node["enum"]))
    spelled = data.draw(st.sampled_from([value, value.upper(), value.lower()]))
    assert wrong(arm_type, put(body_of(arm_type), where, spelled)) == []


@settings(max_examples=300)
@given(st.sampled_from(BOOLEANS), st.one_of(st.text(), st.integers(), st.lists(st.booleans()), st.just({"a": 1})))
def test_anything_but_true_and_false_in_a_boolean_is_found(leaf: Leaf, value: Any) -> None:
    """Text, numbers, lists and objects do not stand for a boolean."""
    arm_type, where, _ = leaf
    assert wrong(arm_type, put(body_of(arm_type), where, value)) == [WrongValue(where, value, "boolean")]


@settings(max_examples=200)
@given(st.sampled_from(NUMBERS), st.one_of(st.text(), st.booleans(), st.lists(st.integers())))
def test_anything_but_a_number_in_a_number_is_found(leaf: Leaf, value: Any) -> None:
    """Text, booleans and lists do not stand for a number."""
    arm_type, where, node = leaf
    assert wrong(arm_type, put(body_of(arm_type), where, value)) == [WrongValue(where, value, node["type"])]


@settings(max_examples=200)
@given(st.sampled_from(NUMBERS), st.integers())
def test_whole_numbers_are_numbers(leaf: Leaf, value: int) -> None:
    """A whole number fits, written as such or with a fraction of zero."""
    arm_type, where, _ = leaf
    small = value % 1000
    assert wrong(arm_type, put(body_of(arm_type), where, small)) == []
    assert wrong(arm_type, put(body_of(arm_type), where, float(small))) == []


@settings(max_examples=200)
@given(st.sampled_from(LEAVES))
def test_a_null_is_absent(leaf: Leaf) -> None:
    """A null in place of any value is not a wrong value."""
    arm_type, where, _ = leaf
    assert wrong(arm_type, put(body_of(arm_type), where, None)) == []


@pytest.mark.parametrize("value", [5, True, ["a"], {"a": "b"}])
@pytest.mark.parametrize("arm_type", ["Microsoft.Network/virtualNetworks", "Microsoft.Resources/resourceGroups"])
def test_a_tag_is_text(arm_type: str, value: Any) -> None:
    """Values of tags are text; a tag without a value passes."""
    expected = [WrongValue("/tags/a.b~1c", value, "string")]
    assert wrong(arm_type, {"tags": {"fine": "x", "none": None, "a.b/c": value}}) == expected


def test_tags_by_themselves() -> None:
    """The body of a request for tags alone is checked like tags in a resource."""
    assert list(wrong_tags({"properties": {"tags": {"a": "b", "c": 1}}})) == [
        WrongValue("/properties/tags/c", 1, "string")
    ]
    assert list(wrong_tags({"properties": {"tags": ["a"]}})) == [WrongValue("/properties/tags", ["a"], "object")]
    assert list(wrong_tags({"properties": None})) == []


def test_unknown_members_pass() -> None:
    """A member that the class does not have may hold anything, at any depth."""
    body = body_of("Microsoft.KeyVault/vaults")
    body = put(put(body, "/properties/newer", {"x": [1]}), "/properties/sku/newer", 5)
    assert wrong("Microsoft.KeyVault/vaults", body) == []


def test_names_of_members_have_no_case() -> None:
    """A member is the property of its name in any case, as it is for the services."""
    body = {"properties": {"EnableRbacAuthorization": "maybe"}}
    assert [each.pointer for each in wrong("Microsoft.KeyVault/vaults", body)] == [
        "/properties/EnableRbacAuthorization"
    ]


def test_every_wrong_value_is_found_in_order() -> None:
    """All wrong values of a document come out, those of lists within lists too."""
    rule = {"name": "r", "properties": {"direction": "Inwards", "protocol": "Http", "priority": "first"}}
    subnet = {"name": "s", "properties": {"networkSecurityGroup": {"properties": {"securityRules": [rule]}}}}
    body = {"location": 5, "properties": {"subnets": [subnet, "text"], "enableDdosProtection": "no"}}
    below = "/properties/subnets/0/properties/networkSecurityGroup/properties/securityRules/0/properties"
    assert [(each.pointer, each.expected) for each in wrong("Microsoft.Network/virtualNetworks", body)] == [
        ("/location", "string"),
        (f"{below}/direction", "string"),
        (f"{below}/protocol", "string"),
        (f"{below}/priority", "integer"),
        ("/properties/subnets/1", "object"),
        ("/properties/enableDdosProtection", "boolean"),
    ]


def test_a_fraction_is_no_whole_number() -> None:
    """1.5 does not fit where whole numbers are wanted."""
    body = {"properties": {"softDeleteRetentionInDays": 7.5}}
    assert wrong("Microsoft.KeyVault/vaults", body) == [
        WrongValue("/properties/softDeleteRetentionInDays", 7.5, "integer")
    ]


@pytest.mark.parametrize(("bypass", "passes"), [("Logging, Metrics", True), ("Logging, Everything", False)])
def test_values_that_combine(bypass: str, passes: bool) -> None:
    """What may hold several values of its enum holds nothing else."""
    body = {"properties": {"networkAcls": {"bypass": bypass}}}
    assert (wrong("Microsoft.Storage/storageAccounts", body) == []) is passes


@pytest.mark.parametrize(("arm_type", "where"), PASSED_OVER)
def test_enums_that_are_passed_over(arm_type: str, where: str) -> None:
    """Other values than those listed pass, other kinds do not."""
    assert wrong(arm_type, put({}, where, "Node.JS")) == []
    assert wrong(arm_type, put({}, where, 1)) == [WrongValue(where, 1, "string")]


def test_what_a_union_is_stays_open_until_decided() -> None:
    """Below a union only what its discriminator decides is checked."""
    compute = "Microsoft.MachineLearningServices/workspaces/computes"
    settings_ = {"vmPriority": "Urgent", "vmSize": 5}
    assert wrong(compute, {"properties": {"properties": settings_}}) == []
    assert wrong(compute, {"properties": {"computeType": "Unheard", "properties": settings_}}) == []
    decided = wrong(compute, {"properties": {"computeType": "AmlCompute", "properties": settings_}})
    assert [each.pointer for each in decided] == ["/properties/properties/vmPriority", "/properties/properties/vmSize"]
    assert [each.pointer for each in wrong(compute, {"properties": "text"})] == ["/properties"]


def test_values_beyond_their_limits() -> None:
    """Each with its pointer, the limit that it breaks and what that is; flattened and renamed members too."""
    collection = {"name": "c", "properties": {"priority": 99, "rules": [{"protocols": [{"port": 64001}]}]}}
    firewall = {
        "properties": {"applicationRuleCollections": [collection], "autoscaleConfiguration": {"minCapacity": 1}}
    }
    below = "/properties/applicationRuleCollections/0/properties"
    assert list(beyond_limits(known("Microsoft.Network/azureFirewalls"), firewall)) == [
        BeyondLimit(f"{below}/priority", "minimum", 100),
        BeyondLimit(f"{below}/rules/0/protocols/0/port", "maximum", 64000),
        BeyondLimit("/properties/autoscaleConfiguration/minCapacity", "minimum", 2),
    ]
    group = {"properties": {"groupShortName": "thirteen-char"}}
    assert list(beyond_limits(known("Microsoft.Insights/actionGroups"), group)) == [
        BeyondLimit("/properties/groupShortName", "maxLength", 12)
    ]


@pytest.mark.parametrize("days", [None, "0", 0.5, True, {"a": 1}])
def test_values_of_the_wrong_kind_have_no_limits(days: Any) -> None:
    """A null is absent, and what is no whole number cannot be too low."""
    body = {"properties": {"deleteRetentionPolicy": {"enabled": True, "days": days}}}
    assert list(beyond_limits(known("Microsoft.Storage/storageAccounts/blobServices"), body)) == []


def test_limits_below_a_union_that_nothing_decides() -> None:
    """Only the kind of data says what its address must look like."""
    type_ = known("Microsoft.MachineLearningServices/workspaces/data/versions")
    assert list(beyond_limits(type_, {"properties": {"dataUri": ""}})) == []
    assert list(beyond_limits(type_, {"properties": {"dataType": "mltable", "dataUri": ""}})) == [
        BeyondLimit("/properties/dataUri", "minLength", 1),
        BeyondLimit("/properties/dataUri", "pattern", "[a-zA-Z0-9_]"),
    ]
