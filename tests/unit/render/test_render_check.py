"""A judgement in every format: SARIF, JUnit, Markdown, JSON and text say the same, within each format's limits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from azkeep.errors import SettingsError, Source
from azkeep.model.drift import Severity
from azkeep.model.finding import Catalogue, Checked, Finding, Place, RuleFacts, Verdict, Waiver
from azkeep.model.plan import Plan
from azkeep.model.report import Header, Report
from azkeep.render import format_named
from azkeep.render import json as documents
from azkeep.render.view import View

VAULT_ID = "/subscriptions/1/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"
RULE_FACTS = RuleFacts(
    "KV-NET-001", "Vault refuses public traffic", Severity.CRITICAL, "attribute", ("Microsoft.KeyVault/vaults",),
    paths=("properties.publicNetworkAccess",), checks="Equals disabled.", why="Secrets open all.", fix="Close it.",
    source="a/page.json; another", maps={"mcsb": ("NS-2",)}, tags=("network",),
)  # fmt: skip
FINDING = Finding(
    rule="KV-NET-001", title=RULE_FACTS.title, severity=Severity.CRITICAL, verdict=Verdict.FAIL, id=VAULT_ID,
    type="Microsoft.KeyVault/vaults", name="kv", urn="urn:pulumi:dev::s::azure-native:keyvault:Vault::vault",
    path="/properties/publicNetworkAccess", found="Enabled", fix="Close it.", fingerprint="f1",
    places=(Place(VAULT_ID, "/properties/publicNetworkAccess", "Enabled"),),
    source=Source("stacks/a b/__main__.py", 32),
)  # fmt: skip
WAIVER = Waiver("KV-NET-001", "kv", "until the link is approved", "me@example.com", date(2027, 1, 31), "T-1")
OTHERS = (
    replace(FINDING, verdict=Verdict.WAIVED, waiver=WAIVER, name="waived", fingerprint="f2"),
    replace(FINDING, accepted=True, name="known", fingerprint="f3"),
    replace(FINDING, verdict=Verdict.UNKNOWN, name="open", fingerprint="f4", message="the id is not known yet"),
    replace(FINDING, verdict=Verdict.PASS, name="good", fingerprint="f5", places=(), path="", found=None),
    replace(FINDING, verdict=Verdict.ERROR, name="odd", fingerprint="f6", message="the rule raised KeyError"),
    replace(FINDING, severity=Severity.LOW, name="below", fingerprint="f7"),
)
CHECKED = Checked(
    (FINDING, *OTHERS), (RULE_FACTS,), Severity.HIGH, "secure-enterprise", "stacks/a b", 7, ending=(WAIVER,)
)
ID = VAULT_ID
REPORT = Report(Header(stack="s", env="dev", cloud="local"), CHECKED, ("1 finding at or above high",), 3)
PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation"],
    "properties": {
        "artifactLocation": {"type": "object", "required": ["uri"], "properties": {"uri": {"pattern": "^[^ \\\\]+$"}}},
        "region": {"type": "object", "properties": {"startLine": {"type": "integer", "minimum": 1}}},
    },
}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"properties": {"driver": {"required": ["name", "rules"], "properties": {"rules": {
                        "uniqueItems": True, "items": {
                            "required": ["id", "shortDescription", "fullDescription", "help"],
                            "properties": {"shortDescription": TEXT, "fullDescription": TEXT, "help": TEXT,
                                           "defaultConfiguration": {"properties": {"level": LEVEL}}}}}}}}},
                    "results": {"maxItems": 5000, "items": {
                        "required": ["ruleId", "message", "locations", "partialFingerprints"],
                        "properties": {"level": LEVEL, "message": TEXT, "locations": {"minItems": 1, "items": {
                            "required": ["physicalLocation"], "properties": {"physicalLocation": PHYSICAL}}}}}},
                    "automationDetails": {"required": ["id"]},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                },
            }
        },
    },
}  # fmt: skip
"""What GitHub and SARIF 2.1.0 ask for. Source: docs.oasis-open.org/sarif v2.1.0; docs.github.com, SARIF support."""


def shown(name: str, checked: Checked = CHECKED) -> str:
    text: str = format_named(name).report(replace(REPORT, result=checked), View())
    return text


def test_sarif_has_what_the_standard_and_github_ask_for() -> None:
    """One result for each failure, waived and known ones suppressed, at the line that declares the resource."""
    document = json.loads(shown("sarif"))
    jsonschema.validate(document, SARIF)
    run = document["runs"][0]
    results = {each["message"]["text"].split(":")[0]: each for each in run["results"]}
    assert set(results) == {"kv", "waived", "known", "odd", "below"}
    place = results["kv"]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "stacks/a%20b/__main__.py"}, "region": {"startLine": 32}}
    assert results["kv"]["level"] == "error"
    assert results["below"]["level"] == "note"
    assert results["waived"]["suppressions"][0]["justification"].startswith("until the link is approved")
    assert results["known"]["suppressions"][0]["justification"] == "in the baseline"
    assert "suppressions" not in results["kv"]
    rule = run["tool"]["driver"]["rules"][results["kv"]["ruleIndex"]]
    assert (rule["id"], rule["properties"]["security-severity"]) == ("KV-NET-001", "9.5")
    assert len(rule["properties"]["tags"]) <= 10


def test_sarif_keeps_within_githubs_number_of_results() -> None:
    """Of too many findings the worst are kept."""
    many = tuple(replace(FINDING, name=f"kv{number}", fingerprint=str(number)) for number in range(5_001))
    assert len(json.loads(shown("sarif", replace(CHECKED, findings=many)))["runs"][0]["results"]) == 5_000


def test_sarif_of_a_failure_is_a_run_that_did_not_succeed() -> None:
    """What stopped the run is a notification at its place, and there are no results."""
    error = SettingsError("unknown setting `a`", source=Source("azkeep.yaml", 3))
    document = json.loads(format_named("sarif").failure(error, Header(), View()))
    jsonschema.validate(document, SARIF)
    invocation = document["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "unknown setting `a`"


def test_junit_counts_what_fails_the_run() -> None:
    """Failures at or above the threshold fail; below it, waived, known and open ones are skipped and say why."""
    root = ElementTree.fromstring(shown("junit"))
    counted = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "7", "failures": "1", "errors": "1", "skipped": "4"}
    failed = root.find(".//failure")
    assert failed is not None
    assert "properties.publicNetworkAccess" in (failed.text or "")
    reasons = {each.get("message") for each in root.iter("skipped")}
    assert "known: in the baseline" in reasons
    assert any(reason and reason.startswith("waived until 2027-01-31 by me@example.com") for reason in reasons)
    assert "fails at low, below high" in reasons


@pytest.mark.parametrize("text", ["\x00\x1b[31m", "]]>", "<a & 'b' \"c\">", "\ud800"])
def test_junit_is_xml_whatever_a_value_holds(text: str) -> None:
    """Control characters, markup and halves of characters leave a document that parses."""
    odd = replace(FINDING, name=text, message=text, found=text, places=(Place(ID, "/a", text),), fix=text)
    assert ElementTree.fromstring(shown("junit", replace(CHECKED, findings=(odd,)))).get("failures") == "1"


def test_markdown_is_cut_after_whole_rows() -> None:
    """A comment stays under GitHub's limit, every row is whole, and the rest is counted."""
    many = tuple(replace(FINDING, name=f"kv{number}", fix="x" * 200) for number in range(1_000))
    text = shown("markdown", replace(CHECKED, findings=many))
    rows = [line for line in text.splitlines() if line.startswith("| critical")]
    assert len(text) < 65_536
    assert {row.count(" | ") for row in rows} == {4}
    assert f"… and {1_000 - len(rows)} findings more" in text


