"""One stack and the engine that works on it: every call of the Pulumi CLI for a stack goes through here."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from azkeep.engine import backend, failures, journal, locks
from azkeep.engine.event_log import Event, Tail, scrub
from azkeep.engine.events import Progress, progress_of
from azkeep.engine.find import Engine
from azkeep.engine.journal import EVENT_LOG, RECORD, Trace
from azkeep.engine.private import alone, write_private
from azkeep.engine.process import Completed, Control, run_attached, run_engine, temporary_folder
from azkeep.engine.state import State, from_export, to_export
from azkeep.errors import EngineError, PlanStale, StackMissing, StateDamaged
from azkeep.model.value import Secret

OnEvent = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Run:
    """How one engine run ended. `failure` is None if it did what it should; `interrupted` is true if it was told to
    stop. `folder` holds the event log of a changing run that did not end well, for recovery, else it is gone."""

    verb: str
    events: tuple[Event, ...]
    failure: EngineError | PlanStale | None
    interrupted: bool
    folder: Path

    @property
    def succeeded(self) -> bool:
        return self.failure is None and not self.interrupted


@dataclass(frozen=True)
class Selection:
    """URNs that a run is limited to, leaves out, or replaces; () for all and none."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    dependents: bool = False

    @property
    def arguments(self) -> list[str]:
        named = (("--target", self.targets), ("--exclude", self.excludes), ("--replace", self.replaces))
        found = [part for flag, urns in named for urn in urns for part in (flag, urn)]
        if self.dependents and self.targets:
            found.append("--target-dependents")
        if self.dependents and self.excludes:
            found.append("--exclude-dependents")
        return found


