"""What a template declares, and what it says of its place. Source of the cases: the reference of template functions."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.emulator.deployments.expressions import TemplateError, evaluated
from azkeep.emulator.deployments.template import Place, plan

SUBSCRIPTION = "/subscriptions/0a0a0a0a-0000-4000-8000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/here"
PLACE = Place(
    {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION.rpartition("/")[2], "tenantId": "tenant"},
    {"id": GROUP, "name": "here", "location": "westeurope"},
    "tenant",
    "first",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[concat('a']", "The template language expression 'concat('a'' is not valid."),
        ("[nothing()]", "The template function 'nothing' is not valid."),
        ("[add('a', 1)]", "The arguments of the template language function 'add' are not valid."),
        ("[json('no json')]", "The template language function 'json' expects valid JSON."),
        (f"[concat('{'a' * 24_576}')]", "The template language expression is longer than 24576 characters: '[concat("),
    ],
)
def test_wrong_expression_is_refused(text: str, said: str) -> None:
    """What is no expression, names no function or gives one what it cannot take is the template's fault."""
    with pytest.raises(TemplateError) as refusal:
        evaluated({"a": [text]}, {})
    assert str(refusal.value).startswith(said)


def planned(template: dict[str, Any], **given: Any) -> Any:
    return plan({"resources": [], **template}, {name: {"value": value} for name, value in given.items()}, PLACE)


def value_of(text: str, **template: Any) -> Any:
    return evaluated(text, planned(template).functions)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[resourceId('Ns.A/types', 'x')]", f"{GROUP}/providers/Ns.A/types/x"),
        (
            "[resourceId('other', 'Ns.A/types/kinds', 'x', 'y')]",
            f"{SUBSCRIPTION}/resourceGroups/other/providers/Ns.A/types/x/kinds/y",
        ),
        ("[resourceId('sub', 'other', 'Ns.A/t', 'x')]", "/subscriptions/sub/resourceGroups/other/providers/Ns.A/t/x"),
        ("[subscriptionResourceId('Ns.A/t', 'x')]", f"{SUBSCRIPTION}/providers/Ns.A/t/x"),
        ("[extensionResourceId(resourceGroup().id, 'Ns.A/t', 'x')]", f"{GROUP}/providers/Ns.A/t/x"),
        ("[resourceGroup().location]", "westeurope"),
        ("[subscription().tenantId]", "tenant"),
        ("[variables('second')]", "a-b"),
    ],
)
def test_place_and_variables(text: str, wanted: str) -> None:
    """Ids as ARM builds them; variables may name each other in any order."""
    assert value_of(text, variables={"second": "[concat(variables('first'), '-b')]", "first": "a"}) == wanted


def test_variables_that_need_each_other_are_refused() -> None:
    """A variable that is needed for its own value is named, however long the way round."""
    with pytest.raises(TemplateError, match="The template variable 'a' is not valid"):
        value_of("[variables('a')]", variables={"a": "[variables('b')]", "b": "[concat(variables('a'), 'x')]"})


def test_a_variable_is_evaluated_once() -> None:
    """Variables that are each named twice by the next one take no longer than others."""
    chain = {
        f"v{step + 1}": f"[if(equals(variables('v{step}'), 'x'), variables('v{step}'), 'y')]" for step in range(60)
    }
    assert value_of("[variables('v60')]", variables={"v0": "x", **chain}) == "x"


def test_parameters_are_checked() -> None:
    """A value that is missing, unknown, of the wrong type or not allowed is refused by name; null is the default."""
    template = {
        "parameters": {
            "size": {"type": "int", "allowedValues": [1, 2]},
            "name": {"type": "string", "defaultValue": "x"},
        }
    }
    assert planned(template, size=2, name=None).parameters == {"size": 2, "name": "x"}
    for given, text in (
        ({}, "'size' is not provided"),
        ({"size": "2"}, "type is not valid"),
        ({"size": True}, "type is not valid"),
        ({"size": 3}, "not part of the allowed"),
        ({"size": 1, "more": 1}, "'more'"),
    ):
        with pytest.raises(TemplateError, match=text):
            planned(template, **given)


def test_children_and_conditions() -> None:
    """A resource inside another has its whole type and name; one whose condition is false is not wanted."""
    template = {
        "resources": [
            {
                "type": "Ns.A/types",
                "name": "x",
                "apiVersion": "2024-01-01",
                "resources": [{"type": "kinds", "name": "y", "apiVersion": "2024-01-01", "dependsOn": ["x"]}],
            },
            {"type": "Ns.A/types", "name": "z", "apiVersion": "2024-01-01", "condition": "[equals(1, 2)]"},
        ]
    }
    items = {item.id.text.removeprefix(GROUP): item.wanted for item in planned(template).items}
    assert items == {
        "/providers/Ns.A/types/x": True,
        "/providers/Ns.A/types/x/kinds/y": True,
        "/providers/Ns.A/types/z": False,
    }


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        ({"type": "int"}, "1", "Expected 'Integer'. Actual 'String'."),
        ({"type": "securestring"}, 1, "Expected 'String, Uri'. Actual 'Integer'."),
        ({"type": "bool"}, [], "Expected 'Boolean'. Actual 'Array'."),
        ({"type": "array"}, {"a": 1}, "Expected 'Array'. Actual 'Object'."),
        ({"type": "int", "minValue": 3}, 2, "The value should be greater than or equal to '3'."),
        ({"type": "string", "maxLength": 2}, "abc", "The length of the value should be less than or equal to '2'."),
    ],
)
def test_wrong_value_of_a_parameter(rule: dict[str, Any], value: Any, said: str) -> None:
    """Of another kind, or beyond its bounds: the template is refused in ARM's words."""
    with pytest.raises(TemplateError) as refused:
        planned({"parameters": {"size": rule}, "resources": []}, size=value)
    assert said in str(refused.value)


def test_one_resource_twice() -> None:
    """Refused with its type and name; beside it may stand what is not wanted, or exists."""
    resource = {"type": "Ns.A/types", "name": "x", "apiVersion": "2024-01-01"}
    with pytest.raises(TemplateError, match=r"The resource 'Ns\.A/types/x' is defined multiple times in a template"):
        planned({"resources": [resource, resource]})
    for beside in ({"existing": True}, {"condition": False}):
        assert [item.wanted for item in planned({"resources": [resource, {**resource, **beside}]}).items] == [
            True,
            False,
        ]


def test_dependency_must_be_in_the_template() -> None:
    """As ARM says it."""
    resource = {"type": "Ns.A/types", "name": "x", "apiVersion": "2024-01-01", "dependsOn": ["other"]}
    with pytest.raises(TemplateError, match="'other' is not defined in the template"):
        planned({"resources": [resource]})
