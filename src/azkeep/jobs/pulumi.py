"""pulumi: the found engine with the stack's environment, on the user's own terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from azkeep.engine.analyzer import with_analyzer
from azkeep.errors import EXIT_FAILED, EXIT_OK
from azkeep.jobs.options import Progress, PulumiOptions
from azkeep.jobs.stack import OpenStack, open_stack, program_host
from azkeep.model.report import Nothing, Report

RUNS_PROGRAM = ("preview", "pre", "up", "update")
"""Verbs of the engine that run the stack's program."""


def run(options: PulumiOptions, progress: Progress) -> Report:
    """What `pulumi ARGUMENTS` does; its failure is exit 1, since its own codes would mean something else here."""
    runs_program = options.arguments[:1] and options.arguments[0] in RUNS_PROGRAM
    with open_stack(options.stack, progress, runs_program=bool(runs_program)) as opened:
        code = _with_program(opened, options.arguments) if runs_program else opened.session.call(options.arguments)
        failed = (f"pulumi ended with exit code {code}",) if code else ()
        return Report(opened.header(), Nothing(), reasons=failed, exit_code=EXIT_FAILED if code else EXIT_OK)


def _with_program(opened: OpenStack, arguments: tuple[str, ...]) -> int:
    """The engine's exit code, with azkeep as the program's language host and, for a policy pack, its starter."""
    with _packs(opened, arguments) as ready, program_host(ready) as host:
        served = ("--client", host.address, "--config-file", str(ready.session.run_config))
        return ready.session.call((arguments[0], *served, *arguments[1:]))


@contextmanager
def _packs(opened: OpenStack, arguments: tuple[str, ...]) -> Iterator[OpenStack]:
    if not any(argument.split("=")[0] == "--policy-pack" for argument in arguments):
        yield opened
        return
    from azkeep.engine.process import temporary_folder

    with temporary_folder(opened.keeping.runs, f"analyzer-{id(opened):x}") as folder:
        more = with_analyzer(folder, os.environ.get("PATH", os.defpath))
        yield replace(opened, session=replace(opened.session, environment={**opened.session.environment, **more}))
