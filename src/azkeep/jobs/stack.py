"""A stack made ready for a job: its settings, its program, the engine, the cloud and the state, opened together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from azkeep import types
from azkeep.audit.recording import load as load_recording
from azkeep.clouds import Cloud, open_cloud
from azkeep.engine import backend
from azkeep.engine import config as engine_config
from azkeep.engine.find import Engine, find_engine
from azkeep.engine.process import temporary_folder
from azkeep.engine.recovery import Recovery, recover
from azkeep.engine.session import Session
from azkeep.engine.state import State
from azkeep.engine.turns import turn
from azkeep.errors import AzkeepError, PluginMissing, Problems, Source
from azkeep.jobs.keeping import Keeping, keeping_of
from azkeep.jobs.kept_state import left_behind, take_up
from azkeep.jobs.options import Progress, StackOptions
from azkeep.jobs.provenance import of_folder
from azkeep.model.report import Header
from azkeep.program.gate import Judge
from azkeep.program.host import ProgramHost
from azkeep.program.launcher import Launcher, load_ahead
from azkeep.program.offline import Declaration
from azkeep.program.plugins import missing_plugins, required_plugins
from azkeep.program.project import Project, load_project
from azkeep.settings.project import Place, locate
from azkeep.settings.stack import StackSettings, load

STORE = "store"
SUBSCRIPTION_KEY = "azure-native:subscriptionId"


@dataclass(frozen=True)
class Stack:
    """One stack in one environment, before anything is opened."""

    options: StackOptions
    settings: StackSettings
    project: Project
    keeping: Keeping
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def store(self) -> Path:
        """The folder of the project's local cloud."""
        return self.settings.place.own / "local" / STORE

    @property
    def subscription(self) -> str | None:
        """The subscription that the settings name, None for the cloud's own."""
        setting = self.settings.config.get(SUBSCRIPTION_KEY)
        return str(setting.value) if setting and isinstance(setting.value, str) else None

    def header(self, cloud: Cloud | None = None) -> Header:
        """Whose run this is; `seconds` runs up to now."""
        provenance = of_folder(self.settings.place.folder)
        return Header(
            stack=self.settings.project,
            env=self.settings.env,
            cloud=self.settings.cloud.value,
            rehearsal=self.settings.rehearsal,
            tenant=cloud.tenant if cloud else None,
            subscription=cloud.subscription if cloud else None,
            caller=cloud.caller if cloud else None,
            commit=provenance.commit,
            dirty=provenance.dirty,
            started_at=self.started,
            seconds=(datetime.now(UTC) - self.started).total_seconds(),
        )


@dataclass(frozen=True)
class OpenStack:
    """A stack with its cloud and its engine. `recovered` is what was put right on the way, `launcher` what runs the
    program, with the SDK loaded; None where no program is to run. `is_recorded`: a run that changes the stack found a
    recording of this very state."""

    stack: Stack
    cloud: Cloud
    session: Session
    progress: Progress
    recovered: Recovery = field(default_factory=Recovery)
    launcher: Launcher | None = None
    is_recorded: bool = False

    @property
    def keeping(self) -> Keeping:
        return self.stack.keeping

    @cached_property
    def declaration(self) -> Declaration:
        """What the program declares, as it stands without an engine. The program runs for it, once."""
        from azkeep.jobs.declaring import declare_stack

        return declare_stack(self.stack, subscription=self.cloud.subscription, launcher=self.launcher)

    @property
    def declared(self) -> Mapping[str, str | None]:
        """URN → ARM id of what the program declares, None where it is not known before it is made."""
        return {resource.urn: resource.id for resource in self.declaration.resources}

    def header(self) -> Header:
        return self.stack.header(self.cloud)


def find_stack(options: StackOptions) -> Stack:
    """The stack that `options` name, its settings checked. Raises UsageError, SettingsError or Problems."""
    place = locate(options.stack)
    settings = load(place, env=options.env, cloud=options.cloud, rehearse=options.rehearse, config=options.config)
    return Stack(options, settings, _project(place), keeping_of(settings, os.environ))


def _project(place: Place) -> Project:
    """The project at `place`, its errors named as the settings' are: by files relative to the root."""
    try:
        return load_project(place.folder)
    except AzkeepError as error:
        for each in error.errors if isinstance(error, Problems) else (error,):
            if each.source is not None:
                each.source = Source(place.shown(Path(each.source.file)), each.source.line)
        raise


