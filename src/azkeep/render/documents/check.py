"""The check document, and findings as other documents hold them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azkeep.model.finding import Catalogue, Checked, Finding, RuleFacts, Verdict, Waiver
from azkeep.render.values import plain
from azkeep.render.view import View


def body(checked: Checked, view: View) -> dict[str, Any]:
    hidden = () if checked.show_all else (Verdict.PASS, Verdict.NOT_APPLICABLE)
    return {
        "what": checked.what,
        "profile": checked.profile,
        "fail_on": checked.fail_on.value,
        "rules": len(checked.rules),
        "resources": checked.resources,
        "summary": checked.summary,
        "findings": [finding(each) for each in checked.findings if each.verdict not in hidden],
        "waivers_ending": [waiver(each) for each in checked.ending],
        "not_seen": list(checked.not_seen),
        "suggestions": [
            {"fingerprint": each.finding, "text": each.text, "source": source(each.source)}
            for each in checked.suggestions
        ],
    }


def broken(checked: Checked | None) -> list[dict[str, Any]]:
    """What a plan or an outcome says of policies: failures, waived ones and rules that raised."""
    return telling(checked.findings) if checked else []


def telling(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Of `findings`, failures, waived ones and rules that raised."""
    kept = (Verdict.FAIL, Verdict.WAIVED, Verdict.ERROR)
    return [finding(each) for each in findings if each.verdict in kept]


def finding(each: Finding) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "title": each.title,
        "severity": each.severity.value,
        "verdict": each.verdict.value,
        "id": each.id,
        "type": each.type,
        "name": each.name,
        "urn": each.urn,
        "path": each.path,
        "found": plain(each.found),
        "places": [{"id": place.id, "path": place.path, "found": plain(place.found)} for place in each.places],
        "message": each.message,
        "fix": each.fix,
        "fingerprint": each.fingerprint,
        "source": source(each.source),
        "waiver": waiver(each.waiver) if each.waiver else None,
        "accepted": each.accepted,
    }


def waiver(each: Waiver) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "resource": each.resource,
        "reason": each.reason,
        "owner": each.owner,
        "expires": each.expires.isoformat(),
        "ticket": each.ticket,
    }


def source(place: Any) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line} if place else None


def catalogue(found: Catalogue, view: View) -> dict[str, Any]:
    return {"rules": [facts(each) for each in found.rules]}


def facts(each: RuleFacts) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "severity": each.severity.value,
        "needs": each.needs,
        "types": list(each.types),
        "paths": list(each.paths),
        "checks": each.checks,
        "why": each.why,
        "fix": each.fix,
        "source": each.source,
        "maps": {name: list(controls) for name, controls in each.maps.items()},
        "tags": list(each.tags),
        "parameters": plain(each.parameters),
    }
