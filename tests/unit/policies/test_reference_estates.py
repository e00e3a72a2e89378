"""Estates written from Microsoft's published architectures: nothing of weight is found in them, and what spoils one is.

Each file in `estates/` names the pages that it follows, and the parameters by which its owner says what is agreed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from azkeep.jobs.documents import estate_of_documents
from azkeep.model.finding import Finding, Verdict
from azkeep.model.severity import Severity
from azkeep.model.value import put, remove
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import Parameters, evaluate
from azkeep.policy.loading import load_rules, shipped

ESTATES = Path(__file__).parent / "estates"
NAMES = sorted(folder.name for folder in ESTATES.iterdir())
RULES = load_rules(shipped())
GONE = object()
NEEDED = (
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/computes",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.KeyVault/vaults",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.OperationalInsights/workspaces",
    "microsoft.insights/components",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Authorization/roleAssignments",
)


@cache
def content(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((ESTATES / name / "estate.json").read_text(encoding="utf-8"))
    return found


def parameters(name: str) -> Parameters:
    return Parameters({key: tuple(value) for key, value in content(name)["parameters"].items()})


@cache
def findings(name: str) -> tuple[Finding, ...]:
    return evaluate(RULES, estate_of_documents(ESTATES / name), parameters(name))


@pytest.mark.parametrize("name", NAMES)
class TestEachEstate:
    def test_is_whole(self, name: str) -> None:
        """It names its sources, has every kind of part, and no id twice."""
        assert content(name)["title"]
        assert all(page.startswith("learn.microsoft.com/") for page in content(name)["source"])
        documents = content(name)["value"]
        types = {each["type"].casefold() for each in documents}
        assert [each for each in NEEDED if each.casefold() not in types] == []
        assert len({each["id"].casefold() for each in documents}) == len(documents)

    def test_no_false_finding(self, name: str) -> None:
        """No rule of severity critical, high or medium fails on it, and none raises."""
        severe = [each for each in findings(name) if each.severity.rank >= Severity.MEDIUM.rank]
        assert [(each.rule, each.name, each.message) for each in severe if each.verdict is Verdict.FAIL] == []
        assert [(each.rule, each.message) for each in findings(name) if each.verdict is Verdict.ERROR] == []

    def test_is_really_judged(self, name: str) -> None:
        """Of the rules that weigh, most find something in it to pass."""
        passed = {each.rule for each in findings(name) if each.verdict is Verdict.PASS}
        weighty = {rule.id for rule in RULES if rule.severity.rank >= Severity.MEDIUM.rank}
        assert len(passed & weighty) > 75


def test_together_they_pass_the_severe_rules() -> None:
    """Every critical or high rule that judges what these estates have passes somewhere in them."""
    passed = {each.rule for name in NAMES for each in findings(name) if each.verdict is Verdict.PASS}
    severe = {rule.id for rule in RULES if rule.severity.rank >= Severity.HIGH.rank}
    assert severe - passed == NOT_IN_THEM


NOT_IN_THEM = {
    "AML-DAT-002", "AML-REG-001", "AML-REG-002", "AML-REG-003", "ID-FIC-001", "ID-FIC-002", "ID-ROLE-001",
    "KV-IDN-002",  # no confidential data, shared registry, pipeline sign-in, custom role, access policy
    "CMP-IDN-005", "END-IDN-004",  # what Azure never returns
    "ID-OUT-001", "KV-SEC-003",  # what only a program tells
}  # fmt: skip

SPOILT: tuple[tuple[str, str, str, Any, str], ...] = (
    ("own-network", "mlw-churn-prod", "/properties/publicNetworkAccess", "Enabled", "AML-NET-001"),
    ("own-network", "cpu-cluster", "/properties/properties/subnet", GONE, "CMP-NET-001"),
    ("own-network", "blue", "/properties/egressPublicNetworkAccess", "Enabled", "END-NET-002"),
    ("own-network", "nsg-training", "/properties/securityRules/5/properties/destinationAddressPrefix", "Internet",
     "NET-NSG-008"),
    ("own-network", "nsg-bastion", "/properties/securityRules/0/properties/destinationPortRange", "*", "NET-NSG-005"),
    ("own-network", "nsg-bastion", "/properties/securityRules/0/properties/destinationPortRanges", ["22"],
     "NET-NSG-005"),
    ("own-network", "nsg-bastion", "/properties/securityRules/0/properties/protocol", "*", "NET-NSG-005"),
    ("own-network", "nsg-jump", "/properties/securityRules/0/properties/sourceAddressPrefix", "*", "NET-NSG-005"),
    ("own-network", "mlw-churn-prod", "/properties/systemDatastoresAuthMode", "AccessKey", "AML-IDN-002"),
    ("managed-network", "mlw-fraud-prod", "/properties/managedNetwork/isolationMode", "AllowInternetOutbound",
     "AML-NET-004"),
    ("managed-network", "stfraudprod", "/properties/allowSharedKeyAccess", True, "ST-IDN-001"),
    ("managed-network", "kv-fraud-prod", "/properties/enablePurgeProtection", GONE, "KV-REC-001"),
    ("managed-network", "fraud-scores", "/properties/publicNetworkAccess", "Enabled", "END-NET-001"),
    ("baseline-chat", "crchatprod", "/properties/adminUserEnabled", True, "ACR-IDN-001"),
    ("baseline-chat", "nsg-gateway", "/properties/securityRules/1/properties/sourceAddressPrefix", "*", "NET-NSG-005"),
    ("baseline-chat", "search", "/properties/authType", "ApiKey", "AML-IDN-004"),
    ("baseline-chat", "ci-lin", "/properties/properties/sshSettings/sshPublicAccess", "Enabled", "CMP-NET-004"),
    ("batch-scoring", "demand-forecast", "/properties/authMode", "Key", "END-IDN-002"),
    ("batch-scoring", "sensor-readings", "/properties/publicAccess", "Container", "ST-DAT-002"),
    ("batch-scoring", "readings", "/properties/credentials", {"credentialsType": "AccountKey"}, "AML-IDN-003"),
    ("batch-scoring", "stdemandlake", "/properties/publicNetworkAccess", "Enabled", "ST-NET-001"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "resource", "path", "value", "rule"), SPOILT, ids=lambda part: "gone" if part is GONE else str(part)[:30]
)
def test_what_spoils_one(name: str, resource: str, path: str, value: Any, rule: str) -> None:
    """One property changed in one document: the rule that watches it fails."""
    before = content(name)["value"]
    found = [each for each in before if each["name"] == resource]
    assert found, f"no document is called {resource}"
    changed = [
        (remove(each, path) if value is GONE else put(each, path, value)) if each is found[-1] else each
        for each in before
    ]
    one = tuple(each for each in RULES if each.id == rule)
    after = evaluate(one, Estate.of_documents(changed), parameters(name))
    assert Verdict.FAIL in {each.verdict for each in after}
