"""Delete everything that the stack has created."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, RUNNING, SCOPE, STACK, Display, on_terminal, takes
from azkeep.cli.frame.run import perform
from azkeep.errors import UsageError
from azkeep.jobs.options import DestroyOptions, StackOptions


@click.command("destroy")
@STACK
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--no-refresh", is_flag=True, help="Do not read the cloud first.")
@takes(PLACE, RUNNING, SCOPE)
def command(*, stack: StackOptions, display: Display, yes: bool, no_refresh: bool) -> None:
    """Delete everything that STACK has created.

    Example: azkeep destroy secure-workspace --env dev
    """
    terminal = on_terminal()
    if not (yes or terminal):
        raise UsageError(
            "nobody is here to confirm the deletion",
            detail="destroy needs a terminal to ask on, or --yes.",
            fix=f"azkeep preview {stack.typed} --destroy shows what would go; add --yes to delete it",
            subject=stack.stack,
        )
    perform("destroy", DestroyOptions(stack, yes=yes, terminal=terminal, refresh=not no_refresh), display)
