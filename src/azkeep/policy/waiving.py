"""Waivers on findings: what is accepted, and which waivers have had their time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase

from azkeep.model.drift import Severity
from azkeep.model.finding import Finding, Verdict, Waiver
from azkeep.model.ids import NO_SUBSCRIPTION

EXPIRED = "WVR-001"
UNMATCHED = "WVR-002"
NO_ID = f"/subscriptions/{NO_SUBSCRIPTION}"
_SUBSCRIPTION = re.compile(r"^/subscriptions/[^/]+")
WARNING_DAYS = 30
"""A waiver that ends within so many days is told of."""


@dataclass(frozen=True)
class Waived:
    """The findings with waivers applied; `ending` are the waivers in force that end soon."""

    findings: tuple[Finding, ...]
    ending: tuple[Waiver, ...] = ()


def waive(findings: Iterable[Finding], waivers: Iterable[Waiver], judged: frozenset[str], today: date) -> Waived:
    """Failures that a waiver names are WAIVED until it expires; a waiver that is expired or that nothing needs fails.

    `judged` are the ids of the rules that were run: a waiver of another rule is left alone. A finding that is UNKNOWN
    needs its waiver too.
    """
    given = tuple(waivers)
    found = tuple(findings)
    active = tuple(waiver for waiver in given if waiver.expires >= today)
    kept = tuple(_waived(finding, active) for finding in found)
    run = {rule.casefold() for rule in judged}
    faults = tuple(
        fault for waiver in given if waiver.rule.casefold() in run for fault in _faults(waiver, found, today)
    )
    soon = today + timedelta(days=WARNING_DAYS)
    return Waived((*kept, *faults), tuple(waiver for waiver in active if waiver.expires <= soon))


def names(waiver: Waiver, finding: Finding) -> bool:
    """True where the waiver is about this rule on this resource."""
    if waiver.rule.casefold() != finding.rule.casefold():
        return False
    wanted = waiver.resource.casefold()
    candidates = [each.casefold() for each in (finding.id, finding.urn, finding.name) if each]
    return any(_is_meant(each, wanted) for each in candidates)


def _is_meant(candidate: str, wanted: str) -> bool:
    """Equal, or within the glob. Before an apply the subscription may not be known, and one of the two ids says so."""
    if NO_ID in candidate or NO_ID in wanted:
        candidate, wanted = (_SUBSCRIPTION.sub("/subscriptions/-", each) for each in (candidate, wanted))
    return candidate == wanted or fnmatchcase(candidate, wanted)


def _waived(finding: Finding, active: tuple[Waiver, ...]) -> Finding:
    if finding.verdict is not Verdict.FAIL:
        return finding
    waiver = next((waiver for waiver in active if names(waiver, finding)), None)
    return finding if waiver is None else replace(finding, verdict=Verdict.WAIVED, waiver=waiver)


def _faults(waiver: Waiver, findings: tuple[Finding, ...], today: date) -> Iterable[Finding]:
    needed = any(
        names(waiver, finding) and finding.verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR)
        for finding in findings
    )
    if not needed:
        yield _fault(waiver, UNMATCHED, "A waiver names a fault that is there", "nothing fails that it names",
                     "Remove the waiver.")  # fmt: skip
    elif waiver.expires < today:
        yield _fault(waiver, EXPIRED, "A waiver is in force", f"it expired on {waiver.expires}",
                     "Mend the fault, or renew the waiver with its owner.")  # fmt: skip


def _fault(waiver: Waiver, rule: str, title: str, message: str, fix: str) -> Finding:
    return Finding(
        rule=rule,
        title=title,
        severity=Severity.CRITICAL,
        verdict=Verdict.FAIL,
        id=None,
        type="azkeep/waivers",
        name=f"{waiver.rule} on {waiver.resource}",
        message=message,
        fix=fix,
        fingerprint=f"{rule}:{waiver.rule}:{waiver.resource}:{waiver.expires}",
        source=waiver.source,
        waiver=waiver,
    )
