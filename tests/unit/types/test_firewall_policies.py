"""Firewall policies and their rule collection groups."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.errors import ArmFault
from azkeep.model.value import get
from estate import NETWORK, MemoryEstate

POLICY, CHILD = f"{NETWORK}/firewallPolicies/base", f"{NETWORK}/firewallPolicies/child"
RULES = f"{POLICY}/ruleCollectionGroups/rules"
FIREWALL = f"{NETWORK}/azureFirewalls/firewall"
FILTER, NAT = "FirewallPolicyFilterRuleCollection", "FirewallPolicyNatRuleCollection"


def policy(**properties: Any) -> dict[str, Any]:
    return {"location": "westeurope", "properties": properties}


def collection(
    kind: str = FILTER, name: str = "hosts", priority: int = 200, rule: str = "NetworkRule"
) -> dict[str, Any]:
    rules = [{"ruleType": rule, "name": "rule"}]
    return {"ruleCollectionType": kind, "name": name, "priority": priority, "rules": rules}


def rules(*collections: dict[str, Any], priority: int = 100) -> dict[str, Any]:
    return {"properties": {"priority": priority, "ruleCollections": list(collections)}}


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> str:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.code


def test_a_policy_shows_who_uses_it_and_stays_while_they_do() -> None:
    """Firewalls, child policies and groups of rules are listed; the first two keep it from being deleted."""
    estate = MemoryEstate()
    shown = estate.put(POLICY, policy())["properties"]
    assert (shown["sku"], shown["threatIntelMode"]) == ({"tier": "Standard"}, "Alert")
    estate.put(CHILD, policy(basePolicy={"id": POLICY}))
    estate.put(RULES, rules(collection()))
    estate.store(FIREWALL, {"properties": {"firewallPolicy": {"id": POLICY}}})
    found = estate.show(POLICY)["properties"]
    assert {name: get(found, f"/{name}") for name in ("firewalls", "childPolicies", "ruleCollectionGroups")} == {
        "firewalls": [{"id": FIREWALL}],
        "childPolicies": [{"id": CHILD}],
        "ruleCollectionGroups": [{"id": RULES}],
    }
    with pytest.raises(ArmFault, match="in use by the following resources"):
        estate.delete(POLICY)


@pytest.mark.parametrize("name", ["intrusionDetection", "transportSecurity"])
def test_inspection_needs_the_premium_tier(name: str) -> None:
    """A Standard policy cannot have it."""
    wanted = {name: {"mode": "Deny"}}
    assert refused(MemoryEstate(), POLICY, policy(**wanted)) == "FirewallPolicyFeatureNotSupportedForSku"
    shown = MemoryEstate().put(POLICY, policy(sku={"tier": "Premium"}, **wanted))
    assert get(shown, f"/properties/{name}") == {"mode": "Deny"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (rules(priority=99), "FirewallPolicyInvalidPriority"),
        (rules(collection(priority=65001)), "FirewallPolicyInvalidPriority"),
        (rules(collection(rule="NatRule")), "FirewallPolicyRuleCollectionTypeMismatch"),
        (rules(collection(NAT)), "FirewallPolicyRuleCollectionTypeMismatch"),
        (rules(collection(), collection(name="HOSTS")), "FirewallPolicyRuleCollectionNameNotUnique"),
    ],
)
def test_rules_that_a_firewall_could_not_order_are_refused(body: dict[str, Any], code: str) -> None:
    """Priorities, kinds and names of collections are checked."""
    estate = MemoryEstate()
    estate.put(POLICY, policy())
    assert refused(estate, RULES, body) == code
