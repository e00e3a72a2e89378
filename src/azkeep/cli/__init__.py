"""The command line: one file per command, and `main`, the only place that shows an error."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azkeep.cli.frame.run import CommandError, Job


RARELY = (50_000, 20, 100)
"""Nearly all that a command makes, modules above all, stays to its end: cycles are searched for seldom."""


def main(arguments: Sequence[str] | None = None, *, jobs: Callable[[str], Job] | None = None) -> int:
    """The exit code of one run of `azkeep`. `jobs` finds a job by its name; without it azkeep's own."""
    if arguments is not None:
        return _guarded(list(arguments), jobs)
    gc.set_threshold(*RARELY)
    _open_closed_streams()
    _end_on_terminate()
    code = _guarded(sys.argv[1:], jobs)
    _end_undisturbed()
    gc.freeze()  # the interpreter searches all that is left for cycles, several times, before it lets the process go
    return code


def _guarded(typed: list[str], jobs: Callable[[str], Job] | None) -> int:
    """The exit code, whatever happens."""
    started_at = datetime.now(UTC)
    try:
        return _run(typed, jobs, started_at)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return 130
    except BrokenPipeError:
        _silence_stdout()
        return 1
    except Exception as error:
        from azkeep.cli.frame.crash import report_crash

        return report_crash(error, typed)


def _run(typed: list[str], jobs: Callable[[str], Job] | None, started_at: datetime) -> int:
    import click

    from azkeep.cli.frame.root import root

    try:
        code = root.main(typed, prog_name="azkeep", standalone_mode=False, obj=_invocation(typed, jobs, started_at))
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 1
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        from azkeep.cli.frame.failure import show_click_error

        return show_click_error(error, typed, started_at)
    except Exception as error:
        failed = _expected(error, typed, started_at)
        if failed is None:
            raise
        from azkeep.cli.frame.failure import show_failure

        return show_failure(failed)


def _open_closed_streams() -> None:
    """A stream that was closed from outside leads nowhere; else the next file that is opened takes its place."""
    import os

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as the process


def _end_on_terminate() -> None:
    """SIGTERM ends a command as Ctrl-C does: what it started is ended too."""
    import signal

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def _end_undisturbed() -> None:
    """One Ctrl-C more, once the exit code is decided, does not change it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _invocation(typed: list[str], jobs: Callable[[str], Job] | None, started_at: datetime) -> Any:
    """What commands find in their context; `--help` and `--version` need none of it."""
    if not typed or typed[0] in ("-h", "--help", "--version"):
        return None
    from azkeep.cli.frame.run import Invocation, load_job

    return Invocation(jobs or load_job, started_at)


def _expected(error: Exception, typed: list[str], started_at: datetime) -> CommandError | None:
    """`error` as a failed command, None if azkeep did not raise it on purpose."""
    from azkeep.cli.frame.failure import display_of
    from azkeep.cli.frame.run import CommandError
    from azkeep.errors import AzkeepError
    from azkeep.model.report import Header

    if isinstance(error, AzkeepError):
        return CommandError(error, Header(started_at=started_at), display_of(typed))
    return error if isinstance(error, CommandError) else None


def _silence_stdout() -> None:
    """Keeps the interpreter from complaining about the closed pipe when it ends."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
