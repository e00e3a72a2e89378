"""Say what was found on this machine, and what is missing."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.parameters import EnvironmentType, StackType
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import DoctorOptions, StackOptions


@click.command("doctor")
@click.argument("stack", required=False, type=StackType(), metavar="[STACK]")
@click.option("--env", "-s", "--stack", "env", type=EnvironmentType(), help="The environment: Pulumi.<env>.yaml.")
@click.option("--offline", is_flag=True, help="Look at nothing outside this machine.")
@takes()
def command(*, display: Display, stack: str | None, env: str | None, offline: bool) -> None:
    """Say which Pulumi CLI, packages and credentials were found and why, and for STACK whether it could run.

    Example: azkeep doctor --format json
    """
    found = StackOptions(stack, env=env, quiet=display.quiet, verbose=display.verbose) if stack else None
    perform("doctor", DoctorOptions(found, offline=offline), display)
