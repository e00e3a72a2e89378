"""Show what the stack gives to others."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import ENGINE, PLACE, STACK, Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import OutputsOptions, StackOptions
from azkeep.render.view import View


@click.command("outputs")
@STACK
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--raw", is_flag=True, help="The bare value of NAME, for scripts.")
@click.option("--show-secrets", is_flag=True, help="Secret values in clear.")
@takes(PLACE, ENGINE)
def command(*, stack: StackOptions, display: Display, name: str | None, raw: bool, show_secrets: bool) -> None:
    """Show the outputs of STACK, or the one called NAME.

    Example: azkeep outputs secure-workspace workspace_id --raw
    """
    if raw and name is None:
        raise click.UsageError("--raw needs the NAME of an output")
    view = View(verbose=display.verbose, raw=raw, show_secrets=show_secrets)
    perform("outputs", OutputsOptions(stack, name=name, bare=raw, show_secrets=show_secrets), display, view=view)
