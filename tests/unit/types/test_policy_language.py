"""Azure Policy's language: operators, expressions, fields and counts, on documents alone."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.model import expressions
from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type
from azkeep.types.azure_policy import fields, rules
from azkeep.types.azure_policy.assignments import Assigned, judged, reaches
from azkeep.types.azure_policy.built_ins import BUILT_IN
from azkeep.types.azure_policy.comparisons import OPERATORS
from azkeep.types.azure_policy.definitions import assignment_fault, condition_of
from azkeep.types.azure_policy.functions import POLICY_FUNCTIONS
from azkeep.types.azure_policy.subject import Place, Subject

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
SUBNETS = "Microsoft.Network/virtualNetworks/subnets[*]"


@pytest.mark.parametrize(
    ("operator", "value", "target", "expected"),
    [
        ("equals", "Disabled", "disabled", True),
        ("equals", True, "true", True),
        ("equals", 1, "1", True),
        ("equals", None, "", False),
        ("notEquals", None, "x", True),
        ("like", "prod-eu-1", "PROD-*", True),
        ("like", None, "*", False),
        ("notLike", None, "*", True),
        ("match", "ab-12", "??-##", True),
        ("match", "AB-12", "ab-##", False),
        ("matchInsensitively", "AB-12", "ab-##", True),
        ("contains", "Standard_LRS", "lrs", True),
        ("contains", ["a", "b"], "B", True),
        ("notContains", None, "x", True),
        ("in", "b", ["A", "B"], True),
        ("notIn", None, ["a"], True),
        ("containsKey", {"Team": 1}, "team", True),
        ("notContainsKey", None, "team", True),
        ("less", 3, 5, True),
        ("greaterOrEquals", "b", "A", True),
        ("greater", None, 1, False),
        ("exists", None, "false", True),
        ("exists", "", True, True),
    ],
)
def test_operators(operator: str, value: Any, target: Any, expected: bool) -> None:
    """Texts compare without case, values by what they are written as, and nothing is more or less than absent."""
    assert OPERATORS[operator.lower()].holds(value, target) is expected


def test_what_has_no_order_is_no_answer() -> None:
    """A text is neither more nor less than a number; a pattern has one wildcard."""
    with pytest.raises(EvaluationFailed, match="more than one wildcard"):
        OPERATORS["like"].holds("a", "*a*")
    with pytest.raises(EvaluationFailed, match="cannot be compared"):
        OPERATORS["less"].holds("a", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[addDays('2025-12-30T00:00:00Z', 3)]", "2026-01-02T00:00:00Z"),
        ("[ipRangeContains('10.0.0.0/8', '10.1.0.0/16')]", True),
        ("[ipRangeContains('10.0.0.0/24', '10.0.1.0')]", False),
        ("[ipRangeContains('192.168.0.1-192.168.0.9', '192.168.0.8/31')]", True),
        ("[ipRangeContains('192.168.0.1-192.168.0.8', '192.168.0.8/31')]", False),
        ("[ipRangeContains('2001:0DB8::-2001:0DB8::3:FFFF', '2001:0DB8::/112')]", True),
    ],
)
def test_functions_of_rules(text: str, expected: Any) -> None:
    """What rules may call and templates may not. Source: "Azure Policy definition structure: policy functions"."""
    assert expressions.resolved(text, POLICY_FUNCTIONS) == expected


@pytest.mark.parametrize(
    "text", ["[ipRangeContains('10.0.0.9-10.0.0.1', '10.0.0.2')]", "[ipRangeContains('10.0.0.0/8', '2001:0DB8::1')]"]
)
def test_ranges_that_are_none(text: str) -> None:
    """An empty range, and families of addresses that are mixed."""
    with pytest.raises(EvaluationFailed):
        expressions.resolved(text, POLICY_FUNCTIONS)


@pytest.mark.parametrize("name", ["tenant", "resourceId", "reference", "variables", "newGuid", "listKeys"])
def test_functions_of_templates_alone(name: str) -> None:
    """Azure Policy lists what a rule may not call; it is refused by name when the rule is written."""
    with pytest.raises(expressions.ExpressionError, match=f"the function '{name.lower()}'"):
        rules.read({"value": f"[{name}()]", "equals": "x"})


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("Microsoft.Storage/storageAccounts/sku.name", "sku.name"),
        ("Microsoft.Storage/storageAccounts/networkAcls.defaultAction", "properties.networkAcls.defaultAction"),
        (f"{SUBNETS}.networkSecurityGroup.id", "properties.subnets[*].properties.networkSecurityGroup.id"),
        ("Microsoft.Network/networkSecurityGroups/securityRules/access", "properties.access"),
        ("Microsoft.MachineLearningServices/workspaces/computes/computeType", "properties.computeType"),
        ("Microsoft.MachineLearningServices/workspaces/computes/subnet.id", "properties.properties.subnet.id"),
        ("Microsoft.Storage/storageAccounts/flavour", None),
        (f"{SUBNETS}.flavour", None),
    ],
)
def test_aliases_are_paths_of_the_document(alias: str, path: str | None) -> None:
    """An alias leaves out what ARM's document has at each level; one that no document has is none."""
    found = fields.alias_of(alias)
    assert found is not None
    assert fields.path_of(by_arm_type(found[0]), found[1]) == path


