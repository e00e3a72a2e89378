"""What a command hands to its job: frozen options, and a Progress to speak through while it works.

`azkeep.jobs.<verb>.run(options, progress) -> Report`; the groups have a function per subcommand:
`azkeep.jobs.local.{serve,edit,create,delete,reset,log}` and `azkeep.jobs.engine.{build,export,import_}`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any, Protocol

from azkeep.model.drift import Severity
from azkeep.model.report import Report

DEFAULT_PARALLEL = 16


class Progress(Protocol):
    """How a job speaks while it works; nothing of it goes to stdout unless `show` says so. Safe from any thread."""

    def phase(self, text: str) -> None:
        """A new stretch of work, such as `Reading the live estate`."""

    def step(self, urn: str, operation: str, status: str) -> None:
        """One resource moved. `operation` is a model.plan.Operation value, `status` running, done or failed."""

    def line(self, text: str) -> None:
        """Something said by the program, the engine or a child, in its own words."""

    def show(self, report: Report) -> None:
        """A result in the middle of a job: the plan before the question, the line of a cloud that is ready."""

    def ask(self, question: str) -> bool:
        """The user's yes or no; without a terminal False."""


@dataclass(frozen=True)
class StackOptions:
    """What every command on a stack takes.

    `stack`: folder, or the name of one in `stacks/`. None in `env` or `cloud`: as the settings files say.
    `config`: (key, value) pairs that win over the file. `only`, `exclude`, `replace`: ARM ids or URNs.
    `lock_timeout` in seconds, 0 for no wait.
    """

    stack: str
    env: str | None = None
    cloud: str | None = None
    rehearse: bool = False
    config: tuple[tuple[str, str], ...] = ()
    parallel: int = DEFAULT_PARALLEL
    lock_timeout: float = 0.0
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    may_build: bool = True
    quiet: bool = False
    verbose: bool = False

    @property
    def typed(self) -> str:
        """The stack with the options that choose its environment and cloud, as they go into another command."""
        env = ("--env", self.env) if self.env else ()
        cloud = ("--cloud", self.cloud) if self.cloud else ()
        return shlex.join((self.stack, *env, *cloud, *(("--rehearse",) if self.rehearse else ())))


@dataclass(frozen=True)
class PreviewOptions:
    stack: StackOptions
    out: str | None = None
    detailed_exitcode: bool = False
    destroy: bool = False
    refresh: bool = True


@dataclass(frozen=True)
class ApplyOptions:
    """`file`: the saved plan, None to plan now; `digest`: the one it must have. `yes`: no question; `terminal`: a
    question can be asked."""

    stack: StackOptions
    file: str | None = None
    digest: str | None = None
    yes: bool = False
    terminal: bool = False
    refresh: bool = True


@dataclass(frozen=True)
class DestroyOptions:
    stack: StackOptions
    yes: bool = False
    terminal: bool = False
    refresh: bool = True


@dataclass(frozen=True)
class AuditOptions:
    """`fail_on`: from this severity on a broken policy gives exit 3; None: policies do not decide the exit code.

    `severity`, `since` (RFC 3339, or an age such as 24h or 7d) and the stack's `only` choose findings. `delete`: ids of
    unmanaged resources that `fix` removes, `purge` those of soft-deleted ones that it gives up. `state`: an exported
    Pulumi state to audit in place of a stack.
    """

    stack: StackOptions
    fix: bool = False
    accept: bool = False
    yes: bool = False
    terminal: bool = False
    fail_on: Severity | None = None
    severity: Severity | None = None
    since: str | None = None
    delete: tuple[str, ...] = ()
    purge: tuple[str, ...] = ()
    state: str | None = None
    lineage: bool = False


