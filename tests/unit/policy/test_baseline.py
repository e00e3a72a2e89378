"""Baselines: known failures pass by, a new fault on the same resource does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import rule_of
from tests.unit.policy.findings import finding

from azkeep.errors import SettingsError
from azkeep.model.finding import Finding, Verdict
from azkeep.policy.baseline import accept, baseline_text, load_baseline
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate

VAULT = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
RULES = (rule_of("KV-NET-001"), rule_of("KV-NET-002"), rule_of("KV-REC-001"))


def judged(id: str = VAULT, **properties: Any) -> tuple[Finding, ...]:
    return evaluate(RULES, Estate.of_documents([{"id": id, "properties": properties}]))


def failing(findings: tuple[Finding, ...], known: frozenset[str]) -> set[str]:
    return {each.rule for each in accept(findings, known) if each.verdict is Verdict.FAIL and not each.accepted}


def baseline_of(findings: tuple[Finding, ...], folder: Path) -> frozenset[str]:
    file = folder / "baseline.json"
    file.write_text(baseline_text(findings), encoding="utf-8")
    return load_baseline(file)


WEAK = {"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Allow"}, "enablePurgeProtection": True}


def test_round_trip(tmp_path: Path) -> None:
    """What a baseline was written from fails no more."""
    before = judged(**WEAK)
    assert failing(before, frozenset()) == {"KV-NET-001", "KV-NET-002"}
    assert failing(before, baseline_of(before, tmp_path)) == set()


def test_new_rule_on_the_same_resource(tmp_path: Path) -> None:
    """A rule that was kept before and is broken now fails."""
    known = baseline_of(judged(**WEAK), tmp_path)
    assert failing(judged(**{**WEAK, "enablePurgeProtection": None}), known) == {"KV-REC-001"}


def test_new_fault_under_the_same_rule(tmp_path: Path) -> None:
    """Another value that breaks the same rule on the same resource fails."""
    closed = {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]}
    known = baseline_of(judged(**{**WEAK, "networkAcls": closed}), tmp_path)
    wider = {**closed, "ipRules": [{"value": "203.0.113.7"}, {"value": "0.0.0.0/0"}]}
    assert failing(judged(**{**WEAK, "networkAcls": closed}), known) == set()
    assert failing(judged(**{**WEAK, "networkAcls": wider}), known) == {"KV-NET-002"}


def test_other_values_do_not_matter(tmp_path: Path) -> None:
    """What the rule did not find fault with may change, and so may the letter case of the id."""
    known = baseline_of(judged(**WEAK), tmp_path)
    assert failing(judged(**WEAK, softDeleteRetentionInDays=30), known) == set()
    assert failing(judged(VAULT.upper().replace("SUBSCRIPTIONS", "subscriptions"), **WEAK), known) == set()


def test_another_resource(tmp_path: Path) -> None:
    """The same fault on another resource fails."""
    known = baseline_of(judged(**WEAK), tmp_path)
    assert failing(judged(f"{VAULT}2", **WEAK), known) == {"KV-NET-001", "KV-NET-002"}


@given(st.permutations([finding(rule=f"AML-NET-00{n}", fingerprint=f"{n}" * 4) for n in range(1, 5)]))
def test_text_is_sorted(findings: list[Finding]) -> None:
    """The file does not depend on the order of the findings, and holds each once."""
    text = baseline_text([*findings, findings[0]])
    assert [entry["rule"] for entry in json.loads(text)["findings"]] == [f"AML-NET-00{n}" for n in range(1, 5)]


def test_only_failures(tmp_path: Path) -> None:
    """Passes, waived and open findings are not kept, nor does a baseline turn them into anything."""
    others = tuple(finding(verdict=verdict) for verdict in Verdict if verdict is not Verdict.FAIL)
    assert json.loads(baseline_text(others))["findings"] == []
    assert [each.verdict for each in accept(others, frozenset({"aaaa"}))] == [each.verdict for each in others]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"findings": 7}', '{"findings": [{}]}', '{"findings": ["aaaa"]}', "null", "\x00"]
)
def test_no_baseline(tmp_path: Path, text: str) -> None:
    """A file of another kind is named, and what makes one."""
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(SettingsError, match="this is no baseline of azkeep") as raised:
        load_baseline(file)
    assert raised.value.fix == "azkeep check STACK --write-baseline FILE makes one."


def test_missing_file(tmp_path: Path) -> None:
    """So is one that is not there."""
    with pytest.raises(SettingsError, match="the baseline cannot be read: No such file or directory"):
        load_baseline(tmp_path / "none.json")
