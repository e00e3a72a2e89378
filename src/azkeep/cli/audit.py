"""Compare what the cloud holds with what was applied."""

from __future__ import annotations

from typing import Any

import click

from azkeep.cli.frame.options import PLACE, RUNNING, Decorator, Display, on_terminal, takes
from azkeep.cli.frame.parameters import ChosenType, ResourceType, StackType
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import AuditOptions, StackOptions
from azkeep.model.severity import Severity

STACK: Decorator = click.argument("stack", type=StackType(), metavar="[STACK]", required=False)
SEVERITIES = click.Choice([severity.value for severity in reversed(Severity)])


@click.command("audit")
@STACK
@click.option("--only", type=ChosenType(), multiple=True, metavar="ID|NAME", help="This resource and what is below it.")
@click.option("--severity", type=SEVERITIES, help="Findings at least this bad.")
@click.option("--since", metavar="TIME", help="Findings changed since: 24h, 7d or 2026-01-31T08:00:00Z.")
@click.option("--fail-on", type=SEVERITIES, help="Exit 3 where drift this bad breaks a policy.")
@click.option("--fix", is_flag=True, help="Put back what the program declares, for these findings alone.")
@click.option("--accept", is_flag=True, help="Take these findings as they are from now on.")
@click.option(
    "--delete", type=ResourceType(), multiple=True, metavar="ID", help="With --fix: remove what is unmanaged."
)
@click.option(
    "--purge", type=ResourceType(), multiple=True, metavar="ID", help="With --fix: give up what is soft-deleted."
)
@click.option("--lineage", is_flag=True, help="Trace what the endpoints serve to job, commit, image and data.")
@click.option("--yes", "-y", is_flag=True, help="No question.")
@click.option("--state", metavar="FILE", help="Audit the estate of an exported Pulumi state.")
@takes(PLACE, RUNNING)
def command(*, stack: StackOptions, display: Display, severity: str | None, fail_on: str | None, **given: Any) -> None:
    """Compare what the cloud holds with what was applied, and say who changed it.

    Exit 2 where they differ, 3 where that breaks a policy (--fail-on), 5 where not all could be read.

    Example: azkeep audit secure-workspace --env dev --format json=audit.json
    """
    if not stack.stack and not given["state"]:
        raise click.UsageError("name a STACK, or an exported state with --state FILE")
    options = AuditOptions(
        stack,
        severity=Severity(severity) if severity else None,
        fail_on=Severity(fail_on) if fail_on else None,
        terminal=on_terminal(),
        **given,
    )
    perform("audit", options, display)
