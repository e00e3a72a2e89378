"""What an audit finds: drift per resource, and how much of the estate was read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from azkeep.model.plan import Change


class DriftKind(StrEnum):
    """`DECLARED`: a property the program sets; `UNDECLARED`: another property moved from its recorded value."""

    DECLARED = "declared_drift"
    UNDECLARED = "undeclared_drift"
    MISSING = "missing"
    UNMANAGED = "unmanaged"
    UNREAD = "unread"


class Severity(StrEnum):
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True)
class Who:
    """One recorded write that may explain a finding: Azure's own words, "" where Azure records nothing."""

    by: str
    client: str = ""
    operation: str = ""
    at: str = ""
    correlation_id: str = ""


@dataclass(frozen=True)
class Drift:
    """One finding. `change.before` is the recorded value, `change.after` the live one; None for missing, unread.

    `rules`: ids of the policies that the live value breaks.
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


@dataclass(frozen=True)
class Audit:
    """Findings, sorted by severity then id, and coverage: resources read of all recorded.

    `recorded` is false where no recording of this state exists: then declared properties alone were compared.
    """

    drifts: tuple[Drift, ...]
    read: int
    total: int
    requests: int = 0
    recorded: bool = True

    @property
    def percent(self) -> float:
        return 100.0 if not self.total else round(100.0 * self.read / self.total, 1)

    @property
    def summary(self) -> dict[str, int]:
        return {kind.value: sum(drift.kind is kind for drift in self.drifts) for kind in DriftKind}
