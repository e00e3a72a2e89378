"""Every error azkeep raises on purpose, and the exit code of each.

    AzkeepError                      exit 1
    ├── Problems                     several errors found together, shown together
    ├── UsageError                   the command line asks for something that cannot be
    ├── SettingsError                a settings file is wrong: file and line
    ├── ProgramError                 the stack program failed: file, line, its own frames
    │   └── PluginMissing            the program needs a provider that is not installed
    ├── EngineError                  the Pulumi engine could not do its work
    │   ├── EngineMissing            no Pulumi CLI was found and none may be built
    │   ├── EngineBuildFailed        the build of the Pulumi CLI failed
    │   ├── StackLocked              another run holds the stack
    │   ├── StackMissing             the stack has no state
    │   ├── StateDamaged             the state file cannot be read
    │   └── WrongPassphrase          the passphrase does not open the stack's secrets
    ├── PolicyBroken                 exit 3: a rule is broken at or above the threshold
    ├── NotJudged                    exit 5: a rule that stands in the way raised
    ├── PlanStale                    exit 4: the saved plan is stale or foreign
    ├── CloudError                   the cloud cannot be used at all
    │   ├── EmulatorFailed           the local cloud did not start or died
    │   └── StoreDamaged             the local cloud's database cannot be read
    ├── AzureError                   a request to ARM failed
    │   ├── AuthFailed               401, or no credential
    │   ├── Unreadable               403: this one thing may not be read
    │   ├── Throttled                429 after all retries
    │   └── RequestFailed            any other answer that is not a success
    └── Interrupted                  exit 130

ArmFault is not an AzkeepError: it is the local cloud's reply to a client, and never reaches azkeep's user as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_CHANGES = 2
EXIT_POLICY = 3
EXIT_STALE = 4
EXIT_INCOMPLETE = 5
EXIT_INTERRUPTED = 130

PRECEDENCE = (EXIT_INTERRUPTED, EXIT_FAILED, EXIT_STALE, EXIT_POLICY, EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK)
"""The first that applies is the exit code of a command with several outcomes."""


@dataclass(frozen=True)
class Source:
    """A place in a user's file; line counts from 1, None where the whole file is meant."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class AzkeepError(Exception):
    """What went wrong, where, and what to type next. `summary` is one sentence without a final full stop."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = EXIT_FAILED

    def __init__(
        self,
        summary: str,
        *,
        detail: str = "",
        fix: str = "",
        subject: str = "",
        source: Source | None = None,
    ) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.fix = fix
        self.subject = subject
        self.source = source

    def __str__(self) -> str:
        where = f"{self.source}: " if self.source else ""
        return f"{where}{self.summary}"


class Problems(AzkeepError):
    """Several errors, in the order in which they should be shown; never empty."""

    code = "problems"

    def __init__(self, errors: Iterable[AzkeepError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__(first.summary, detail=first.detail, fix=first.fix, source=first.source)


class UsageError(AzkeepError):
    code = "usage"


class SettingsError(AzkeepError):
    code = "settings"


class ProgramError(AzkeepError):
    code = "program"


class PluginMissing(ProgramError):
    code = "plugin-missing"


class EngineError(AzkeepError):
    code = "engine"


class EngineMissing(EngineError):
    code = "engine-missing"


class EngineBuildFailed(EngineError):
    code = "engine-build"


class StackLocked(EngineError):
    code = "stack-locked"


class StackMissing(EngineError):
    code = "stack-missing"


class StateDamaged(EngineError):
    code = "state-damaged"


class WrongPassphrase(EngineError):
    code = "wrong-passphrase"


class PolicyBroken(AzkeepError):
    code = "policy-broken"
    exit_code = EXIT_POLICY


class NotJudged(AzkeepError):
    code = "not-judged"
    exit_code = EXIT_INCOMPLETE


class PlanStale(AzkeepError):
    code = "plan-stale"
    exit_code = EXIT_STALE


class CloudError(AzkeepError):
    code = "cloud"


class EmulatorFailed(CloudError):
    code = "emulator"


class StoreDamaged(CloudError):
    code = "store-damaged"


class AzureError(AzkeepError):
    """A request to ARM that did not succeed; `arm_code` and `status` are ARM's own, empty and 0 without an answer."""

    code = "azure"

    def __init__(self, summary: str, *, status: int = 0, arm_code: str = "", **rest: Any) -> None:
        super().__init__(summary, **rest)
        self.status = status
        self.arm_code = arm_code


class AuthFailed(AzureError):
    code = "auth"


class Unreadable(AzureError):
    code = "unreadable"


class Throttled(AzureError):
    code = "throttled"


class RequestFailed(AzureError):
    code = "request"


class Interrupted(AzkeepError):
    code = "interrupted"
    exit_code = EXIT_INTERRUPTED


@dataclass(eq=False)
class ArmFault(Exception):
    """ARM's error answer: HTTP status and the members of its error envelope."""

    status: int
    code: str
    message: str
    target: str | None = None
    details: tuple[dict[str, Any], ...] = ()
    additional_info: tuple[dict[str, Any], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def envelope(self) -> dict[str, Any]:
        """The JSON body: `{"error": {"code", "message", …}}`, absent members left out."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target is not None:
            error["target"] = self.target
        if self.details:
            error["details"] = list(self.details)
        if self.additional_info:
            error["additionalInfo"] = list(self.additional_info)
        return {"error": error}
