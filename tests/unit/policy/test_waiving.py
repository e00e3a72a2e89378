"""Waivers: whom they name, how long they hold, and what becomes of those that nothing needs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.unit.policy.findings import TODAY, URN, WORKSPACE, finding, waiver

from azkeep.model.finding import Verdict
from azkeep.model.severity import Severity
from azkeep.policy.waiving import EXPIRED, UNMATCHED, names, waive

JUDGED = frozenset({"AML-NET-001"})


@pytest.mark.parametrize(
    "resource",
    ["mlw-a", "MLW-A", WORKSPACE, WORKSPACE.upper(), URN, "mlw-*", "*/workspaces/mlw-?", "*/resourceGroups/RG/*", "*"],
)
def test_names_the_resource(resource: str) -> None:
    """By name, id or URN, or a glob of one of them, in any letter case."""
    assert names(waiver(resource), finding())


@pytest.mark.parametrize("resource", ["mlw", "mlw-b", "mlw-a/*", "workspaces/mlw-a", WORKSPACE + "x", "", "mlw-?b"])
def test_names_another_resource(resource: str) -> None:
    """A part of a name is no name."""
    assert not names(waiver(resource), finding())


def test_names_another_rule() -> None:
    """A waiver is for one rule."""
    assert not names(waiver("*", rule="AML-NET-002"), finding())
    assert names(waiver(rule="aml-net-001"), finding())


def test_failure_is_waived() -> None:
    """The finding keeps what it found, and carries its waiver."""
    found = waive([finding()], [waiver()], JUDGED, TODAY).findings
    assert [(each.verdict, each.waiver) for each in found] == [(Verdict.WAIVED, waiver())]


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.UNKNOWN, Verdict.ERROR, Verdict.NOT_APPLICABLE])
def test_only_failures_are_waived(verdict: Verdict) -> None:
    """What did not fail stays as it is; a rule that raised is never waived."""
    found = waive([finding(verdict=verdict)], [waiver()], JUDGED, TODAY).findings
    assert found[0].verdict is verdict


def test_last_day() -> None:
    """A waiver counts to the end of the day that it names."""
    assert waive([finding()], [waiver(expires=TODAY)], JUDGED, TODAY).findings[0].verdict is Verdict.WAIVED


def test_expired() -> None:
    """A day later the failure fails again, and the waiver with it, at the highest severity."""
    late = waiver(expires=TODAY - timedelta(days=1))
    found = waive([finding()], [late], JUDGED, TODAY).findings
    assert [(each.rule, each.verdict) for each in found] == [
        ("AML-NET-001", Verdict.FAIL), (EXPIRED, Verdict.FAIL),
    ]  # fmt: skip
    assert found[1].severity is Severity.CRITICAL
    assert found[1].message == "it expired on 2026-05-31"


@pytest.mark.parametrize("findings", [[], [finding(verdict=Verdict.PASS)], [finding(rule="AML-NET-002")]])
def test_unmatched(findings: list) -> None:  # type: ignore[type-arg]
    """A waiver that nothing needs fails, in force or not."""
    for expires in (date(2027, 1, 1), date(2020, 1, 1)):
        found = waive(findings, [waiver(expires=expires)], JUDGED, TODAY).findings
        assert [each.rule for each in found if each.rule.startswith("WVR")] == [UNMATCHED]


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.ERROR])
def test_open_finding_needs_its_waiver(verdict: Verdict) -> None:
    """What may turn out to fail keeps its waiver from being unmatched."""
    assert len(waive([finding(verdict=verdict)], [waiver()], JUDGED, TODAY).findings) == 1


def test_rule_that_was_not_run() -> None:
    """A waiver of a rule that this run left out is not spoken of."""
    found = waive([], [waiver(), waiver(expires=date(2020, 1, 1))], frozenset({"ST-NET-001"}), TODAY)
    assert found.findings == ()


def test_in_any_letter_case() -> None:
    """A waiver whose rule is written small is held to the same."""
    found = waive([], [waiver(rule="aml-net-001")], JUDGED, TODAY).findings
    assert [each.rule for each in found] == [UNMATCHED]


@pytest.mark.parametrize(("days", "soon"), [(0, True), (30, True), (31, False), (-1, False)])
def test_ending(days: int, soon: bool) -> None:
    """Told thirty days ahead, and not any more once it is over."""
    given = waiver(expires=TODAY + timedelta(days=days))
    assert waive([finding()], [given], JUDGED, TODAY).ending == ((given,) if soon else ())


def test_one_of_two() -> None:
    """An expired waiver beside one in force: the fault is waived, and the expired one fails."""
    late = waiver(expires=date(2020, 1, 1))
    found = waive([finding()], [late, waiver()], JUDGED, TODAY).findings
    assert [(each.rule, each.verdict) for each in found] == [
        ("AML-NET-001", Verdict.WAIVED), (EXPIRED, Verdict.FAIL),
    ]  # fmt: skip


def test_many_at_once() -> None:
    """A glob waives each resource that it names, and no other."""
    others = [finding(name=f"mlw-{letter}", id=f"{WORKSPACE[:-1]}{letter}") for letter in "abc"]
    found = waive([*others, finding(name="other", id=None, urn="")], [waiver("mlw-[ab]")], JUDGED, TODAY).findings
    assert [each.verdict.value for each in found] == ["waived", "waived", "fail", "fail"]


def test_a_waiver_by_id_holds_before_and_after_the_subscription_is_known() -> None:
    """An id copied from a check without a subscription means the same resource in a real one, and the other way."""
    path = "resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"
    nowhere = f"/subscriptions/00000000-0000-0000-0000-000000000000/{path}"
    real = f"/subscriptions/a2cee900-0000-4000-8000-000000000002/{path}"
    other = f"/subscriptions/33333333-4444-4555-8666-777777777777/{path}"
    for wanted, found, holds in ((nowhere, real, True), (real, nowhere, True), (real, other, False)):
        assert names(waiver(resource=wanted), finding(id=found, urn="", name="kv")) is holds
