"""Which rules count: ids, prefixes, tags and frameworks, and what is said of a name that no rule has."""

from __future__ import annotations

import pytest

from azkeep.errors import Problems, UsageError
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.selection import controls_of, select

RULES = load_rules(shipped())


def ids(include: list[str] | None, exclude: tuple[str, ...] = ()) -> list[str]:
    return [rule.id for rule in select(RULES, include, exclude)]


def test_all() -> None:
    """Nothing said means every rule, in order of their ids."""
    assert ids(None) == sorted(rule.id for rule in RULES)


def test_id() -> None:
    """One rule by its id, in any letter case."""
    assert ids(["aml-net-001"]) == ["AML-NET-001"]


@pytest.mark.parametrize("prefix", ["ST", "st-net", "ST-NET-"])
def test_prefix(prefix: str) -> None:
    """All rules whose ids begin so, at a dash."""
    wanted = f"{prefix.upper().rstrip('-')}-"
    found = ids([prefix])
    assert found == [rule.id for rule in RULES if rule.id.startswith(wanted)]
    assert len(found) > 1


def test_tag() -> None:
    """All rules with the tag."""
    found = ids(["tag:Encryption"])
    assert found == [rule.id for rule in RULES if rule.id.split("-")[1] in ("ENC", "KEY")]
    assert "KV-KEY-001" in found


def test_every_rule_has_a_topic() -> None:
    """No rule is out of reach of the tags."""
    assert [rule.id for rule in RULES if not rule.tags] == []


@pytest.mark.parametrize("framework", ["mcsb", "cis", "checkov", "psrule", "azure_policy", "azure-policy"])
def test_framework(framework: str) -> None:
    """All rules that map to the framework, however its name is written."""
    found = ids([f"framework:{framework}"])
    assert found == [rule.id for rule in RULES if controls_of(rule, framework)]
    assert found


def test_control() -> None:
    """All rules that map to one control."""
    rule = next(rule for rule in RULES if rule.maps.mcsb)
    control = rule.maps.mcsb[0]
    assert ids([f"framework:mcsb={control.lower()}"]) == [each.id for each in RULES if control in each.maps.mcsb]


def test_several_and_exclusion() -> None:
    """Names add up, and what is excluded is out."""
    found = ids(["KV-NET", "ACR-IDN-001"], ("KV-NET-001",))
    assert "KV-NET-001" not in found
    assert found == sorted(
        rule.id
        for rule in RULES
        if (rule.id.startswith("KV-NET-") and rule.id != "KV-NET-001") or rule.id == "ACR-IDN-001"
    )


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("AML-NET-01", "Did you mean AML-NET-0"),
        ("aml-nte-001", "Did you mean AML-NET-001?"),
        ("framework:msb", "Did you mean framework:mcsb?"),
        ("AML-NE", "Did you mean"),
        ("zzz", "azkeep check --list shows all rules."),
        ("", "azkeep check --list shows all rules."),
        ("tag:netwrok", "Did you mean tag:network?"),
    ],
)
def test_name_that_no_rule_has(name: str, fix: str) -> None:
    """It is refused, with the nearest name that exists."""
    with pytest.raises(UsageError) as raised:
        ids([name])
    assert raised.value.summary == f"no rule is called {name}"
    assert raised.value.fix.startswith(fix)


def test_excluding_what_does_not_exist() -> None:
    """A slip in an exclusion is told too: the rule that was meant would go on failing."""
    with pytest.raises(UsageError, match="no rule is called KV-NTE-001"):
        ids(None, ("KV-NTE-001",))


def test_all_slips_at_once() -> None:
    """Every name that no rule has is told."""
    with pytest.raises(Problems) as raised:
        ids(["one", "AML", "two"], ("three",))
    assert [each.subject for each in raised.value.errors] == ["one", "two", "three"]
