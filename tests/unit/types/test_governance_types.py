"""Policies and their assignments, Defender plans, budgets, and rules for the life of blobs."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import ACCOUNT, account

from azkeep.errors import ArmFault
from azkeep.types import by_arm_type
from azkeep.types.conversion import arm_id, path_values
from estate import CALLER, GROUP, NOW, SUBSCRIPTION, MemoryEstate, body_of

SUB = f"/subscriptions/{SUBSCRIPTION}"
DEFINITION = f"{SUB}/providers/Microsoft.Authorization/policyDefinitions/closed"
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions/438c38d2-3772-465a-a9cc-7a6666a275ce"
ASSIGNMENT = f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/closed"
PLAN = f"{SUB}/providers/Microsoft.Security/pricings/StorageAccounts"
BUDGET = f"{GROUP}/providers/Microsoft.Consumption/budgets/hours"
LIFECYCLE = f"{ACCOUNT}/managementPolicies/default"


def definition(**properties: Any) -> dict[str, Any]:
    rule = {"if": {"field": "type", "equals": "Microsoft.KeyVault/vaults"}, "then": {"effect": "audit"}}
    return {"properties": {"policyRule": rule, **properties}}


def assignment(id: str, **members: Any) -> dict[str, Any]:
    return {"properties": {"policyDefinitionId": id}, **members}


def budget(**properties: Any) -> dict[str, Any]:
    known = {**body_of("Microsoft.Consumption/budgets")["properties"], **properties}
    return {"properties": {name: value for name, value in known.items() if value is not None}}


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.code, fault.value.message


def test_a_policy_says_who_made_and_changed_it() -> None:
    """In its metadata, beside what was sent; the maker stays."""
    estate = MemoryEstate()
    made = estate.put(DEFINITION, definition(metadata={"category": "Vault"}))["properties"]
    assert made["metadata"] == {
        "category": "Vault",
        "createdBy": CALLER.object_id,
        "createdOn": NOW,
        "updatedBy": None,
        "updatedOn": None,
    }
    changed = estate.put(DEFINITION, definition())["properties"]["metadata"]
    assert (changed["createdOn"], changed["updatedBy"]) == (NOW, CALLER.object_id)


def test_a_rule_has_two_halves() -> None:
    """A policy needs an `if` and a `then`, and is a custom one."""
    estate = MemoryEstate()
    assert refused(estate, DEFINITION, definition(policyRule={"if": {}}))[0] == "InvalidPolicyRule"
    assert "must be Custom" in refused(estate, DEFINITION, definition(policyType="BuiltIn"))[1]


def test_an_assignment_assigns_what_exists() -> None:
    """A definition of the subscription must be there, one of the tenant is; what is assigned cannot be deleted."""
    estate = MemoryEstate()
    body = assignment(DEFINITION)
    assert refused(estate, ASSIGNMENT, body) == (
        "PolicyDefinitionNotFound",
        "The policy definition 'closed' could not be found.",
    )
    assert refused(estate, ASSIGNMENT, assignment(GROUP))[0] == "InvalidCreatePolicyAssignmentRequest"
    estate.put(f"{ASSIGNMENT}-2", assignment(BUILT_IN))
    estate.put(DEFINITION, definition())
    shown = estate.put(ASSIGNMENT, body)["properties"]
    assert (shown["scope"], shown["enforcementMode"], shown["notScopes"]) == (GROUP, "Default", [])
    with pytest.raises(ArmFault, match="in use by the policy assignment"):
        estate.delete(DEFINITION)
    estate.delete(ASSIGNMENT)
    estate.delete(DEFINITION)


def test_an_exemption_lies_within_what_it_exempts_from() -> None:
    """At the scope of the assignment or below it, never above."""
    estate = MemoryEstate()
    estate.put(ASSIGNMENT, assignment(BUILT_IN))
    body = {"properties": {"policyAssignmentId": ASSIGNMENT, "exemptionCategory": "Waiver"}}
    kind = "providers/Microsoft.Authorization/policyExemptions/spring"
    for scope in (GROUP, ACCOUNT):
        shown = estate.put(f"{scope}/{kind}", body)["properties"]
        assert shown["assignmentScopeValidation"] == "Default"
    assert refused(estate, f"{SUB}/{kind}", body)[0] == "InvalidPolicyExemptionScope"


def test_an_identity_of_an_assignment_lies_somewhere() -> None:
    """It needs a location, and gets a principal."""
    estate, identity = MemoryEstate(), {"type": "SystemAssigned"}
    assert refused(estate, ASSIGNMENT, assignment(BUILT_IN, identity=identity))[0] == "MissingLocation"
    shown = estate.put(ASSIGNMENT, assignment(BUILT_IN, identity=identity, location="westeurope"))
    assert estate.principal(shown["identity"]["principalId"]) == "ServicePrincipal"


def test_a_plan_is_turned_on_and_off_and_never_deleted() -> None:
    """Coverage follows the tier; a plan of a subscription stays when it is turned off."""
    estate = MemoryEstate()
    on = estate.put(PLAN, {"properties": {"pricingTier": "Standard", "subPlan": "DefenderForStorageV2"}})["properties"]
    assert (on["resourcesCoverageStatus"], on["enablementTime"]) == ("FullyCovered", NOW)
    with pytest.raises(ArmFault, match="Set its pricing tier to Free"):
        estate.delete(PLAN)
    off = estate.put(PLAN, {"properties": {"pricingTier": "Free"}})["properties"]
    assert off["resourcesCoverageStatus"] == "NotCovered"
    unknown = PLAN.replace("StorageAccounts", "Teapots")
    assert "'Teapots' is not supported" in refused(estate, unknown, {"properties": {"pricingTier": "Free"}})[1]


def test_the_scope_of_a_plan_is_a_whole_id() -> None:
    """With or without its first slash, as azure-native's `scopeId` takes it."""
    type_ = by_arm_type("Microsoft.Security/pricings")
    assert type_ is not None
    for scope in (SUB, SUB.lstrip("/")):
        assert arm_id(type_, {"scopeId": scope, "pricingName": "StorageAccounts"}, SUBSCRIPTION) == PLAN
    assert path_values(type_, PLAN) == {"scopeId": SUB.lstrip("/"), "pricingName": "StorageAccounts"}
    assert type_.is_extension


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"amount": 0}, "greater than 0"),
        ({"timePeriod": {"startDate": "2026-01-15T00:00:00Z"}}, "first day of a month"),
        ({"timePeriod": {"startDate": "2026-02-01T00:00:00Z", "endDate": "2026-01-01T00:00:00Z"}}, "after its start"),
        ({"timePeriod": {"startDate": "soon"}}, "given as dates"),
        ({"notifications": {"one": {"threshold": 1001, "contactEmails": ["a@example.com"]}}}, "between 0 and 1000"),
        ({"notifications": {"one": {"threshold": 80, "contactEmails": []}}}, "at least one contact"),
        ({"notifications": {str(number): {} for number in range(6)}}, "5 notifications at most"),
    ],
)
def test_a_budget_that_nobody_would_hear_of_is_refused(properties: dict[str, Any], word: str) -> None:
    """Amount, period and notifications are checked."""
    code, message = refused(MemoryEstate(), BUDGET, budget(**properties))
    assert (code, word in message) == ("400", True)


def test_a_budget_shows_what_was_spent() -> None:
    """Nothing yet; its tag changes with every write."""
    estate = MemoryEstate()
    shown = estate.put(BUDGET, budget())
    assert shown["properties"]["currentSpend"] == {"amount": 0.0, "unit": "USD"}
    assert shown["eTag"].startswith('"')


def test_rules_for_blobs() -> None:
    """A rule is enabled unless it says otherwise, does something, and has a name of its own."""
    estate = MemoryEstate()
    estate.put(ACCOUNT, account())
    rule = {"name": "old", "type": "Lifecycle", "definition": {"actions": {"baseBlob": {"delete": {}}}}}
    shown = estate.put(LIFECYCLE, {"properties": {"policy": {"rules": [rule]}}})["properties"]
    assert shown["policy"]["rules"] == [{"enabled": True, **rule}]
    for rules, word in (([], "1 to 100"), ([rule, rule], "more than once"), ([{"name": "idle"}], "no action")):
        assert word in refused(estate, LIFECYCLE, {"properties": {"policy": {"rules": rules}}})[1]
