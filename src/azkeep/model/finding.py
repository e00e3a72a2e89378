"""What a policy rule says about one resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from azkeep.errors import Source
from azkeep.model.severity import Severity

WAIVER_TOKEN = "azkeep:policy:Waiver"
"""The component by which a program waives a rule, declared below the resource it is about."""


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

    @property
    def evidence(self) -> tuple[Place, ...]:
        """The places that show something; what is absent as a whole, such as a setting on a vault, has none."""
        return tuple(place for place in self.places if place.path or place.found is not None)


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of findings per verdict, every verdict present."""
    counted = Counter(finding.verdict for finding in findings)
    return {verdict.value: counted[verdict] for verdict in Verdict}


@dataclass(frozen=True)
class RuleFacts:
    """What a reader wants to know of a rule. `maps` is framework → controls, `parameters` name → value in force."""

    id: str
    title: str
    severity: Severity
    needs: str
    types: tuple[str, ...]
    paths: tuple[str, ...] = ()
    checks: str = ""
    why: str = ""
    fix: str = ""
    source: str = ""
    bad: str = ""
    good: str = ""
    maps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """What to write where, so that a finding is gone. `text` is one line of the stack's own language."""

    finding: str
    text: str
    source: Source | None = None


@dataclass(frozen=True)
class Checked:
    """A judgement. `what` says what was judged, `fail_on` from which severity a failure fails the run, `ending` which
    waivers end soon, `not_seen` what hangs on values that are not known yet. `resources` is the number judged.
    `is_advisory`: a preview or an apply goes on in spite of failures."""

    findings: tuple[Finding, ...]
    rules: tuple[RuleFacts, ...]
    fail_on: Severity
    profile: str = ""
    what: str = ""
    resources: int = 0
    ending: tuple[Waiver, ...] = ()
    not_seen: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    show_all: bool = False
    is_advisory: bool = False

    @property
    def summary(self) -> dict[str, int]:
        return count(self.findings)

    def fails(self, finding: Finding) -> bool:
        """True for a failure at or above the threshold that no waiver and no baseline accepts."""
        is_severe = finding.severity.rank >= self.fail_on.rank
        return finding.verdict is Verdict.FAIL and not finding.accepted and is_severe

    @property
    def failing(self) -> tuple[Finding, ...]:
        """What fails the run."""
        return tuple(finding for finding in self.findings if self.fails(finding))

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Rule → the first place that its demand comes from."""
        return {facts.id: facts.source.split(";")[0] for facts in self.rules}

    @property
    def broken_rules(self) -> tuple[Finding, ...]:
        """Findings about rules that raised."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.ERROR)

    @property
    def not_judged(self) -> tuple[Finding, ...]:
        """Rules at or above the threshold that raised: nobody knows whether they are kept."""
        return tuple(finding for finding in self.broken_rules if finding.severity.rank >= self.fail_on.rank)


@dataclass(frozen=True)
class Catalogue:
    """Rules to be shown. `explained` is true where one was asked for by name."""

    rules: tuple[RuleFacts, ...]
    explained: bool = False
