"""What every job hands back: whose run it was, what came of it, and the exit code with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit
from azkeep.model.finding import Catalogue, Checked
from azkeep.model.lineage import Lineage
from azkeep.model.local import LocalEnvironment, LocalPrincipal, LocalPrincipals, LocalSnapshot, LocalSnapshots
from azkeep.model.plan import Outcome, Plan
from azkeep.model.resource import Resource


@dataclass(frozen=True)
class Header:
    """Which stack, where and as whom. None: not known, or not meant by this command. `seconds` is the run's length."""

    stack: str | None = None
    env: str | None = None
    cloud: str | None = None
    rehearsal: bool = False
    tenant: str | None = None
    subscription: str | None = None
    caller: str | None = None
    commit: str | None = None
    dirty: bool | None = None
    started_at: datetime | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Declared:
    """What a program declares, in its order; `not_seen` names what hangs on values that are not known yet."""

    resources: tuple[Resource, ...]
    not_seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outputs:
    """A stack's outputs, secret ones as Secret. `chosen`: the one that was asked for by name, else None."""

    values: Mapping[str, Any]
    chosen: str | None = None


@dataclass(frozen=True)
class ConfigEntry:
    """One setting. `value` is a Secret where it is kept encrypted. `origin`: file, with line where known."""

    key: str
    value: Any
    origin: str = ""


@dataclass(frozen=True)
class Configuration:
    """A stack's settings by key. `changed`: the key that was set by this run, else None; `before`: what it was."""

    entries: tuple[ConfigEntry, ...]
    changed: str | None = None
    before: Any = None


@dataclass(frozen=True)
class Run:
    """One recorded apply, destroy or fix. `command` is the verb, `result` succeeded, failed or interrupted.
    `approved`: the plan was held to a digest that somebody named."""

    at: datetime
    command: str
    result: str
    user: str = ""
    principal: str = ""
    commit: str | None = None
    dirty: bool | None = None
    plan_digest: str | None = None
    seconds: float | None = None
    summary: Mapping[str, int] = field(default_factory=dict)
    approved: bool = False


@dataclass(frozen=True)
class History:
    """Recorded runs, newest first."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class LockHolder:
    """Who holds a lock; `alive` is None where the holder is on another host."""

    user: str
    host: str
    pid: int
    since: datetime
    alive: bool | None = None


@dataclass(frozen=True)
class Locks:
    """The locks of a stack, () if it is free. `removed`: the holder whose lock this run removed."""

    holders: tuple[LockHolder, ...]
    removed: LockHolder | None = None


@dataclass(frozen=True)
class Scaffold:
    """The files that `init` wrote, relative to `folder`, and what to type next."""

    folder: str
    files: tuple[str, ...]
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class EngineFound:
    """The Pulumi CLI in use. `origin` says which place of the search gave it; `sha256` is "" where not computed."""

    path: str
    version: str
    origin: str
    sha256: str = ""
    action: str = ""


class CheckState(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """One thing that `doctor` looked at."""

    name: str
    state: CheckState
    found: str
    fix: str = ""


@dataclass(frozen=True)
class Doctor:
    """What `doctor` found. `engine` is None if there is no Pulumi CLI."""

    engine: EngineFound | None
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Schema:
    """One of azkeep's JSON Schemas."""

    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class LocalReady:
    """The local cloud serves; `document` is what it announced, secrets in clear: they open nothing but this cloud."""

    document: Mapping[str, Any]


@dataclass(frozen=True)
class LocalChange:
    """One write by a foreign hand. `before` and `after` are ARM documents, None where the resource was or is not."""

    action: str
    id: str
    by: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class LocalReset:
    """The local cloud's store was emptied."""

    store: str


@dataclass(frozen=True)
class LocalLog:
    """The local cloud's activity log, newest last: ARM event documents."""

    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Nothing:
    """The command has shown all there is itself, such as an interactive tool that was run."""


Result = (
    Plan
    | Outcome
    | Audit
    | Lineage
    | Checked
    | Catalogue
    | Declared
    | Outputs
    | Configuration
    | History
    | Locks
    | Scaffold
    | EngineFound
    | Doctor
    | Schema
    | LocalReady
    | LocalChange
    | LocalReset
    | LocalLog
    | LocalSnapshot
    | LocalSnapshots
    | LocalPrincipal
    | LocalPrincipals
    | LocalEnvironment
    | Nothing
)


@dataclass(frozen=True)
class Report:
    """What a job hands back. `reasons`: one short sentence each for an exit code that is not 0. `error`: what stopped
    a run that had begun to change things; the result then says how far it came."""

    header: Header
    result: Result
    reasons: tuple[str, ...] = ()
    exit_code: int = 0
    error: AzkeepError | None = None
