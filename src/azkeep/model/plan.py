"""What an engine run will do or did: steps, their changes, diagnostics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from azkeep.errors import Source
from azkeep.model.finding import Checked, Finding
from azkeep.model.severity import Severity


class Operation(StrEnum):
    """What happens to one resource; the three engine steps of a replacement are one REPLACE."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"
    READ = "read"
    IMPORT = "import"
    FORGET = "forget"


@dataclass(frozen=True)
class Change:
    """One property that differs. `path` is a JSON pointer into the ARM document."""

    path: str
    before: Any = None
    after: Any = None
    forces_replace: bool = False
    secret: bool = False
    unknown: bool = False


@dataclass(frozen=True)
class Step:
    """One resource of a plan or outcome. `id` is None until ARM has given one; `type` is the ARM type, or the
    engine's token for what is not an ARM resource. `status` (done, failed, unfinished where the engine ended before
    an answer, not_started) and `seconds` are set in outcomes only."""

    operation: Operation
    id: str | None
    type: str
    name: str
    urn: str
    token: str = ""
    changes: tuple[Change, ...] = ()
    reason: str = ""
    status: str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Diagnostic:
    """A message of the engine or the program. `severity` is info, warning or error."""

    severity: str
    message: str
    urn: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class OutsideChange:
    """A recorded resource that differs from what the cloud holds, found before planning."""

    kind: str
    id: str
    type: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What an apply would do, every resource included, in the engine's order. `checked` is what the policies say of
    it, None where they were not asked; `digest` what an approval calls it, None where it was not saved; `typed` is the
    stack with its options, as they go into a command that the plan proposes."""

    steps: tuple[Step, ...]
    outside: tuple[OutsideChange, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    refreshed: bool = True
    checked: Checked | None = None
    digest: str | None = None
    typed: str = "STACK"

    @property
    def summary(self) -> dict[str, int]:
        return summarise(self.steps)

    @property
    def has_changes(self) -> bool:
        return any(step.operation not in (Operation.SAME, Operation.READ) for step in self.steps)


@dataclass(frozen=True)
class Reviewed:
    """The saved plan that an apply follows. `approved`: the run was held to its digest. `findings` are what the
    policies said when it was made, and `fail_on` from which severity on a failure counted; None: not asked."""

    digest: str
    made_at: datetime
    approved: bool = False
    findings: tuple[Finding, ...] = ()
    fail_on: Severity | None = None


@dataclass(frozen=True)
class Outcome:
    """What an apply or destroy did. `outputs` holds Secret values as Secret; `reviewed` is the saved plan, if any."""

    steps: tuple[Step, ...]
    outputs: dict[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    succeeded: bool = True
    checked: Checked | None = None
    reviewed: Reviewed | None = None

    @property
    def summary(self) -> dict[str, int]:
        """What was done: steps that failed or were never reached are not counted."""
        return summarise(tuple(step for step in self.steps if step.status in (None, "done")))


def summarise(steps: tuple[Step, ...]) -> dict[str, int]:
    """Number of steps per operation, every operation present."""
    counted = Counter(step.operation for step in steps)
    return {operation.value: counted[operation] for operation in Operation}