def network(**properties: Any) -> Subject:
    type_ = by_arm_type("Microsoft.Network/virtualNetworks")
    assert type_ is not None
    document = {"location": "westeurope", "tags": {"Team": "data"}, "properties": properties}
    place = Place(group={"name": "rg", "location": "westeurope"}, subscription={"subscriptionId": "0a"})
    return Subject(ArmId.parse(NETWORK), type_, document, place)


def holds(condition: dict[str, Any], subject: Subject, **parameters: Any) -> bool:
    scope = subject.functions(parameters, {})
    return rules.holds(rules.read(condition), rules.Scene(subject.field, scope))


GUARDED = {"name": "a", "properties": {"networkSecurityGroup": {"id": "/x"}, "serviceEndpoints": [{"service": "S"}]}}
BARE = {"name": "b", "properties": {}}


@pytest.mark.parametrize(
    ("subnets", "condition", "expected"),
    [
        ([GUARDED, BARE], {"field": f"{SUBNETS}.networkSecurityGroup.id", "exists": True}, False),
        ([GUARDED], {"field": f"{SUBNETS}.networkSecurityGroup.id", "exists": True}, True),
        ([], {"field": f"{SUBNETS}.name", "equals": "never"}, True),
        ([GUARDED, BARE], {"count": {"field": SUBNETS}, "equals": 2}, True),
        (
            [GUARDED, BARE],
            {
                "count": {
                    "field": SUBNETS,
                    "where": {
                        "count": {
                            "field": f"{SUBNETS}.serviceEndpoints[*]",
                            "where": {"field": f"{SUBNETS}.serviceEndpoints[*].service", "equals": "S"},
                        },
                        "greater": 0,
                    },
                },
                "equals": 1,
            },
            True,
        ),
        (
            [GUARDED, BARE],
            {
                "count": {
                    "value": "[parameters('wanted')]",
                    "name": "one",
                    "where": {
                        "count": {
                            "field": SUBNETS,
                            "where": {"field": f"{SUBNETS}.name", "equals": "[current('one')]"},
                        },
                        "equals": 0,
                    },
                },
                "equals": 1,
            },
            True,
        ),
        ([], {"field": "TAGS['team']", "equals": "data"}, True),
        ([], {"field": "fullName", "equals": "net"}, True),
        ([], {"value": "[subscription().subscriptionId]", "equals": "0a"}, True),
        ([], {"field": "Microsoft.Storage/storageAccounts/sku.name", "exists": True}, False),
    ],
)
def test_conditions_on_lists(subnets: list[Any], condition: dict[str, Any], expected: bool) -> None:
    """A condition on `[*]` is about each item, a count about those that its own condition holds for."""
    assert holds(condition, network(subnets=subnets), wanted=["a", "c"]) is expected


def test_a_disabled_assignment_says_nothing() -> None:
    """An effect of Disabled ends the judgement before any comparison; another one goes with its trace."""
    definition = next(each for each in BUILT_IN if each["name"].startswith("438c38d2"))
    type_ = by_arm_type("Microsoft.MachineLearningServices/workspaces")
    assert type_ is not None
    id = ArmId.parse(f"{GROUP}/providers/{type_.arm_type}/ws")
    subject = Subject(id, type_, {"location": "westeurope", "properties": {"publicNetworkAccess": "Enabled"}}, Place())
    found = {}
    for effect in ("Deny", "Audit", "Disabled"):
        assignment = {
            "id": f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/a",
            "name": "a",
            "properties": {"parameters": {"effect": {"value": effect}}},
        }
        assert assignment_fault(assignment, definition) is None
        assigned = Assigned(assignment, definition, condition_of(definition))
        assert reaches(assigned, subject)
        found[effect] = judged(assigned, subject)
    assert found["Disabled"] is None
    assert found["Deny"] is not None
    assert found["Audit"] is not None
    assert (found["Deny"].denies, found["Audit"].denies) == (True, False)
    assert [each["operator"] for each in found["Deny"].trace] == ["Equals", "Exists", "NotEquals"]
