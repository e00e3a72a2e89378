"""Begin a stack from one of those that ship."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import InitOptions


@click.command("init")
@click.argument("template", required=False, metavar="[TEMPLATE]")
@click.argument("folder", required=False, type=click.Path(file_okay=False), metavar="[FOLDER]")
@click.option("--name", help="The project's name; without it the folder's.")
@takes()
def command(*, display: Display, template: str | None, folder: str | None, name: str | None) -> None:
    """Begin a stack from one of those that ship, in stacks/ or in FOLDER. No file is overwritten.

    Example: azkeep init secure-workspace
    """
    perform("init", InitOptions(template=template, folder=folder, name=name), display)
