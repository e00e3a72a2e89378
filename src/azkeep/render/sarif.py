"""SARIF 2.1.0 for code scanning: a result for each finding, at the line of the stack that declares the resource.

Limits of GitHub's code scanning: 25,000 results a run of which the first 5,000 are shown, by severity; 10 tags a rule;
gzip of 10 MB. Source: docs.github.com, "SARIF support for code scanning".
"""

from __future__ import annotations

import json
from typing import Any

from azkeep import __version__
from azkeep.errors import AzkeepError, Source
from azkeep.model.drift import Audit, Severity
from azkeep.model.finding import Checked, Finding, RuleFacts, Verdict
from azkeep.model.report import Header, Report
from azkeep.render.documents.error import flat
from azkeep.render.scans import audit as drifts
from azkeep.render.scans.place import physical
from azkeep.render.values import clean, dotted, shown
from azkeep.render.view import View

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
INFORMATION = "https://github.com/azkeep/azkeep"
MOST_RESULTS = 5_000
MOST_TAGS = 10
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
"""GitHub's bands of `security-severity`."""


def report(report: Report, view: View) -> str:
    """One run. Results without findings, such as a plan that was not judged, give a run without results."""
    if isinstance(report.result, Audit):
        return _text(_drifted(report.result, report.header))
    checked = report.result if isinstance(report.result, Checked) else getattr(report.result, "checked", None)
    return _text(_run(checked, report.header) if checked else _empty(report.header))


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """A run that did not succeed, with what stopped it."""
    notes = [
        {"level": "error", "message": {"text": error.summary}, **_at(error.source, "locations")}
        for error in flat(failed)
    ]
    run = _empty(header)
    run["invocations"] = [{"executionSuccessful": False, "toolExecutionNotifications": notes}]
    return _text(run)


def _text(run: dict[str, Any]) -> str:
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _empty(header: Header) -> dict[str, Any]:
    return {
        "tool": {
            "driver": {"name": "azkeep", "semanticVersion": __version__, "informationUri": INFORMATION, "rules": []}
        },
        "automationDetails": {"id": f"azkeep/{header.stack or 'estate'}/{header.env or 'any'}/"},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [],
    }


def _run(checked: Checked, header: Header) -> dict[str, Any]:
    shown_verdicts = (Verdict.FAIL, Verdict.WAIVED, Verdict.ERROR)
    findings = [finding for finding in checked.findings if finding.verdict in shown_verdicts][:MOST_RESULTS]
    rules = [_rule(facts) for facts in checked.rules]
    described = {facts.id for facts in checked.rules}
    rules += [_bare_rule(finding) for finding in _first_of(findings) if finding.rule not in described]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = _empty(header)
    run["tool"]["driver"]["rules"] = rules
    run["results"] = [_result(finding, index) for finding in findings]
    return run


def _drifted(audit: Audit, header: Header) -> dict[str, Any]:
    run = _empty(header)
    rules = drifts.rules(audit, LEVELS, SCORES)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run["tool"]["driver"]["rules"] = rules
    run["automationDetails"]["id"] = f"azkeep-audit/{header.stack or 'estate'}/{header.env or 'any'}/"
    run["results"] = drifts.results(audit, LEVELS, index, MOST_RESULTS)
    return run


def _first_of(findings: list[Finding]) -> list[Finding]:
    return list({finding.rule: finding for finding in reversed(findings)}.values())


def _rule(facts: RuleFacts) -> dict[str, Any]:
    controls = [f"{name}/{control}" for name in ("mcsb", "cis") for control in facts.maps.get(name, ())]
    help_text = f"{facts.checks}\n\nWhy: {facts.why}\n\nTo put right: {facts.fix}\n\nSource: {facts.source}"
    return {
        "id": facts.id,
        "name": facts.id.replace("-", ""),
        "shortDescription": {"text": facts.title},
        "fullDescription": {"text": facts.checks or facts.title},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": LEVELS[facts.severity]},
        "properties": {
            "security-severity": SCORES[facts.severity],
            "tags": ["security", *facts.tags, *controls][:MOST_TAGS],
        },
    }


def _bare_rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": finding.title},
        "help": {"text": finding.fix or finding.title},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"security-severity": SCORES[finding.severity], "tags": ["security"]},
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    found = "; ".join(
        f"{dotted(place.path) or 'the resource'} is {'missing' if place.found is None else shown(place.found)}"
        for place in finding.evidence[:5]
    )
    text = f"{finding.name}: {finding.message or finding.title}" + (f" ({found})" if found else "")
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": LEVELS[finding.severity],
        "kind": "fail",
        "message": {"text": clean(f"{text}. {finding.fix}".strip())},
        "locations": [_location(finding)],
        "partialFingerprints": {"azkeep/v1": finding.fingerprint},
    }
    if finding.waiver is not None and finding.verdict is Verdict.WAIVED:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted",
             "justification": f"{finding.waiver.reason} ({finding.waiver.owner}, until {finding.waiver.expires})"}
        ]  # fmt: skip
    elif finding.accepted:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    name = finding.id or finding.urn or finding.name
    logical = {"fullyQualifiedName": f"{name}{'#' + finding.path if finding.path else ''}", "kind": "resource"}
    return {**physical(finding.source), "logicalLocations": [logical]}


def _at(source: Source | None, member: str) -> dict[str, Any]:
    return {member: [physical(source)]} if source else {}
