"""The language runtime that the engine asks to run a stack's program (`pulumi … --client=ADDRESS`)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from azkeep.errors import ProgramError
from azkeep.program.engine_run import EngineRun
from azkeep.program.failure import Ended, ProgramFailure
from azkeep.program.launcher import Launcher, Running, load_ahead
from azkeep.program.project import Project
from azkeep.program.registered import Registered

if TYPE_CHECKING:
    from azkeep.program.gate import Judge

MESSAGE_BYTES = 400 * 1024 * 1024
GRPC_OPTIONS = (("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES))
DIED = "ProcessDied"


class ProgramHost:
    """Serves `project` to an engine while the context is open.

    environment: added to azkeep's own for the program. parallel: most registrations in flight. kept_alias_types: all
    types of the last checkpoint. secret_outputs: azure-native token → outputs to mark as secret. on_output: called
    with each line that the program prints, from another thread. speed: whether the SDK is changed to be faster.
    launcher: what `load_ahead` gave, instead of one made with `environment`; whoever gave it closes it.
    judge: asked for each resource of a run that makes them, in the program's process; it must be picklable.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of its own, and all but the first are named
        self,
        project: Project,
        *,
        environment: Mapping[str, str],
        parallel: int,
        kept_alias_types: frozenset[str],
        secret_outputs: Mapping[str, tuple[str, ...]],
        on_output: Callable[[str], None],
        speed: bool = True,
        launcher: Launcher | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._project = project
        self._parallel = parallel
        self._kept_alias_types = kept_alias_types
        self._secret_outputs = secret_outputs
        self._on_output = on_output
        self._speed = speed
        self._lock = threading.Lock()
        self._running: Running | None = None
        self._stopped = False
        self._failures: tuple[ProgramFailure, ...] = ()
        self._registered: Mapping[str, Registered] = {}
        self._judge = judge
        self._refusals: tuple[str, ...] = ()
        self._launcher = launcher or load_ahead(project, environment)
        self._owns_launcher = launcher is None
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4), options=GRPC_OPTIONS)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(_Servicer(self), self._server)
        self._port = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self) -> ProgramHost:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owns_launcher:
            self._launcher.close()
        self._server.stop(grace=None)

    @property
    def address(self) -> str:
        """What `--client` takes."""
        return f"127.0.0.1:{self._port}"

    @property
    def failures(self) -> tuple[ProgramFailure, ...]:
        """Why the last run failed; empty if it did not, or if the engine ended it and says why itself."""
        return self._failures

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why `judge` let resources of the last run not through."""
        return self._refusals

    @property
    def registered(self) -> Mapping[str, Registered]:
        """What the last dry run registered, by URN."""
        return self._registered

    def stop_registering(self) -> None:
        """Lets what is in flight finish and registers nothing further; the program then ends as interrupted."""
        with self._lock:
            self._stopped = True
            running = self._running
        if running is not None:
            running.stop()

    def run(self, request: Any, on_cancel: Callable[[Callable[[], None]], bool]) -> Any:
        """The engine's answer for one run: empty if the program ended well, `bail` if the engine has gone.

        `on_cancel` takes what ends the program when the engine goes, and gives False where it has gone already.
        """
        self._failures = ()
        try:
            running = self._launcher.start(self._order(request), self._on_output)
        except ProgramError as error:
            return self._failed(ProgramFailure(error.summary, DIED))
        if not on_cancel(running.kill):
            running.kill()
        with self._lock:
            self._running = running
            stopped = self._stopped
        if stopped:
            running.stop()
        ended, code = running.wait()
        with self._lock:
            self._running = None
        return self._answer(ended, code)

    def _answer(self, ended: Ended | None, code: int | None) -> Any:
        if ended is None:
            how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
            return self._failed(ProgramFailure(f"the program's process {how} before the program was finished", DIED))
        if ended.registered:
            self._registered = ended.registered
        self._refusals = ended.refusals
        if ended.failure is not None:
            return self._failed(ended.failure)
        return language_pb2.RunResponse(bail=ended.engine_left)

    def _failed(self, failure: ProgramFailure) -> Any:
        self._failures = (failure,)
        return language_pb2.RunResponse(error=failure.summary)

    def _order(self, request: Any) -> EngineRun:
        return EngineRun(
            folder=self._project.folder,
            program=self._project.main,
            argument=request.info.entry_point or ".",
            project=request.project,
            stack=request.stack,
            organization=request.organization,
            root_folder=request.info.root_directory or str(self._project.folder),
            monitor_address=request.monitor_address,
            engine_address=request.args[0] if request.args else "",
            preview=request.dryRun,
            parallel=self._parallel,
            threads=request.parallel,
            config=dict(request.config),
            secret_keys=tuple(request.configSecretKeys),
            kept_alias_types=self._kept_alias_types,
            secret_outputs=dict(self._secret_outputs),
            speed=self._speed,
            judge=None if request.dryRun else self._judge,
        )


class _Servicer(language_pb2_grpc.LanguageRuntimeServicer):
    """gRPC's side of a ProgramHost."""

    def __init__(self, host: ProgramHost) -> None:
        self._host = host

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        return self._host.run(request, context.add_callback)

    def About(self, request: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        return language_pb2.GetRequiredPackagesResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        return plugin_pb2.PluginInfo()
