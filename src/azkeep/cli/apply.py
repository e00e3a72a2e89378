"""Create, change and delete what the stack declares."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, REPLACE, RUNNING, SCOPE, STACK, Display, on_terminal, takes
from azkeep.cli.frame.run import perform
from azkeep.errors import UsageError
from azkeep.jobs.options import ApplyOptions, StackOptions


@click.command("apply")
@STACK
@click.argument("file", required=False, type=click.Path(dir_okay=False), metavar="[FILE]")
@click.option("--digest", metavar="SHA256", help="Refuse any other plan file than this: as preview --out printed it.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--no-refresh", is_flag=True, help="Do not read the cloud first.")
@takes(PLACE, RUNNING, SCOPE, REPLACE)
def command(
    *, stack: StackOptions, display: Display, file: str | None, digest: str | None, yes: bool, no_refresh: bool
) -> None:
    """Create, change and delete what STACK declares.

    With FILE, a plan that `azkeep preview --out` saved, exactly that plan is applied, or nothing. With --digest it
    must be the plan that was approved. Without FILE the plan is shown and confirmed first.

    Example: azkeep apply secure-workspace plan.json --env dev
    """
    terminal = on_terminal()
    if not (yes or file or terminal):
        raise UsageError(
            "nobody is here to confirm the plan",
            detail="apply needs a terminal to ask on, a saved plan, or --yes.",
            fix=f"azkeep preview {stack.typed} --out plan.json, review it, then azkeep apply {stack.typed} plan.json",
            subject=stack.stack,
        )
    options = ApplyOptions(stack, file=file, digest=digest, yes=yes, terminal=terminal, refresh=not no_refresh)
    perform("apply", options, display)