@dataclass(frozen=True)
class Session:
    """One stack.

    `folder` is the project's. `config_file` is the private `Pulumi.STACK.yaml` (see `config`), `run_config` the one
    that runs read, where it is another: the folder's own is never given to the engine. `environment` comes on top of
    this process's: secrets provider, cloud. `run_folder` holds a folder per run, `.azkeep/runs`. `secrets_provider` is
    used only when the stack is made.
    """

    engine: Engine
    folder: Path
    project: str
    stack: str
    backend_url: str
    config_file: Path
    run_folder: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    parallel: int = 16
    secrets_provider: str = ""
    lock_timeout: float = 0.0
    run_config: Path | None = None

    # The stack and its state.

    def exists(self) -> bool:
        """True if the stack has been made, resources or not."""
        if backend.folder_of(self.backend_url) is not None:
            return backend.checkpoint_file(self.backend_url, self.project, self.stack) is not None
        try:
            self.export()
        except StackMissing:
            return False
        return True

    def ensure_stack(self) -> bool:
        """Makes the stack if there is none, and tells whether it did. The salt goes to the private config alone."""
        with alone(self.config_file):  # another first run may be making it
            if self.exists():
                return False
            backend.make_folder(self.backend_url)
            # A first run that was killed while it made the stack leaves its lock and no stack.
            locks.clear_dead(self.backend_url, self.project, self.stack)
            provider = ["--secrets-provider", self.secrets_provider] if self.secrets_provider else []
            self.ask(["stack", "init", self.stack, "--no-select", *provider])
        return True

    def state(self) -> State:
        """The recorded state, an empty one for a stack that was never made. Raises StateDamaged."""
        if backend.folder_of(self.backend_url) is not None:
            found = backend.read_state(self.backend_url, self.project, self.stack)
            return found or State({})
        try:
            return self.export()
        except StackMissing:
            return State({})

    def export(self, *, open_secrets: bool = False) -> State:
        """The state as the engine exports it. Raises StackMissing, StateDamaged, WrongPassphrase."""
        opened = ["--show-secrets"] if open_secrets else []
        completed = self.ask(["stack", "export", "--stack", self.stack, *opened], wants_output=True)
        try:
            return from_export(json.loads(completed.output))
        except (ValueError, AttributeError) as error:
            raise StateDamaged(f"the export of stack {self.stack} cannot be read", detail=str(error)) from error

    def import_(self, state: State) -> None:
        """Makes `state` the recorded one; the engine checks its integrity and keeps the old one as backup."""
        locks.wait_until_free(self.backend_url, self.project, self.stack, timeout=self.lock_timeout)
        with temporary_folder(self.run_folder, _name("import")) as temporary:
            path = temporary / "state.json"
            write_private(path, json.dumps(to_export(state)))
            self.ask(["stack", "import", "--stack", self.stack, "--file", str(path)])

    def outputs(self, *, open_secrets: bool = False) -> dict[str, Any]:
        """Outputs of the stack by name, {} before the first apply; secrets are Secrets, sealed unless opened."""
        sealed = self.state().outputs
        if not open_secrets or not self.state().has_secrets:
            return sealed
        completed = self.ask(["stack", "output", "--stack", self.stack, "--json", "--show-secrets"], wants_output=True)
        opened: dict[str, Any] = json.loads(completed.output)
        return {
            name: Secret(opened.get(name)) if isinstance(value, Secret) else opened.get(name, value)
            for name, value in sealed.items()
        }

    # Runs.

    def preview(
        self,
        client: str,
        *,
        plan_file: Path | None = None,
        selection: Selection = Selection(),
        refresh: bool = False,
        on_event: OnEvent = ignore,
        control: Control | None = None,
    ) -> Run:
        """What the program would change. `client` is the program host's address; the engine's plan goes to
        `plan_file`, its secrets encrypted."""
        plan = ["--save-plan", str(plan_file)] if plan_file else []
        asked = [*plan, *selection.arguments, *(["--refresh"] if refresh else [])]
        return self._run("preview", ["--client", client, *asked], on_event, control)

    def preview_destroy(
        self, *, selection: Selection = Selection(), on_event: OnEvent = ignore, control: Control | None = None
    ) -> Run:
        """What a destroy would delete; no program runs."""
        return self._run("destroy", ["--preview-only", *selection.arguments], on_event, control, changes=False)

    def up(
        self,
        client: str,
        *,
        plan_file: Path | None = None,
        selection: Selection = Selection(),
        on_event: OnEvent = ignore,
        control: Control | None = None,
        saved_plan: str = "",
        goes_on: bool = False,
    ) -> Run:
        """Applies the program after a dry run in the same call, held to the engine's plan in `plan_file` if given:
        what the plan does not allow is refused before the first operation, and `failure` is then PlanStale.

        `saved_plan` names the plan that this run belongs to: until it is done its runs leave a trace; see `trace_of`.
        It `goes_on` where another pass follows.
        """
        plan = ["--plan", str(plan_file)] if plan_file else []
        asked = ["--client", client, "--yes", *plan, *selection.arguments]
        self._remove_traces(but=saved_plan)
        run = self._run("up", asked, on_event, control, changes=True, plan=saved_plan, leaves_trace=goes_on)
        if run.succeeded and not goes_on:
            self._remove_traces()
        return run

    def trace_of(self, saved_plan: str) -> Trace:
        """How far a saved plan was applied by runs that did not end well; empty once any other run came after them."""
        return journal.trace(self.run_folder, self.project, self.stack, saved_plan)

    def destroy(
        self, *, selection: Selection = Selection(), on_event: OnEvent = ignore, control: Control | None = None
    ) -> Run:
        """Deletes what is recorded; no program runs."""
        asked = ["--yes", "--skip-preview", *selection.arguments]
        self._remove_traces()
        return self._run("destroy", asked, on_event, control, changes=True)

    def refresh(
        self, *, selection: Selection = Selection(), on_event: OnEvent = ignore, control: Control | None = None
    ) -> Run:
        """Reads recorded resources again and records what they are now; nothing in the cloud changes."""
        asked = ["--yes", "--skip-preview", *selection.arguments]
        return self._run("refresh", asked, on_event, control, changes=True)

    def call(self, arguments: Sequence[str]) -> int:
        """Runs any `pulumi ARGUMENTS` with this stack's environment on the caller's terminal; its exit code."""
        with temporary_folder(self.run_folder, _name("pulumi")) as temporary:
            return run_attached(
                self.engine.path,
                arguments,
                folder=self.folder,
                environment={**self._environment, "PULUMI_STACK": self.stack},
                temporary=temporary,
            )

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.environment, "PULUMI_BACKEND_URL": self.backend_url}

    def ask(self, arguments: Sequence[str], *, wants_output: bool = False, given: str | None = None) -> Completed:
        """A call that is no run. It is made in the private folder: there the CLI finds and writes the private settings.

        `given` goes to its stdin, for what must not stand in arguments. Raises what the CLI failed with.
        """
        self._write_private_project()
        with temporary_folder(self.run_folder, _name("call")) as temporary:
            completed = run_engine(
                self.engine.path,
                arguments,
                folder=self.config_file.parent,
                environment=self._environment,
                temporary=temporary,
                wants_output=wants_output,
                given=given,
            )
        if completed.code:
            raise failures.of_run(completed.errors, (), self.stack)
        return completed

    def _write_private_project(self) -> None:
        folder = self.config_file.parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "Pulumi.yaml"
        if not path.exists():
            write_private(path, json.dumps({"name": self.project, "runtime": "python"}) + "\n")

    def _run(
        self,
        verb: str,
        asked: Sequence[str],
        on_event: OnEvent,
        control: Control | None,
        *,
        changes: bool = False,
        plan: str = "",
        leaves_trace: bool = False,
    ) -> Run:
        control = control or Control()
        if verb != "preview":
            locks.wait_until_free(self.backend_url, self.project, self.stack, timeout=self.lock_timeout)
        folder = self._begin(verb, changes, plan)

        def forward(event: Event) -> None:
            progress = progress_of(event)
            if progress is not None:
                on_event(progress)

        keep, leave = changes, False
        try:
            with temporary_folder(folder, "tmp") as temporary, Tail(folder / EVENT_LOG, forward) as tail:
                completed = run_engine(
                    self.engine.path,
                    [verb, *self._arguments(folder), *asked],
                    folder=self.folder,
                    environment=self._environment,
                    temporary=temporary,
                    control=control,
                )
            run = self._ended(verb, completed, tail.events, control, folder)
            keep = changes and not run.succeeded and _began(run.events)
            leave = leaves_trace and run.succeeded
        finally:
            _put_away(folder, keep=keep, leave=leave)
        return run

    def _remove_traces(self, *, but: str = "") -> None:
        journal.remove_traces(self.run_folder, self.project, self.stack, but=but)

    def _begin(self, verb: str, changes: bool, plan: str) -> Path:
        """A folder for one run with an empty event log that nobody else may read."""
        folder = self.run_folder / _name(verb)
        folder.mkdir(parents=True, mode=0o700)
        whose = {"verb": verb, "stack": self.stack, "project": self.project, "pid": os.getpid()}
        record = {**whose, "changes": changes, "plan": plan}
        write_private(folder / RECORD, json.dumps(record))
        write_private(folder / EVENT_LOG, "")
        return folder

    def _arguments(self, folder: Path) -> list[str]:
        return [
            *("--stack", self.stack),
            *("--config-file", str(self.run_config or self.config_file)),
            *("--parallel", str(self.parallel)),
            *("--exec-kind", "auto.inline"),
            *("--event-log", str(folder / EVENT_LOG)),
        ]

    def _ended(self, verb: str, completed: Completed, events: tuple[Event, ...], control: Control, folder: Path) -> Run:
        """Raises what kept the engine from beginning; what went wrong later is in the Run."""
        failure = failures.of_run(completed.errors, events, self.stack) if completed.code else None
        if failure is not None and not any(event.metadata for event in events) and type(failure) is not EngineError:
            raise failure
        return Run(verb, events, failure, control.interrupted, folder)


def _put_away(folder: Path, *, keep: bool, leave: bool) -> None:
    """Keeps the journal of a run for recovery, leaves its trace, or removes it."""
    if keep:
        scrub(folder / EVENT_LOG)
    elif leave:
        journal.leave_trace(folder, done=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def digest_of_plan(engine_plan: str) -> str:
    """What the history calls a plan that was not saved."""
    return hashlib.sha256(engine_plan.encode()).hexdigest()


def _began(events: tuple[Event, ...]) -> bool:
    """True if a step of the real run began, not only of its dry run."""
    return any(event.kind == "resourcePreEvent" and not event.payload.get("planning") for event in events)


def _name(verb: str) -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{verb}-{uuid.uuid4().hex[:8]}"
