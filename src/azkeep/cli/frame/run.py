"""From options to exit code: one job, run and shown."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NoReturn, TextIO

import click

from azkeep.cli.frame import progress
from azkeep.cli.frame.offers import refuse_unoffered
from azkeep.cli.frame.options import Display
from azkeep.cli.frame.parameters import FormatChoice
from azkeep.errors import EXIT_OK, AzkeepError, Problems, UsageError
from azkeep.jobs.options import Progress, StackOptions
from azkeep.model.plan import Outcome
from azkeep.model.report import Header, Report
from azkeep.render import format_named
from azkeep.render.view import View

Job = Callable[[Any, Progress], Report]
SENTENCE_END = re.compile(r"(?<= \.)\.(?=\s|$)")
"""After the stack `.` it would read as the folder above."""
STACK_WORD = re.compile(r"\bSTACK\b( --env \S+)?")


class CommandError(Exception):
    """An AzkeepError on its way to `main`, with what the command knew of itself."""

    def __init__(self, error: AzkeepError, header: Header, display: Display) -> None:
        super().__init__(str(error))
        self.error = error
        self.header = header
        self.display = display


@dataclass(frozen=True)
class Invocation:
    """One run of the command line. `jobs` finds a job by name, such as `preview` or `local.edit`."""

    jobs: Callable[[str], Job]
    started_at: datetime


def load_job(name: str) -> Job:
    """`azkeep.jobs.<name>.run`, or for `<group>.<action>` the function of that name."""
    module, _, function = name.partition(".")
    job: Job = getattr(import_module(f"azkeep.jobs.{module}"), function or "run")
    return job


def perform(name: str, options: Any, display: Display, *, view: View | None = None) -> NoReturn:
    """Runs the job, shows its report in every format that was asked for, and leaves with its exit code."""
    context = click.get_current_context()
    invocation: Invocation = context.obj
    chosen = view or View(verbose=display.verbose)
    try:
        refuse_unoffered(name, context.command_path, options, display.formats)
        with progress.make(display, lambda report: show_now(report, display, chosen)) as speaker:
            report = invocation.jobs(name)(options, speaker)
    except AzkeepError as error:
        address(error, options)
        raise CommandError(error, header_of(options, invocation.started_at), display) from error
    if report.error is not None:
        address(report.error, options)
    show(report, display, chosen)
    context.exit(report.exit_code)


def address(error: AzkeepError, options: Any) -> None:
    """Puts the stack that was typed into the commands that `error` proposes: rooms below know it as STACK."""
    stack = getattr(options, "stack", None)
    if not isinstance(stack, StackOptions):
        return
    for each in error.errors if isinstance(error, Problems) else (error,):
        each.fix = SENTENCE_END.sub("", STACK_WORD.sub(lambda found: named(stack, found[1]), each.fix))


def named(stack: StackOptions, env: str | None) -> str:
    """The stack as it was typed, in `env` where a command names one."""
    return replace(stack, env=None).typed + env if env else stack.typed


def show(report: Report, display: Display, view: View) -> None:
    """Every format to its place; in text, the reasons of an exit code that is not 0 follow on stderr."""
    for choice in display.formats:
        # The error follows on stderr, so text on stdout does not tell it as well.
        chosen = told_once(report) if choice == FormatChoice("text") else report
        text = format_named(choice.name).report(chosen, coloured(view, choice, sys.stdout))
        write(text, choice, sys.stdout)
    if report.error is not None:
        shown = FormatChoice("text")
        text = format_named("text").failure(report.error, report.header, coloured(view, shown, sys.stderr))
        write(text, shown, sys.stderr)
    elif report.exit_code != EXIT_OK and report.reasons:
        sys.stderr.write(f"azkeep: {'; '.join(report.reasons)} (exit {report.exit_code})\n")


def told_once(report: Report) -> Report:
    """`report` without those diagnostics that its error tells already."""
    outcome, error = report.result, report.error
    if error is None or not isinstance(outcome, Outcome):
        return report
    told = f"{error.summary}\n{error.detail}"
    kept = tuple(
        item for item in outcome.diagnostics if item.severity != "error" or first_line(item.message) not in told
    )
    return replace(report, result=replace(outcome, diagnostics=kept))


def first_line(message: str) -> str:
    return message.strip().partition("\n")[0].rstrip(".")


def show_now(report: Report, display: Display, view: View) -> None:
    """A result in the middle of a job: on stdout, but on stderr where stdout is to hold the final document alone."""
    from azkeep.model.report import LocalReady

    if display.on_stdout == "text" or isinstance(report.result, LocalReady):
        show(report, Display((FormatChoice(display.on_stdout or "text"),)), view)
        sys.stdout.flush()
        return
    choice = FormatChoice("text")
    write(format_named("text").report(report, coloured(view, choice, sys.stderr)), choice, sys.stderr)


def coloured(view: View, choice: FormatChoice, stream: TextIO) -> View:
    """`view` with colours where `stream` is a terminal that wants them."""
    wants = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return View(**{**vars(view), "color": choice.file is None and wants and stream.isatty()})


def write(text: str, choice: FormatChoice, stream: TextIO) -> None:
    """`text` to the file of `choice`, else to `stream`; what the stream cannot encode is escaped."""
    if choice.file is not None:
        try:
            choice.file.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(
                f"`{choice.file}` cannot be written: {error.strerror}", subject=str(choice.file)
            ) from error
        return
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def header_of(options: Any, started_at: datetime) -> Header:
    """What is known of a run before its job has said more."""
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    stack = options if isinstance(options, StackOptions) else getattr(options, "stack", None)
    if not isinstance(stack, StackOptions):
        return Header(started_at=started_at, seconds=seconds)
    return Header(
        stack=stack.stack, env=stack.env, cloud=stack.cloud, rehearsal=False, started_at=started_at, seconds=seconds
    )
