"""A sample of rules over all groups, each broken in every single place: an example tells every time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.unit.policies.cases import rule_of
from tests.unit.policies.mutants import mutants

from azkeep.model.finding import Verdict
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import judge
from azkeep.policy.examples import estate_of
from azkeep.policy.rule import Rule
from azkeep.policy.sections import Example

SAMPLE = (
    *("ACR-DAT-001", "ACR-IDN-004", "ACR-IMG-003", "ACR-NET-002"),
    *("AML-DAT-001", "AML-DAT-002", "AML-NET-001", "AML-NET-002"),
    *("CMP-COST-001", "CMP-NET-002", "CMP-OPS-003", "CMP-SEC-003"),
    *("END-NET-001", "END-OPS-003", "END-SEC-001", "END-SEC-002"),
    *("GOV-LCK-001", "GOV-NAM-001", "GOV-TYP-001"),
    *("ID-FIC-001", "ID-FIC-002", "ID-RBAC-002"),
    *("KV-CFG-001", "KV-KEY-004", "KV-NET-002", "KV-REC-002"),
    *("MON-AI-003", "MON-ALR-003", "MON-LA-003", "MON-PLS-001"),
    *("NET-FW-001", "NET-LOG-002", "NET-NIC-001", "NET-SUB-003", "NET-SUB-006", "NET-DNS-003"),
    *("ST-IDN-001", "ST-IDN-004", "ST-NET-002", "ST-NET-005"),
)


@cache
def bad(id: str) -> tuple[tuple[Example, Estate], ...]:
    return tuple((each, estate_of(each)) for each in rule_of(id).sections.bad_examples())


@cache
def good(id: str) -> tuple[tuple[Example, Estate], ...]:
    return tuple((each, estate_of(each)) for each in rule_of(id).sections.good_examples())


def verdicts(rule: Rule, example: Example, read: Estate) -> set[Verdict]:
    """Of every document of the example that the rule judges, children written inside others included."""
    estate = replace(read)  # without the indexes that another mutant has made
    documents = {id(each): each for each in estate.documents if rule.judges(each)}
    documents |= {id(each): each for type_ in rule.on for each in estate.of_type(type_)}
    return {judge(rule, each, example.parameters).verdict for each in documents.values()}


def is_told(rule: Rule) -> bool:
    """A Bad example fails no more, or a Good one does not pass."""
    if any(Verdict.FAIL not in verdicts(rule, *each) for each in bad(rule.id)):
        return True
    fine = {Verdict.PASS, Verdict.NOT_APPLICABLE}
    found = [verdicts(rule, *each) for each in good(rule.id)]
    return any(Verdict.PASS not in each or not each <= fine for each in found)


@pytest.mark.parametrize("id", SAMPLE)
def test_each_place_counts(id: str) -> None:
    """No single change of the condition leaves all examples as they are."""
    changed = list(mutants(rule_of(id)))
    assert changed
    assert [each.change for each in changed if not is_told(each.rule)] == []


@pytest.mark.parametrize("id", SAMPLE)
def test_the_rule_itself_is_whole(id: str) -> None:
    """The rule as it stands is told of by nothing, so that what tells of a mutant is the change."""
    assert not is_told(rule_of(id))
