"""Compare what the cloud holds with what was applied."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, RUNNING, SCOPE, STACK, Display, on_terminal, takes
from azkeep.cli.frame.run import perform
from azkeep.errors import UsageError
from azkeep.jobs.options import AuditOptions, StackOptions
from azkeep.model.drift import Severity


@click.command("audit")
@STACK
@click.option("--fix", is_flag=True, help="Put declared drift right: the stack's values win.")
@click.option("--accept", is_flag=True, help="Record what the cloud holds as the new normal.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before --fix or --accept.")
@click.option(
    "--fail-on", type=click.Choice([each.value for each in Severity]), help="Exit 3 from this severity of policy on."
)
@takes(PLACE, RUNNING, SCOPE)
def command(*, stack: StackOptions, display: Display, fix: bool, accept: bool, yes: bool, fail_on: str | None) -> None:
    """Compare what the cloud holds with what was applied. Exit 2 where they differ, 5 where not all could be read.

    Example: azkeep audit secure-workspace --env dev --format json=audit.json
    """
    terminal = on_terminal()
    if fix and accept:
        raise click.UsageError("--fix and --accept cannot be given together")
    if (fix or accept) and not (yes or terminal):
        raise UsageError(
            f"nobody is here to confirm --{'fix' if fix else 'accept'}",
            fix=f"Run azkeep audit {stack.stack} first, then again with --{'fix' if fix else 'accept'} --yes.",
            subject=stack.stack,
        )
    severity = Severity(fail_on) if fail_on else None
    perform("audit", AuditOptions(stack, fix=fix, accept=accept, yes=yes, terminal=terminal, fail_on=severity), display)