@contextmanager
def open_stack(
    options: StackOptions,
    progress: Progress,
    *,
    changes: bool = False,
    recovers: bool = False,
    runs_program: bool = False,
) -> Iterator[OpenStack]:
    """The stack of `options` with its cloud and engine, closed at the end. Nothing has been changed on entry but the
    private settings copy, for a new stack its empty state, and the state that a dead fix left, with `recovers` that of
    any dead run; what `changes` a stack also does, and nothing else does so until the end of the block."""
    stack = find_stack(options)
    refuse_missing_plugins(stack)
    stack.keeping.prepare()
    with ExitStack() as opened, ThreadPoolExecutor(1) as pool:
        if changes:
            opened.enter_context(turn(stack.keeping.turn, stack.settings.env, timeout=options.lock_timeout))
        # The SDK is loaded, the cloud starts and the engine is looked for at once: each takes a good part of a second.
        launcher = opened.enter_context(load_ahead(stack.project)) if runs_program else None
        finding = pool.submit(find_engine, may_build=options.may_build, progress=progress.phase)
        cloud = opened.enter_context(
            open_cloud(
                stack.settings.cloud.value, store=stack.store, environment=os.environ, subscription=stack.subscription
            )
        )
        session = make_session(stack, cloud, finding.result())
        session.ensure_stack()
        opened.enter_context(_own_config(stack))
        recovered = Recovery()
        unfinished = left_behind(session, stack.keeping.own)
        if changes or recovers or unfinished:
            recovered = recover(session, cloud.transport, cloud.subscription, say=progress.line)
        if unfinished:
            take_up(session, unfinished)
        recording = load_recording(stack.keeping.recording) if changes else None
        is_recorded = recording is not None and recording.checkpoint == session.state().digest
        yield OpenStack(stack, cloud, session, progress, recovered, launcher, is_recorded)


def closed_session(stack: Stack, progress: Progress) -> Session:
    """A session without a cloud, for what touches only state and settings."""
    stack.keeping.prepare()
    return make_session(stack, None, find_engine(may_build=stack.options.may_build, progress=progress.phase))


def recorded_state(stack: Stack, progress: Progress) -> State:
    """The stack's state; the engine is asked for it only where it does not lie in a folder."""
    if backend.folder_of(stack.keeping.backend_url) is None:
        return closed_session(stack, progress).state()
    found = backend.read_state(stack.keeping.backend_url, stack.settings.project, stack.settings.env)
    return found or State({})


def make_session(stack: Stack, cloud: Cloud | None, engine: Engine) -> Session:
    """The engine's session on `stack`; without a cloud it serves calls that touch only state and settings."""
    keeping = stack.keeping
    engine_config.prepare(_settings_file(stack), keeping.config_file, stack.settings.project)
    return Session(
        engine=engine,
        folder=stack.project.folder,
        project=stack.settings.project,
        stack=stack.settings.env,
        backend_url=keeping.backend_url,
        config_file=keeping.config_file,
        run_config=keeping.run_config,
        run_folder=keeping.runs,
        environment={**keeping.environment, **(cloud.engine_environment if cloud else {})},
        parallel=stack.options.parallel,
        secrets_provider=keeping.secrets_provider,
        lock_timeout=stack.options.lock_timeout,
    )


def refuse_missing_plugins(stack: Stack) -> None:
    """Raises PluginMissing for every provider that the program needs and nobody provides, all at once."""
    provided = {"azure-native"} if stack.settings.cloud.value == "local" else set()
    missing = missing_plugins(required_plugins(stack.project), provided)
    errors = [
        PluginMissing(
            f"the program needs provider plugin {plugin.name} {plugin.version}, which is not installed",
            fix=f"azkeep pulumi STACK -- plugin install resource {plugin.name} v{plugin.version}"
            " (needs the internet), or unpack the plugin's archive into"
            f" ~/.pulumi/plugins/resource-{plugin.name}-v{plugin.version}",
            subject=plugin.name,
        )
        for plugin in missing
    ]
    if errors:
        raise errors[0] if len(errors) == 1 else Problems(errors)


def program_host(opened: OpenStack, judge: Judge | None = None) -> ProgramHost:
    """A host for the stack's program, not yet serving; `judge` may refuse resources."""
    return ProgramHost(
        opened.stack.project,
        environment={},
        parallel=opened.session.parallel,
        kept_alias_types=opened.session.state().types,
        secret_outputs=types.secret_outputs(),
        on_output=opened.progress.line,
        launcher=opened.launcher,
        judge=judge,
    )


def write_config(stack: Stack, **overrides: str) -> None:
    """Writes the settings that this command's runs read; `overrides` are settings of azkeep's own namespace."""
    keeping = stack.keeping
    values = {**dict(stack.options.config), **{f"azkeep:{key}": value for key, value in overrides.items()}}
    keeping.run_config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine_config.prepare(
        _settings_file(stack), keeping.run_config, stack.settings.project, values, kept=keeping.config_file
    )


@contextmanager
def _own_config(stack: Stack) -> Iterator[None]:
    """The settings that the runs of one command read go with it; what encrypts is kept."""
    keeping = stack.keeping
    with temporary_folder(keeping.run_config.parent.parent, keeping.run_config.parent.name):
        write_config(stack)
        try:
            yield
        finally:
            engine_config.keep_encryption(keeping.run_config, keeping.config_file)


def _settings_file(stack: Stack) -> Path:
    return stack.settings.file or stack.project.folder / f"Pulumi.{stack.settings.env}.yaml"
