"""One run of a program against the engine's resource monitor, in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azkeep.program.failure import Ended

if TYPE_CHECKING:
    from azkeep.program.gate import GatedMonitor, Judge
    from azkeep.program.worker import Inbox


@dataclass(frozen=True)
class EngineRun:
    """What the engine asks for. `argument` is the entry point as the engine names it; `parallel` bounds registrations,
    `threads` is the engine's own figure for the SDK. `judge` sees each resource, with the values that are then known,
    before it is registered."""

    folder: Path
    program: Path
    argument: str
    project: str
    stack: str
    organization: str
    root_folder: str
    monitor_address: str
    engine_address: str
    preview: bool
    parallel: int
    threads: int
    config: Mapping[str, str]
    secret_keys: tuple[str, ...]
    kept_alias_types: frozenset[str]
    secret_outputs: Mapping[str, tuple[str, ...]]
    speed: bool
    judge: Judge | None = None

    def perform(self, inbox: Inbox) -> Ended:
        """Runs the program to its end."""
        from azkeep.program.execute import run_program
        from azkeep.program.gate import Gate

        gate = Gate(self.parallel, self.judge)
        inbox.on_stop(gate.stop)
        monitor = self._configure(gate)
        ended = run_program(self.program, self.argument, self.threads, self.folder, self._prepare)
        return replace(ended, registered=monitor.registered if self.preview else {}, refusals=tuple(gate.refusals))

    def _configure(self, gate: Any) -> GatedMonitor:
        from pulumi.runtime import set_all_config
        from pulumi.runtime.settings import SETTINGS, reset_options

        from azkeep.program import speed
        from azkeep.program.debug_log import drop_sdk_debug_log
        from azkeep.program.gate import GatedMonitor

        drop_sdk_debug_log()
        if self.speed:
            speed.apply(self.folder)
        reset_options(
            project=self.project,
            stack=self.stack,
            root_directory=self.root_folder,
            parallel=self.threads,
            engine_address=self.engine_address,
            monitor_address=self.monitor_address,
            preview=self.preview,
            organization=self.organization or "organization",
        )
        monitor = GatedMonitor(SETTINGS.monitor, gate, f"urn:pulumi:{self.stack}::{self.project}::")
        SETTINGS.monitor = monitor
        set_all_config(dict(self.config), list(self.secret_keys))
        return monitor

    def _prepare(self) -> None:
        from pulumi.runtime import register_stack_transformation

        from azkeep.program.aliases import prune_aliases
        from azkeep.program.secret_outputs import add_secret_outputs
        from azkeep.program.speed import wanted

        if self.secret_outputs:
            register_stack_transformation(add_secret_outputs(self.secret_outputs))
        if self.speed and wanted("aliases"):
            register_stack_transformation(prune_aliases(self.kept_alias_types))
