"""What a policy rule says about one resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from azkeep.errors import Source
from azkeep.model.drift import Severity


class Verdict(StrEnum):
    """`UNKNOWN`: a value not known yet could decide. `ERROR`: the rule itself failed, which is never a pass."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    ERROR = "error"


@dataclass(frozen=True)
class Waiver:
    """Why a broken rule is accepted on a resource, by whom and until when. `resource` is an id, a name or a glob of
    either. `source` is the line that grants it."""

    rule: str
    resource: str
    reason: str
    owner: str
    expires: date
    ticket: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Place:
    """A property that decided; `path` is a JSON pointer into the document of resource `id`, found None if missing."""

    id: str | None
    path: str
    found: Any = None


@dataclass(frozen=True)
class Finding:
    """One rule on one resource. `path` and `found` are those of the first of `places`; secrets are masked in both.

    `fingerprint` stays while the rule, the resource and the values that decided stay. `accepted` is true for a failure
    that the baseline knows.
    """

    rule: str
    title: str
    severity: Severity
    verdict: Verdict
    id: str | None
    type: str
    name: str
    urn: str = ""
    path: str = ""
    found: Any = None
    places: tuple[Place, ...] = ()
    message: str = ""
    fix: str = ""
    fingerprint: str = ""
    source: Source | None = None
    waiver: Waiver | None = None
    accepted: bool = False


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of findings per verdict, every verdict present."""
    counted = Counter(finding.verdict for finding in findings)
    return {verdict.value: counted[verdict] for verdict in Verdict}
