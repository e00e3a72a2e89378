"""Run the Pulumi CLI with the stack's environment."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import ENGINE, PLACE, STACK, Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import PulumiOptions, StackOptions


@click.command("pulumi")
@STACK
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="-- ARGS...")
@takes(PLACE, ENGINE)
def command(*, stack: StackOptions, display: Display, arguments: tuple[str, ...]) -> None:
    """Run the Pulumi CLI that azkeep uses, with the state, secrets and cloud of STACK.

    Exit 1 where it fails, whatever its own exit code, which is told.

    Example: azkeep pulumi secure-workspace --env dev -- stack --show-urns
    """
    perform("pulumi", PulumiOptions(stack, arguments=arguments), display)
