"""List what was applied, when and by whom."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, STACK, Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import HistoryOptions, StackOptions


@click.command("history")
@STACK
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="So many runs.")
@takes(PLACE)
def command(*, stack: StackOptions, display: Display, limit: int) -> None:
    """List the applies, destroys and fixes of STACK, newest first.

    Example: azkeep history secure-workspace --env dev
    """
    perform("history", HistoryOptions(stack, limit=limit), display)
