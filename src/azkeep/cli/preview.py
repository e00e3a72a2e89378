"""Show what an apply would do."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, REPLACE, RUNNING, SCOPE, STACK, Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import PreviewOptions, StackOptions


@click.command("preview")
@STACK
@click.option(
    "--out",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Save the plan for apply STACK FILE, tell its digest.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where there is something to do.")
@click.option("--destroy", is_flag=True, help="Show what `azkeep destroy` would do.")
@click.option("--no-refresh", is_flag=True, help="Do not read the cloud first.")
@takes(PLACE, RUNNING, SCOPE, REPLACE)
def command(
    *,
    stack: StackOptions,
    display: Display,
    out: str | None,
    detailed_exitcode: bool,
    destroy: bool,
    no_refresh: bool,
) -> None:
    """Show what an apply would do, and what changed outside azkeep. Nothing is changed.

    Example: azkeep preview secure-workspace --env dev --out plan.json
    """
    options = PreviewOptions(
        stack, out=out, detailed_exitcode=detailed_exitcode, destroy=destroy, refresh=not no_refresh
    )
    perform("preview", options, display)
