"""An audit for a test report: a suite for each ARM type, a case for each finding, and one for what is in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.render.scans.audit import message
from azkeep.render.text.audit import TITLES
from azkeep.render.text.line import counted
from azkeep.render.values import dotted

Case = tuple[str, str, str, str]
"""Name, state (passed, failure, error, skipped), one line, and the rest of what is said."""


def suites(audit: Audit) -> list[tuple[str, list[Case]]]:
    """ARM type → its cases, by type.

    Drift is a failure, what could not be read an error, and what does not count is skipped.
    """
    by_type = sorted(audit.drifts, key=lambda drift: (drift.type.lower(), drift.id.lower()))
    found = {key: [_case(drift) for drift in group] for key, group in groupby(by_type, key=lambda drift: drift.type)}
    told = _told(audit)
    for item in audit.census:
        number = item.read - told[item.type.lower()]
        if number > 0:
            found.setdefault(item.type, []).append((f"{counted(number, 'resource')} in order", "passed", "", ""))
    return sorted(found.items())


def _told(audit: Audit) -> Counter[str]:
    """Per ARM type, the resources that were read and have a finding: neither unread ones nor those of nobody."""
    unread = {drift.id.lower() for drift in audit.drifts if drift.kind is DriftKind.UNREAD and not drift.change}
    apart = (DriftKind.UNREAD, DriftKind.UNMANAGED)
    found = {drift.id.lower() for drift in audit.drifts if drift.kind not in apart} - unread
    return Counter(type_of(id) for id in found)


def type_of(id: str) -> str:
    """The ARM type in an id, in lower case; "" for what is none."""
    try:
        return ArmId.parse(id).type.lower()
    except ValueError:
        return ""


def numbers(cases: Iterable[Case]) -> dict[str, int]:
    """The counts that a suite states."""
    states = [state for _, state, _, _ in cases]
    return {
        "tests": len(states),
        "failures": states.count("failure"),
        "errors": states.count("error"),
        "skipped": states.count("skipped"),
    }


def _case(drift: Drift) -> Case:
    path = f" {dotted(drift.change.path)}" if drift.change else ""
    name = f"{drift.id}{path}: {TITLES[drift.kind]}"
    if not drift.counts:
        return name, "skipped", drift.ignored or f"policy {drift.by_policy}", ""
    state = "error" if drift.kind is DriftKind.UNREAD else "failure"
    return name, state, f"{drift.severity.value}: {TITLES[drift.kind]}{path}", message(drift)
