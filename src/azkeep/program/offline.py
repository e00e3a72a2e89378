"""What a program declares, without an engine, a cloud or the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from azkeep.errors import Source
from azkeep.model.resource import Resource
from azkeep.program.failure import ProgramFailure, own_file
from azkeep.program.launcher import Launcher, load_ahead
from azkeep.program.project import Project

if TYPE_CHECKING:
    from azkeep.program.monitor import OfflineMonitor, Registration
    from azkeep.program.unseen import NotSeen
    from azkeep.program.worker import Inbox

THREADS = 4
STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Declaration:
    """What a run declared. `outputs` are the stack's; `not_seen` names callbacks that an unknown kept from running."""

    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    not_seen: tuple[NotSeen, ...] = ()


@dataclass(frozen=True)
class Declared:
    """What the process sends back."""

    declaration: Declaration
    failure: ProgramFailure | None = None


@dataclass(frozen=True)
class OfflineRun:
    """One program to run on azkeep's own monitor."""

    folder: Path
    program: Path
    project: str
    stack: str
    config: Mapping[str, str]
    secret_keys: tuple[str, ...]
    client: Mapping[str, str]

    def perform(self, inbox: Inbox) -> Declared:
        """Runs the program, and reads what it registered."""
        from azkeep.program import speed
        from azkeep.program.debug_log import drop_sdk_debug_log
        from azkeep.program.execute import run_program
        from azkeep.program.invokes import answer_with_unknowns
        from azkeep.program.provenance import Provenance
        from azkeep.program.unseen import Callbacks

        drop_sdk_debug_log()
        speed.apply(self.folder)
        answer_with_unknowns()
        provenance = Provenance()
        provenance.watch()
        callbacks = Callbacks(self.folder)
        callbacks.watch()
        monitor = self._configure()
        ended = run_program(self.program, ".", THREADS, self.folder, _drop_aliases)
        if ended.failure is not None:
            # Outputs of a failed run may never get a value; whoever waits for them waits for ever.
            return Declared(Declaration(()), ended.failure)
        loop = asyncio.get_event_loop()
        read = loop.run_until_complete(_read(monitor, provenance, self.folder))
        not_seen = loop.run_until_complete(callbacks.not_seen())
        return Declared(Declaration(read, _stack_outputs(monitor), not_seen), ended.failure)

    def _configure(self) -> OfflineMonitor:
        from pulumi.runtime import set_all_config
        from pulumi.runtime.settings import SETTINGS, reset_options

        from azkeep.program.monitor import OfflineMonitor
        from azkeep.program.wire import UNKNOWN

        reset_options(
            project=self.project,
            stack=self.stack,
            root_directory=str(self.folder),
            parallel=THREADS,
            preview=True,
            organization="organization",
        )
        monitor = OfflineMonitor(
            stack=self.stack,
            project=self.project,
            subscription=self.client["subscriptionId"],
            location=self.config.get("azure-native:location", ""),
            client=self.client,
        )
        SETTINGS.monitor = monitor
        hidden = dict.fromkeys(self.secret_keys, UNKNOWN)
        set_all_config({**hidden, **self.config}, list(self.secret_keys))
        return monitor


def declare(
    project: Project,
    *,
    stack: str,
    config: Mapping[str, str],
    secret_config: frozenset[str],
    environment: Mapping[str, str] | None = None,
    client: Mapping[str, str] | None = None,
    on_output: Callable[[str], None] = lambda line: None,
    launcher: Launcher | None = None,
) -> Declaration:
    """Everything that the program declares in `stack` with `config`.

    Keys of `config` are full (`project:key`); `secret_config` names the secret ones, and one that has no value in
    `config` is a secret unknown to the program.
    Inputs hold Unknown where a value exists only after apply, Reference where it is another resource's output
    (`output` is "" where it is derived from one), Secret where the program or the config says so. `client` are
    getClientConfig's members; its `subscriptionId` stands in ARM ids. `launcher` is one that `load_ahead` gave; whoever
    gave it closes it. Raises ProgramError if the program fails.
    """
    order = OfflineRun(
        folder=project.folder,
        program=project.main,
        project=project.name,
        stack=stack,
        config=config,
        secret_keys=tuple(sorted(secret_config)),
        client={**_client_of(config), **(client or {})},
    )
    with nullcontext(launcher) if launcher else load_ahead(project, environment) as ready:
        declared, code = ready.start(order, on_output).wait()
    if declared is None:
        raise ProgramFailure(f"the program's process ended with exit code {code}", "ProcessDied").error()
    if declared.failure is not None:
        raise declared.failure.error()
    found: Declaration = declared.declaration
    return found


def _client_of(config: Mapping[str, str]) -> dict[str, str]:
    from azkeep.model.ids import NO_SUBSCRIPTION

    names = ("clientId", "objectId", "subscriptionId", "tenantId")
    return {name: config.get(f"azure-native:{name}") or NO_SUBSCRIPTION for name in names}


def _drop_aliases() -> None:
    from pulumi import ResourceTransformationResult
    from pulumi.runtime import register_stack_transformation

    def transform(args: Any) -> Any:
        args.opts.aliases = None
        return ResourceTransformationResult(props=args.props, opts=args.opts)

    register_stack_transformation(transform)


async def _read(monitor: OfflineMonitor, provenance: Any, folder: Path) -> tuple[Resource, ...]:
    dependencies = {
        made.urn: {key: tuple(sorted(held.urns)) for key, held in made.request.propertyDependencies.items()}
        for made in monitor.registrations
    }
    by_urn = {made.urn: made for made in monitor.registrations if made.request.type != STACK_TYPE}
    restored = await provenance.restore({urn: made.inputs for urn, made in by_urn.items()}, dependencies)
    return tuple(_resource(by_urn[urn], inputs, dependencies[urn], folder) for urn, inputs in restored.items())


def _resource(made: Registration, inputs: Mapping[str, Any], dependencies: Mapping[str, Any], folder: Path) -> Resource:
    from azkeep.types import conversion

    request = made.request
    return Resource(
        urn=made.urn,
        token=request.type,
        type=made.type.arm_type if made.type else request.type,
        name=request.name,
        id=made.id,
        inputs=inputs,
        body=conversion.to_body(made.type, inputs) if made.type else None,
        parent=request.parent,
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies={key: urns for key, urns in dependencies.items() if urns},
        is_component=not request.custom,
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        source=_source(request, folder),
    )


def _source(request: Any, folder: Path) -> Source | None:
    """The innermost line of the stack's own files that led to the resource."""
    for position in (request.sourcePosition, *(frame.pc for frame in request.stackTrace.frames)):
        file = own_file(unquote(urlparse(position.uri).path), folder) if position.uri else None
        if file is not None:
            return Source(file, position.line)
    return None


def _stack_outputs(monitor: OfflineMonitor) -> dict[str, Any]:
    for made in monitor.registrations:
        if made.request.type == STACK_TYPE:
            return monitor.outputs.get(made.urn, {})
    return {}
