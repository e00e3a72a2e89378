"""The local cloud: azkeep's own Resource Manager as a child process, and the azure-native provider in this one.

Two processes, because the interpreter lock is shared within one: the emulator serves while the provider waits.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from azkeep.clouds.cloud import Cloud
from azkeep.errors import CloudError, EmulatorFailed, StoreDamaged, UsageError

START_SECONDS = 30.0
STOP_SECONDS = 5.0
DEPLOYER = "azkeep-deployer"
DAMAGED = "the local cloud's database cannot be read"


@contextmanager
def open_local(store: Path, subscription: str | None) -> Iterator[Cloud]:
    """The local cloud in folder `store`; a server that is running on it already is used and left running."""
    from azkeep.azure.client import ArmClient
    from azkeep.azure.credentials import service_principal
    from azkeep.provider.server import ProviderIdentity, serve

    with serving(store) as ready, ExitStack() as opened:
        deployer = next(principal for principal in ready["principals"] if principal["name"] == DEPLOYER)
        credential = opened.enter_context(
            service_principal(
                ready["identity"], ready["tenant"], deployer["client_id"], deployer["client_secret"], ready["ca"]
            )
        )
        scope = f"{ready['arm'].rstrip('/')}/.default"
        transport = opened.enter_context(ArmClient(ready["arm"], credential, ca=ready["ca"], scopes=(scope,)))
        identity = ProviderIdentity(
            client_id=deployer["client_id"],
            object_id=deployer["object_id"],
            tenant=ready["tenant"],
            token=lambda: str(credential.get_token(scope).token),
        )
        chosen = subscription or ready["subscription"]
        with serve(transport, identity, subscription=chosen) as provider:
            yield Cloud(
                name="local",
                tenant=ready["tenant"],
                subscription=chosen,
                caller=DEPLOYER,
                transport=transport,
                engine_environment={"PULUMI_DEBUG_PROVIDERS": f"azure-native:{provider.port}"},
                provided_plugins=frozenset({"azure-native"}),
            )


@contextmanager
def serving(store: Path) -> Iterator[Mapping[str, Any]]:
    """The ready document of a server on `store`: the running one, or one started for this block."""
    running = running_server(store)
    if running is not None:
        yield running
        return
    make_store(store)
    log_path = store / "emulator.log"
    with open(os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as log:
        process = _start(store, log)
        try:
            yield _ready(process, log_path, store)
        finally:
            _stop(process)


def running_server(store: Path) -> Mapping[str, Any] | None:
    """The ready document of a server that is alive on `store` and stays, else None: one that another command started
    for itself goes with that command."""
    try:
        found: Mapping[str, Any] = json.loads((store / "serve.json").read_text(encoding="utf-8"))
        os.kill(int(found["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return found if found.get("lasting") else None


def refuse_busy(store: Path) -> None:
    """Raises UsageError if an azkeep command serves the cloud in `store` for itself, and is at work."""
    from azkeep.emulator import control

    found = control.serving(store)
    if found is not None and not found.get("lasting"):
        raise UsageError(
            "an azkeep command is at work on this local cloud",
            fix="Wait until it has ended.",
            subject=str(store),
        )


def make_store(store: Path) -> None:
    """The folder `store` exists afterwards, for its owner alone. Raises CloudError if it cannot."""
    try:
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CloudError(
            f"the local cloud cannot keep its files in {store}: {error.strerror}",
            fix="Name another folder with --store, or move away what stands there.",
            subject=str(store),
        ) from error


def refuse_taken(port: int) -> None:
    """Raises UsageError if somebody else listens on `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError(
                f"the local cloud cannot be served on port {port}: {error.strerror}",
                fix="Choose another --port, or leave it out for a free one.",
                subject=str(port),
            ) from error


def _start(store: Path, log: IO[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "azkeep.emulator", "--store", str(store), "--until-stdin-closes"]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        # A session of its own: Ctrl-C reaches azkeep alone, which stops the server when the engine is done.
        start_new_session=True,
    )


def _ready(process: subprocess.Popen[str], log_path: Path, store: Path) -> Mapping[str, Any]:
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
    finally:
        timer.cancel()
    try:
        found: Mapping[str, Any] = json.loads(line)
    except ValueError:
        process.wait()
        raise _failure(log_path, store) from None
    return found


def _failure(log_path: Path, store: Path) -> EmulatorFailed | StoreDamaged:
    said = log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = said[-1] if said else _silence(store)
    if "database" in last.lower():
        return StoreDamaged(
            DAMAGED,
            detail=last.removeprefix(f"{DAMAGED}: "),
            subject=str(store),
            fix=f"Put back a good copy of {store}, or begin anew: azkeep local reset removes all that the local cloud"
            " holds.",
        )
    return EmulatorFailed(
        "the local cloud did not start",
        detail=last,
        subject=str(store),
        fix=f"azkeep doctor; all that it said is in {log_path}",
    )


def _silence(store: Path) -> str:
    """Why the server said nothing: a full disk takes its words too."""
    from azkeep.emulator.store import ROOM

    full = shutil.disk_usage(store).free < ROOM
    return "the disk of the local cloud's store is full" if full else "it ended without a word"


def _stop(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


@dataclass(frozen=True)
class Serving:
    """How a local cloud is served: `faults` is a YAML file of declared ones; `latency` in milliseconds; `throttling`
    None: on where it is realistic. `full_paths`: requests are noted with their paths as sent."""

    port: int = 0
    realistic: bool = False
    faults: Path | None = None
    latency: float | None = None
    throttling: bool | None = None
    full_paths: bool = False

    def arguments(self) -> Iterator[str]:
        """As the emulator's own command line takes it."""
        if self.port:
            yield from ("--port", str(self.port))
        if self.realistic:
            yield "--realistic"
        if self.faults is not None:
            yield from ("--faults", str(self.faults))
        if self.latency is not None:
            yield from ("--latency", str(self.latency))
        if self.throttling is not None:
            yield from ("--throttling", "on" if self.throttling else "off")
        if self.full_paths:
            yield "--full-paths"


def serve_attached(
    store: Path,
    how: Serving,
    *,
    announce: Callable[[Mapping[str, Any]], None],
    note: Callable[[str], None] | None,
) -> None:
    """Serves the local cloud in `store` in this process until Ctrl-C or SIGTERM.

    `announce` is given the ready document, which holds secrets; `note` a line for each request. Raises SettingsError
    with the line of what is wrong in the file of faults.
    """
    from azkeep.emulator import fault_file
    from azkeep.emulator.__main__ import main

    if how.faults is not None:
        fault_file.load(how.faults)
    refuse_taken(how.port)
    make_store(store)
    code = main(["--store", str(store), *how.arguments()], announce=announce, note=note)
    if code:
        raise EmulatorFailed("the local cloud ended", detail=f"exit code {code}", subject=str(store))
