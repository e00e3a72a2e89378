"""Compare what the cloud holds with what was applied."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import PLACE, RUNNING, STACK, Display, takes
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import AuditOptions, StackOptions


@click.command("audit")
@STACK
@takes(PLACE, RUNNING)
def command(*, stack: StackOptions, display: Display) -> None:
    """Compare what the cloud holds with what was applied. Exit 2 where they differ, 5 where not all could be read.

    Example: azkeep audit secure-workspace --env dev --format json=audit.json
    """
    perform("audit", AuditOptions(stack), display)
