"""Begin a stack from one of those that ship."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import InitOptions


@click.command("init")
@click.argument("folder", required=False, type=click.Path(file_okay=False), metavar="[FOLDER]")
@click.option("--template", metavar="NAME", help="The shipped stack to begin from; without it secure-workspace.")
@click.option("--name", help="The project's name; without it the folder's.")
@takes()
def command(*, display: Display, folder: str | None, template: str | None, name: str | None) -> None:
    """Begin a stack from one of those that ship. No file is overwritten.

    Example: azkeep init my-workspace --template secure-workspace
    """
    perform("init", InitOptions(template=template, folder=folder, name=name), display)
