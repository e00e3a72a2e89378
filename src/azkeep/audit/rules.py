"""Policy rules that the live estate breaks, on the findings that broke them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from azkeep.audit.judge import covers, ordered
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.finding import Finding, Verdict


def with_rules(audit: Audit, findings: Iterable[Finding]) -> Audit:
    """`audit`, each finding with the rules that it breaks and at least as bad as the worst of them.

    A rule belongs to a change if one of the properties that decided it lies at, above or below it; to a resource that
    nobody declared if it is about that resource.
    """
    broken = [each for each in findings if each.verdict is Verdict.FAIL and not each.accepted]
    return replace(audit, drifts=ordered(_judged(drift, broken) for drift in audit.drifts))


def _judged(drift: Drift, broken: list[Finding]) -> Drift:
    found = [each for each in broken if _is_about(each, drift)]
    if not found:
        return drift
    worst = max((drift.severity, *(each.severity for each in found)), key=lambda severity: severity.rank)
    return replace(drift, severity=worst, rules=tuple(sorted({each.rule for each in found})))


def _is_about(finding: Finding, drift: Drift) -> bool:
    if drift.kind is DriftKind.UNMANAGED:
        return (finding.id or "").lower() == drift.id.lower()
    if drift.change is None:
        return False
    path = drift.change.path.lower()
    places = [(place.id or finding.id or "", place.path) for place in finding.places] or [
        (finding.id or "", finding.path)
    ]
    return any(id.lower() == drift.id.lower() and where and covers(where.lower(), path) for id, where in places)
