"""Exemptions, guard rails and budgets where their rules branch."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import judged, rule_of

from azkeep.model.finding import Verdict
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE

SUBSCRIPTION_ID = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP_ID = f"{SUBSCRIPTION_ID}/resourceGroups/example"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"
VAULT = "Microsoft.KeyVault/vaults"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
EXEMPTION = "Microsoft.Authorization/policyExemptions"
POLICY = "Microsoft.Authorization/policyAssignments"
INITIATIVE = "Microsoft.Authorization/policySetDefinitions"
BUDGET = "Microsoft.Consumption/budgets"


def vault() -> dict[str, Any]:
    return {"type": VAULT, "name": "vault"}


class TestExemptions:
    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ({"exemptionCategory": "waiver", "expiresOn": "2026-06-30T00:00:00Z"}, PASS),
            ({"exemptionCategory": "Waiver", "expiresOn": "2026-06-30T00:00:00.0000000Z"}, PASS),
            ({"exemptionCategory": "Waiver", "expiresOn": "2026-06-30"}, PASS),
            ({"exemptionCategory": "Waiver", "expiresOn": "2026-07-31T00:00:00Z"}, FAIL),
            ({"exemptionCategory": "Waiver", "expiresOn": "2025-12-31T00:00:00Z"}, FAIL),
            ({"exemptionCategory": "Waiver", "expiresOn": "soon"}, FAIL),
            ({"exemptionCategory": "Waiver", "expiresOn": "?"}, UNKNOWN),
            ({"exemptionCategory": "Waiver", "description": "why"}, FAIL),
            ({"exemptionCategory": "Mitigated", "description": "why"}, PASS),
            ({"exemptionCategory": "Mitigated", "expiresOn": "2030-01-01T00:00:00Z"}, PASS),
            ({"exemptionCategory": "Mitigated"}, FAIL),
            ({"exemptionCategory": "?", "description": "why"}, UNKNOWN),
            ({"exemptionCategory": "?"}, FAIL),
            ({"expiresOn": "2026-06-30T00:00:00Z"}, FAIL),
        ],
    )
    def test_end(self, properties: dict[str, Any], verdict: Verdict) -> None:
        """A waiver ends within half a year, a mitigation at some time or with a reason."""
        document = {"type": EXEMPTION, "name": "e", "properties": properties}
        assert judged("GOV-POL-001", document, today="2026-01-15").verdict is verdict

    def test_clock(self) -> None:
        """Without a date the clock counts."""
        document = {"type": EXEMPTION, "name": "e", "properties": {"exemptionCategory": "Waiver"}}
        document["properties"]["expiresOn"] = "2024-01-01T00:00:00Z"
        assert judged("GOV-POL-001", document).verdict is FAIL


DEFINITION = "5853517a-63de-11ea-bc55-0242ac130003"


class TestGuardRails:
    def assignment(self, id: Any = DEFINITION, scope: str = SUBSCRIPTION_ID, **properties: Any) -> dict[str, Any]:
        definition = f"/providers/Microsoft.Authorization/policyDefinitions/{id}" if id == DEFINITION else id
        return {
            "type": POLICY,
            "name": "a",
            "scope": scope,
            "properties": {"policyDefinitionId": definition, **properties},
        }

    def judged(self, *others: dict[str, Any], live: bool = True) -> Verdict:
        document = {"type": WORKSPACE, "name": "ws"}
        return judged("GOV-POL-002", document, *others, live=live, required_guardrails=(DEFINITION.upper(),)).verdict

    def test_none_required(self) -> None:
        """Without a list nothing is asked."""
        assert judged("GOV-POL-002", {"type": WORKSPACE, "name": "ws"}, live=True).verdict is NA

    def test_scopes(self) -> None:
        """An assignment covers what lies below it."""
        for scope in (SUBSCRIPTION_ID, GROUP_ID, "@ws"):
            assert self.judged(self.assignment(scope=scope)) is PASS
        assert self.judged(self.assignment(scope=f"{SUBSCRIPTION_ID}/resourceGroups/other")) is FAIL

    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ({"enforcementMode": "Default"}, PASS),
            ({"enforcementMode": "DoNotEnforce"}, FAIL),
            ({"enforcementMode": "?"}, UNKNOWN),
            ({"notScopes": []}, PASS),
            ({"notScopes": [GROUP_ID.upper()]}, FAIL),
            ({"notScopes": [f"{SUBSCRIPTION_ID}/resourceGroups/other"]}, PASS),
            ({"notScopes": ["?"]}, UNKNOWN),
        ],
    )
    def test_in_force(self, properties: dict[str, Any], verdict: Verdict) -> None:
        """It must be enforced, and not leave the workspace out."""
        assert self.judged(self.assignment(**properties)) is verdict

    def test_initiative(self) -> None:
        """One definition of an initiative counts; an initiative that is not given may have it."""
        definition = {"policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{DEFINITION}"}
        initiative = {"type": INITIATIVE, "name": "i", "scope": SUBSCRIPTION_ID}
        holds = {**initiative, "properties": {"policyDefinitions": [definition]}}
        assert self.judged(self.assignment("@i"), holds) is PASS
        assert self.judged(self.assignment("@i"), {**initiative, "properties": {"policyDefinitions": []}}) is FAIL
        assert self.judged(self.assignment(f"{SUBSCRIPTION_ID}/providers/{INITIATIVE}/other")) is UNKNOWN

    def test_declared(self) -> None:
        """A program may pass, but what it lacks may be there already."""
        assert self.judged(self.assignment(), live=False) is PASS
        assert self.judged(live=False) is UNKNOWN


class TestBudgets:
    def budget(self, scope: str, name: str = "b", **changes: Any) -> dict[str, Any]:
        notifications = {"early": {"enabled": True, "threshold": 80}}
        properties = {"amount": 100, "notifications": notifications, **changes}
        return {"type": BUDGET, "name": name, "scope": scope, "properties": properties}

    def judged(self, *others: dict[str, Any]) -> Verdict:
        return judged("GOV-CST-001", {"type": SUBSCRIPTION, "name": "sub"}, *others).verdict

    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            ({}, PASS),
            ({"amount": None}, FAIL),
            ({"amount": 0}, FAIL),
            ({"notifications": {}}, FAIL),
            ({"notifications": {"a": {"enabled": True, "threshold": 100}}}, PASS),
            ({"notifications": {"a": {"enabled": True, "threshold": 101}}}, FAIL),
            ({"notifications": {"a": {"threshold": 50}}}, FAIL),
            ({"notifications": {"a": {"enabled": True, "threshold": "?"}}}, UNKNOWN),
            ({"notifications": {"a": {"enabled": False, "threshold": "?"}}}, FAIL),
        ],
    )
    def test_budget_of_the_subscription(self, changes: dict[str, Any], verdict: Verdict) -> None:
        """It must tell somebody before it is spent."""
        assert self.judged(self.budget(SUBSCRIPTION_ID, **changes)) is verdict

    def test_budgets_of_groups(self) -> None:
        """Every group that the estate has something in needs one."""
        other = {"type": VAULT, "id": f"{SUBSCRIPTION_ID}/resourceGroups/other/providers/{VAULT}/v", "name": "v"}
        first, second = self.budget(GROUP_ID), self.budget(f"{SUBSCRIPTION_ID}/resourceGroups/other", "c")
        assert self.judged(vault(), first) is PASS
        assert self.judged(vault(), other, first) is FAIL
        assert self.judged(vault(), other, first, second) is PASS

    def test_of_another_subscription(self) -> None:
        """Each subscription is judged by itself."""
        estate = Estate.of_documents(
            [
                {"id": f"{GROUP_ID}/providers/{VAULT}/one"},
                {"id": f"/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/g/providers/{VAULT}/two"},
                {
                    "id": f"{SUBSCRIPTION_ID}/providers/{BUDGET}/b",
                    "properties": self.budget(SUBSCRIPTION_ID)["properties"],
                },
            ]
        )
        found = evaluate([rule_of("GOV-CST-001")], estate)
        assert [each.verdict for each in found] == [PASS, FAIL]
