"""An audit for code scanning: a result for each finding; a rule for each kind and severity, which GitHub shows by rule.

An id is kind and severity, `declared_drift/critical`: SARIF 2.1.0 lets an id have parts (3.5.4).
"""

from __future__ import annotations

from typing import Any

from azkeep.model.drift import Audit, Drift, DriftKind, Severity, Who
from azkeep.render.documents.audit import fingerprint
from azkeep.render.scans.place import physical
from azkeep.render.text.audit import TITLES
from azkeep.render.values import after, before, clean, client, dotted, resource_name, second, shown

HELP = {
    DriftKind.DECLARED: "A property that the program sets has another value in the cloud.",
    DriftKind.UNDECLARED: "A property that nobody declared has another value than at the last apply.",
    DriftKind.MISSING: "A resource that was applied is not there.",
    DriftKind.UNMANAGED: "A resource that nobody declared stands among the stack's own.",
    DriftKind.UNREAD: "Something could not be read: it is neither in order nor gone.",
}


def rules(audit: Audit, levels: dict[Severity, str], scores: dict[Severity, str]) -> list[dict[str, Any]]:
    """The rules that the findings use, worst first."""
    pairs = {(drift.severity, drift.kind) for drift in audit.drifts}
    ordered = sorted(pairs, key=lambda pair: (-pair[0].rank, pair[1]))
    return [_rule(kind, severity, levels[severity], scores[severity]) for severity, kind in ordered]


def results(audit: Audit, levels: dict[Severity, str], index: dict[str, int], most: int) -> list[dict[str, Any]]:
    """The findings as they stand in the audit, worst first, at most `most`; what does not count is suppressed."""
    return [_result(drift, levels[drift.severity], index[rule_id(drift)]) for drift in audit.drifts[:most]]


def rule_id(drift: Drift) -> str:
    return f"{drift.kind.value}/{drift.severity.value}"


def message(drift: Drift) -> str:
    """The finding in a sentence: resource, property, values, who and when, the rules that it breaks, the fix."""
    said = f"{resource_name(drift.id)}: {TITLES[drift.kind]}"
    if drift.change:
        said += f" of {dotted(drift.change.path)}: {_shown(before(drift.change))} → {_shown(after(drift.change))}"
    if drift.detail:
        said += f": {drift.detail}"
    hands = "; ".join(hand(who) for who in drift.who) or drift.who_note
    parts = (said, f"By {hands}" if drift.who else hands, f"Breaks {', '.join(drift.rules)}" if drift.rules else "")
    fix = f" To put right: {drift.fix}" if drift.fix else ""
    return clean(". ".join(part.rstrip(".") for part in parts if part) + "." + fix)


def hand(who: Who) -> str:
    """Who, with what and when."""
    named = client(who)
    return f"{who.by}{f' with {named}' if named else ''}{f' at {second(who.at)}' if who.at else ''}"


def _rule(kind: DriftKind, severity: Severity, level: str, score: str) -> dict[str, Any]:
    title = f"{TITLES[kind].capitalize()}, {severity.value}"
    return {
        "id": f"{kind.value}/{severity.value}",
        "shortDescription": {"text": title},
        "fullDescription": {"text": HELP[kind]},
        "help": {"text": HELP[kind]},
        "defaultConfiguration": {"level": level},
        "properties": {"security-severity": score, "tags": ["security", "drift"]},
    }


def _result(drift: Drift, level: str, index: int) -> dict[str, Any]:
    path = f"#{drift.change.path}" if drift.change else ""
    logical = {"fullyQualifiedName": f"{drift.id}{path}", "kind": "resource"}
    result: dict[str, Any] = {
        "ruleId": rule_id(drift),
        "ruleIndex": index,
        "level": level,
        "kind": "fail",
        "message": {"text": message(drift)},
        "locations": [{**physical(drift.source), "logicalLocations": [logical]}],
        "partialFingerprints": {"azkeep/v1": fingerprint(drift)},
    }
    if not drift.counts:
        why = drift.ignored or f"policy {drift.by_policy}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _shown(value: Any) -> str:
    return "absent" if value is None else shown(value)
