"""Show what the stack's program declares."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import CONFIG, PLACE, STACK, Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import GraphOptions, StackOptions


@click.command("graph")
@STACK
@takes(PLACE, CONFIG)
def command(*, stack: StackOptions, display: Display) -> None:
    """Show what the program of STACK declares and what needs what. Neither an engine nor a cloud is asked.

    Example: azkeep graph secure-workspace --env dev
    """
    perform("graph", GraphOptions(stack), display)
