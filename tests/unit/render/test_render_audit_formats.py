"""An audit for code scanning and for test reports."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import estate_examples as estate
import pytest
import render_examples as examples
from hypothesis import given
from hypothesis import strategies as st

from azkeep.model.drift import Audit, Census, DriftKind
from azkeep.model.plan import Change
from azkeep.model.report import Report
from azkeep.render import junit, sarif
from azkeep.render.documents.audit import fingerprint
from azkeep.render.view import View


def scanned(audit: Audit = estate.AUDITED) -> dict[str, Any]:
    """The one run of the SARIF document."""
    document: dict[str, Any] = json.loads(sarif.report(Report(examples.HEADER, audit), View()))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    return dict(run)


def cases(audit: Audit = estate.AUDITED) -> ElementTree.Element:
    return ElementTree.fromstring(junit.report(Report(examples.HEADER, audit), View()))


def test_sarif_has_a_result_for_each_finding() -> None:
    """Worst first, with the level of its severity and a fingerprint that the JSON document has as well."""
    results = scanned()["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("declared_drift/critical", "error"),
        ("missing/critical", "error"),
        ("unmanaged/high", "error"),
        ("undeclared_drift/low", "note"),
        ("undeclared_drift/low", "note"),
        ("unread/info", "note"),
    ]
    assert [each["partialFingerprints"]["azkeep/v1"] for each in results] == list(map(fingerprint, estate.DRIFTS))


def test_sarif_says_who_when_what_and_how_to_put_right() -> None:
    """The message names the hand, its client and time, the values, the broken rule and the command."""
    text = scanned()["results"][0]["message"]["text"]
    assert text == (
        'kv: declared drift of properties.publicNetworkAccess: "Disabled" → "Enabled".'
        " By eve@example.com with Azure Portal at 2026-11-21T18:04:00Z. Breaks KV-NET-001."
        f" To put right: {estate.OPENED.fix}"
    )
    assert "no record of the last 14 days" in scanned()["results"][2]["message"]["text"]


def test_sarif_points_at_the_line_that_declares_it() -> None:
    """GitHub shows the finding there; one without a line stands at the project file."""
    first, second = (each["locations"][0]["physicalLocation"] for each in scanned()["results"][:2])
    assert (first["artifactLocation"]["uri"], first["region"]["startLine"]) == (
        "stacks/secure-workspace/__main__.py",
        31,
    )
    assert (second["artifactLocation"]["uri"], second["region"]["startLine"]) == ("Pulumi.yaml", 1)


def test_sarif_rules_are_those_that_the_results_use() -> None:
    """Each result points at its rule, which has GitHub's score; no two rules share an id."""
    run = scanned()
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    assert len({each["id"] for each in rules}) == len(rules)
    assert rules[0]["properties"]["security-severity"] == "9.5"
    assert run["automationDetails"]["id"] == "azkeep-audit/secure-workspace/dev/"


def test_sarif_suppresses_what_does_not_count() -> None:
    """What a policy deploys is accepted with its reason; drift is not."""
    results = scanned()["results"]
    assert results[4]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "policy tag-everything"}
    ]
    assert [each for each in results if "suppressions" in each] == [results[4]]


def test_sarif_keeps_within_githubs_number_of_results() -> None:
    """Of too many findings the first, which are the worst, are kept."""
    assert len(scanned(estate.many(5_001))["results"]) == 5_000


def test_junit_counts_drift_as_failures_and_unread_as_errors() -> None:
    """A suite for each type; what does not count is skipped; what is in order is a case that passes."""
    root = cases()
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7",
        "failures": "4",
        "errors": "1",
        "skipped": "1",
    }
    suites = {each.get("name"): each for each in root.iter("testsuite")}
    assert list(suites) == sorted(filter(None, suites))
    storage = suites["Microsoft.Storage/storageAccounts"]
    assert [each.get("name") for each in storage.iter("testcase")][-1] == "1 resource in order"
    assert [each.get("message") for each in root.iter("skipped")] == ["policy tag-everything"]
    failure = suites["Microsoft.KeyVault/vaults"].find(".//failure")
    assert failure is not None
    assert failure.get("message") == "critical: declared drift properties.publicNetworkAccess"
    assert "By eve@example.com" in (failure.text or "")


def test_junit_does_not_count_the_unmanaged_among_those_in_order() -> None:
    """A compute that nobody declared takes nothing from the four that were read and are in order."""
    computes = Census("Microsoft.MachineLearningServices/workspaces/computes", 4, 4, unmanaged=1)
    audit = replace(estate.AUDITED, drifts=(estate.DRIFTS[2],), census=(computes,))
    assert [each.get("name") for each in cases(audit).iter("testcase")][-1] == "4 resources in order"


@pytest.mark.parametrize("module", [sarif, junit])
def test_an_estate_in_order_has_no_findings(module: Any) -> None:
    """In sync: no result and no failure."""
    text = module.report(Report(examples.HEADER, examples.IN_SYNC), View())
    assert "drift" not in text.replace("azkeep-audit", "")


@pytest.mark.parametrize("module", [sarif, junit])
def test_secrets_are_masked(module: Any) -> None:
    """A secret property shows neither value."""
    change = Change("/properties/key", examples.CANARY, examples.CANARY + "2", secret=True)
    audit = Audit((replace(estate.OPENED, change=change),), 1, 1)
    text = module.report(Report(examples.HEADER, audit), View())
    assert examples.CANARY not in text
    assert "[secret]" in text


@given(st.text(), st.text(), st.sampled_from(DriftKind))
def test_any_text_leaves_documents_that_parse(one: str, two: str, kind: DriftKind) -> None:
    """Names, details and values of any kind leave well-formed XML and JSON with their result."""
    drift = replace(
        estate.OPENED, kind=kind, id=one, type=two, change=Change(f"/{one}", two, {one: two}), detail=two, fix=one
    )
    audit = Audit((drift,), 1, 1)
    assert len(scanned(audit)["results"]) == 1
    assert cases(audit).get("tests") == "1"
