"""What an audit finds: drift per resource, and how much of the estate was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from azkeep.errors import Source
from azkeep.model.finding import Finding, Waiver
from azkeep.model.plan import Change
from azkeep.model.severity import Severity
from azkeep.model.value import Body

if TYPE_CHECKING:
    from azkeep.model.report import Run

__all__ = ["Audit", "Census", "Drift", "DriftKind", "Severity", "SinceLast", "Who"]


class DriftKind(StrEnum):
    """`DECLARED`: a property the program sets; `UNDECLARED`: another property moved from its recorded value."""

    DECLARED = "declared_drift"
    UNDECLARED = "undeclared_drift"
    MISSING = "missing"
    UNMANAGED = "unmanaged"
    UNREAD = "unread"


@dataclass(frozen=True)
class Who:
    """One recorded write that may explain a finding: Azure's own words, "" where Azure records nothing.

    `before` and `after` are the values that Azure recorded; without `has_values` it recorded none.
    """

    by: str
    client: str = ""
    operation: str = ""
    at: str = ""
    correlation_id: str = ""
    before: Any = None
    after: Any = None
    has_values: bool = False


@dataclass(frozen=True)
class Drift:
    """One finding. `change.before` is the recorded value, `change.after` the live one; None for missing, unread.

    `rules`: ids of the policies that the live value breaks. `who` is in order of time; `who_note` says what it lacks,
    such as "values not recorded by Azure". `concern` is what the property is about: access, network, cost and so on.
    `by_policy` names the policy whose identity wrote it, `ignored` gives the reason of the ignore rule that covers it:
    with either it is shown, and is no drift. `soft_deleted`: it is missing, and can still be recovered.
    `source` is the line that declares the resource, or what is nearest above it; None where that is not known.
    """

    kind: DriftKind
    severity: Severity
    id: str
    type: str
    change: Change | None = None
    detail: str = ""
    fix: str = ""
    declared: Any = None
    who: tuple[Who, ...] = ()
    rules: tuple[str, ...] = ()
    who_note: str = ""
    concern: str = ""
    by_policy: str = ""
    ignored: str = ""
    soft_deleted: bool = False
    source: Source | None = None

    @property
    def counts(self) -> bool:
        """True if it is drift, or something that could not be read."""
        return not self.by_policy and not self.ignored


@dataclass(frozen=True)
class Census:
    """What was looked at of one ARM type: `managed` resources of the stack and how many of them were read and could
    not be, `unmanaged` ones, and those that a service made for itself, which nobody has to declare."""

    type: str
    managed: int = 0
    read: int = 0
    unread: int = 0
    unmanaged: int = 0
    by_service: int = 0


@dataclass(frozen=True)
class SinceLast:
    """What moved since the report of time `at` (RFC 3339): findings that it did not have, and that it alone has."""

    at: str
    new: tuple[Drift, ...] = ()
    resolved: tuple[Drift, ...] = ()


@dataclass(frozen=True)
class Audit:
    """Findings, sorted by severity then id, and coverage: resources read of all recorded.

    `recorded` is false where no recording of this state exists: then declared properties alone were compared.
    `calls`: requests by kind (get, list, graph, changes, activity, retry). `skipped`: what the state holds and is no
    ARM resource. `unobservable`: ARM type → properties that can be written and that Azure never returns. `hidden`:
    findings that --severity, --since or --only left out.

    The rest is for reports that show the estate: `documents` id → live document, secrets masked, of everything that was
    seen; `gone` id → recorded document of what is missing; `broken` what the policies find in it; `ending` waivers that
    end soon and `ended` those whose time is over; `applies` our own runs, newest first; `since_last` None where there
    is no report to compare with.
    """

    drifts: tuple[Drift, ...]
    read: int
    total: int
    requests: int = 0
    recorded: bool = True
    calls: Mapping[str, int] = field(default_factory=dict)
    census: tuple[Census, ...] = ()
    skipped: tuple[str, ...] = ()
    unobservable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: int = 0
    documents: Mapping[str, Body] = field(default_factory=dict)
    gone: Mapping[str, Body] = field(default_factory=dict)
    broken: tuple[Finding, ...] = ()
    ending: tuple[Waiver, ...] = ()
    ended: tuple[Waiver, ...] = ()
    applies: tuple[Run, ...] = ()
    since_last: SinceLast | None = None

    @property
    def percent(self) -> float:
        return 100.0 if not self.total else round(100.0 * self.read / self.total, 1)

    @property
    def summary(self) -> dict[str, int]:
        """Findings of each kind; what is by policy or ignored is counted apart."""
        found = {kind.value: sum(drift.kind is kind and drift.counts for drift in self.drifts) for kind in DriftKind}
        apart = {
            "by_policy": sum(bool(drift.by_policy) for drift in self.drifts),
            "ignored": sum(bool(drift.ignored) for drift in self.drifts),
        }
        return {**found, **{name: number for name, number in apart.items() if number}}