def test_markdown_shows_value_place_and_fix() -> None:
    """The row of a finding names rule, resource, line, value and what to do."""
    row = next(line for line in shown("markdown").splitlines() if "| kv<br>" in line)
    for part in ("KV-NET-001", "stacks/a b/__main__.py:32", "properties.publicNetworkAccess", "Enabled", "Close it."):
        assert part in row


@pytest.mark.parametrize("show_all", [False, True])
def test_json_is_valid_and_lists_passes_only_when_asked(show_all: bool) -> None:
    """The document fits its schema; passes stand in it with `--all` alone."""
    document = json.loads(shown("json", replace(CHECKED, show_all=show_all)))
    jsonschema.validate(document, documents.schema("check"))
    assert ("good" in {each["name"] for each in document["findings"]}) is show_all
    assert document["summary"] == {
        "pass": 1, "fail": 3, "unknown": 1, "not_applicable": 0, "waived": 1, "error": 1
    }  # fmt: skip
    assert document["waivers_ending"][0]["expires"] == "2027-01-31"


def test_text_groups_by_resource_with_value_fix_and_source() -> None:
    """A failure shows its line, path, value, what to set and where the demand comes from."""
    text = shown("text")
    assert "kv  Microsoft.KeyVault/vaults  stacks/a b/__main__.py:32" in text
    assert 'properties.publicNetworkAccess: "Enabled"' in text
    assert "to put right: Close it." in text
    assert "source: a/page.json" in text
    assert "Waivers that end soon (1)" in text
    assert text.rstrip().endswith("1 finding at or above high (secure-enterprise)")


@pytest.mark.parametrize(
    ("verbose", "names"), [(False, {"kv", "odd"}), (True, {"kv", "waived", "known", "open", "odd", "below"})]
)
def test_a_plan_tells_what_fails_it_and_with_v_all_that_is_open(verbose: bool, names: set[str]) -> None:
    """Of a plan's findings those that stop it; `-v` adds what is below, accepted, waived and not known yet."""
    text = format_named("text").report(Report(Header(), Plan((), checked=CHECKED)), View(verbose=verbose))
    assert {row.split()[0] for row in text.splitlines() if "  Microsoft.KeyVault/vaults  " in row} == names


def test_markdown_explains_a_rule() -> None:
    """A rule that is explained has its id and title for a headline, and its examples in blocks of their own."""
    report = Report(Header(), Catalogue((replace(RULE_FACTS, bad="a: 1", good="a: 2"),), explained=True))
    text = format_named("markdown").report(report, View())
    assert text.startswith("### KV-NET-001 Vault refuses public traffic (critical)\n\n- **checks**: Equals disabled.\n")
    assert "#### Bad\n\n```yaml\na: 1\n```\n\n#### Good\n\n```yaml\na: 2\n```\n" in text
