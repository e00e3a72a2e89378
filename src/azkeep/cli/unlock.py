"""Show who holds the stack's lock, and remove it."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, STACK, Display, on_terminal, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import StackOptions, UnlockOptions


@click.command("unlock")
@STACK
@click.option("-y", "--yes", is_flag=True, help="Remove the lock without asking.")
@takes(PLACE)
def command(*, stack: StackOptions, display: Display, yes: bool) -> None:
    """Show who holds the lock of STACK and since when, and remove it once confirmed.

    Example: azkeep unlock secure-workspace --env dev
    """
    perform("unlock", UnlockOptions(stack, yes=yes, terminal=on_terminal()), display)
