"""Build the Pulumi CLI, or carry a build to another machine."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import EngineOptions


@click.group("engine")
def command() -> None:
    """Build the Pulumi CLI, or carry a build to a machine without network.

    Example: azkeep engine export pulumi.tar.gz
    """


@command.command("build")
@takes()
def build(*, display: Display) -> None:
    """Build the Pulumi CLI from its Go modules, once per machine.

    Example: azkeep engine build
    """
    perform("engine.build", EngineOptions(verbose=display.verbose), display)


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False))
@takes()
def export(*, display: Display, file: str) -> None:
    """Write the built Pulumi CLI to FILE.

    Example: azkeep engine export pulumi.tar.gz
    """
    perform("engine.export", EngineOptions(file=file, verbose=display.verbose), display)


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True))
@takes()
def import_(*, display: Display, file: str) -> None:
    """Take the Pulumi CLI out of FILE into this machine's cache.

    Example: azkeep engine import pulumi.tar.gz
    """
    perform("engine.import_", EngineOptions(file=file, verbose=display.verbose), display)
