"""One call of the Pulumi CLI: its environment, its process group, its temporary folder, its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from azkeep.errors import EngineError

ALWAYS = {
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DEBUG_COMMANDS": "true",  # --event-log is hidden without it
    "NO_COLOR": "1",
}
GLOBAL_ARGUMENTS = ("--non-interactive", "--color", "never")
STOP_SECONDS = 10.0


@dataclass
class Control:
    """A handle on a running engine for signal handlers: safe to use from a handler or another thread, before the
    engine started and after it ended."""

    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    interrupted: bool = False
    killed: bool = False

    def interrupt(self) -> None:
        """SIGINT to the engine's process group: the first lets running operations end, the second does not."""
        self.interrupted = True
        self._send(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the engine's process group; what was running is known from the state and the event log."""
        self.interrupted = True
        self.killed = True
        self._send(signal.SIGKILL)

    def _send(self, signal_number: int) -> None:
        process = self.process
        if process is None or process.poll() is not None:
            return
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            return


@dataclass(frozen=True)
class Completed:
    """How a call ended. `code` is negative for a signal; `output` is stdout where it was asked for."""

    code: int
    output: str
    errors: str


@contextmanager
def temporary_folder(parent: Path, name: str) -> Iterator[Path]:
    """A folder for one call's temporary files, 0700, gone afterwards."""
    folder = parent / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_engine(
    program: Path,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    temporary: Path,
    control: Control | None = None,
    wants_output: bool = False,
    given: str | None = None,
) -> Completed:
    """Runs `pulumi ARGUMENTS` in `folder`, in a session of its own, and waits for its end.

    What it complains of goes to a file, not a pipe: an engine that outlives azkeep must not die of a broken pipe
    before it has written its state. What it answers may be secrets and never touches the disk; calls that are asked
    for an answer change nothing. An exception in the waiting thread ends the engine. `given` goes to its stdin.
    """
    control = control or Control()
    complained = temporary / "stderr"
    with complained.open("wb") as errors:
        try:
            process = subprocess.Popen(
                [str(program), *arguments, *GLOBAL_ARGUMENTS],
                cwd=folder,
                env=_environment(environment, temporary),
                stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
                stdout=subprocess.PIPE if wants_output else subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(
                f"the Pulumi CLI could not be started: {error.strerror or error}", subject=str(program)
            ) from error
        control.process = process
        if given is not None and process.stdin is not None:
            process.stdin.write(given.encode())
            process.stdin.close()
        answer = _wait(process, control)
    said = complained.read_text("utf-8", "replace").strip()
    return Completed(process.returncode, answer.decode("utf-8", "replace"), said)


def _wait(process: subprocess.Popen[bytes], control: Control) -> bytes:
    """What the engine wrote to stdout where that was asked for."""
    if control.interrupted:
        control.interrupt()
    try:
        answer = process.stdout.read() if process.stdout is not None else b""
        process.wait()
        return answer
    except BaseException:
        control.interrupt()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            control.kill()
            process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


def _environment(given: Mapping[str, str], temporary: Path) -> dict[str, str]:
    return {**os.environ, **given, **ALWAYS, "TMPDIR": str(temporary)}


def run_attached(
    program: Path, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], temporary: Path
) -> int:
    """Runs `pulumi ARGUMENTS` on the caller's terminal, in its session, and gives its exit code."""
    call = [str(program), *arguments]
    # Ctrl-C reaches the engine too, which knows how to end; who runs it must not kill it before. A handler, unlike
    # ignoring, is not handed on to it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(call, cwd=folder, env=_environment(environment, temporary), check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