@dataclass(frozen=True)
class CheckOptions:
    """What to judge: `documents` (a folder), `state` (a file), or the stack, `live` or as declared. `rules`: names as
    in azkeep.yaml, () for its choice. `list_rules` and `explain` judge nothing. `strict`: what is not known fails too.
    """

    stack: StackOptions | None = None
    live: bool = False
    documents: str | None = None
    state: str | None = None
    rules: tuple[str, ...] = ()
    profile: str | None = None
    fail_on: Severity | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    show_all: bool = False
    suggest: bool = False
    strict: bool = False
    list_rules: bool = False
    explain: str | None = None


@dataclass(frozen=True)
class OutputsOptions:
    """`show_secrets`: the secret ones are opened, which takes the engine and the passphrase. `bare`: a script wants
    the value of `name` and nothing else."""

    stack: StackOptions
    name: str | None = None
    bare: bool = False
    show_secrets: bool = False


@dataclass(frozen=True)
class ConfigOptions:
    """`action` is get, set or list. `value` is for set only."""

    stack: StackOptions
    action: str
    key: str | None = None
    value: str | None = None
    secret: bool = False


@dataclass(frozen=True)
class HistoryOptions:
    stack: StackOptions
    limit: int = 20


@dataclass(frozen=True)
class UnlockOptions:
    """Without `yes` and without a terminal the locks are shown and none is removed."""

    stack: StackOptions
    yes: bool = False
    terminal: bool = False


@dataclass(frozen=True)
class PulumiOptions:
    stack: StackOptions
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class GraphOptions:
    stack: StackOptions


@dataclass(frozen=True)
class SchemaOptions:
    kind: str


@dataclass(frozen=True)
class InitOptions:
    """`template` is the name of a shipped stack; `folder` the one to make, None for the template's own name."""

    template: str | None = None
    folder: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class DoctorOptions:
    stack: StackOptions | None = None
    offline: bool = False


@dataclass(frozen=True)
class EngineOptions:
    """`file`: the archive to write or read, for export and import."""

    file: str | None = None
    verbose: bool = False


@dataclass(frozen=True)
class LocalOptions:
    """Which local cloud: `store` is its folder, None for the project's own."""

    store: str | None = None


@dataclass(frozen=True)
class LocalServeOptions:
    """`log_requests`: a line of progress for each, with paths in full if `full_paths`. `faults` is the file that
    declares them, `latency` in milliseconds, `throttling` None: as `realistic` says."""

    local: LocalOptions
    port: int = 0
    realistic: bool = False
    log_requests: bool = False
    full_paths: bool = False
    faults: str | None = None
    latency: float | None = None
    throttling: bool | None = None


@dataclass(frozen=True)
class LocalEditOptions:
    """`changes`: (path, value) pairs, path dotted or a JSON pointer, value parsed from JSON where it is JSON."""

    local: LocalOptions
    id: str
    changes: tuple[tuple[str, Any], ...]
    actor: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class LocalCreateOptions:
    local: LocalOptions
    id: str
    body: dict[str, Any]
    actor: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class LocalDeleteOptions:
    local: LocalOptions
    id: str
    actor: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class LocalResetOptions:
    local: LocalOptions
    yes: bool = False
    terminal: bool = False


@dataclass(frozen=True)
class LocalSnapshotOptions:
    """`name`: of a snapshot beside the store, or a file; empty where all are meant."""

    local: LocalOptions
    name: str = ""


@dataclass(frozen=True)
class LocalPrincipalOptions:
    """`kind` None: a name with `@` is a User, any other a ServicePrincipal. `certificate` is a PEM file."""

    local: LocalOptions
    name: str = ""
    role: str = "Contributor"
    kind: str | None = None
    certificate: str | None = None


@dataclass(frozen=True)
class LocalEnvironmentOptions:
    """`client` as it is to act as `actor`, None for azkeep's own principal."""

    local: LocalOptions
    client: str
    actor: str | None = None


@dataclass(frozen=True)
class LocalLogOptions:
    local: LocalOptions
    limit: int = 50
