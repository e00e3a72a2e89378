"""Judge a stack, or an estate from elsewhere, by the policies."""

from __future__ import annotations

from typing import Any

import click

from azkeep.cli.frame.options import CONFIG, PLACE, Decorator, Display, takes
from azkeep.cli.frame.parameters import StackType
from azkeep.cli.frame.run import perform
from azkeep.jobs.options import CheckOptions, StackOptions
from azkeep.model.drift import Severity

STACK: Decorator = click.argument("stack", type=StackType(), metavar="[STACK]", required=False)
SEVERITIES = [severity.value for severity in reversed(Severity)]
PROFILES = ["baseline", "secure-enterprise", "regulated"]


@click.command("check")
@STACK
@click.option("--live", is_flag=True, help="Judge what the cloud holds, not what is declared.")
@click.option("--documents", metavar="DIR", help="Judge the ARM documents in the JSON files of a folder.")
@click.option("--state", metavar="FILE", help="Judge an exported Pulumi state.")
@click.option("--rules", multiple=True, metavar="NAME", help="An id, a prefix, tag:… or framework:…. Repeatable.")
@click.option("--profile", type=click.Choice(PROFILES), help="Sets the threshold: critical, high, medium.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="The lowest severity that fails.")
@click.option("--baseline", metavar="FILE", help="Known failures, which do not fail.")
@click.option("--write-baseline", metavar="FILE", help="Keep the failures of this run as known.")
@click.option("--all", "show_all", is_flag=True, help="Every verdict, passes included.")
@click.option("--suggest", is_flag=True, help="Say what to write in the stack.")
@click.option("--strict", is_flag=True, help="Exit 5 where a value not known yet could break a rule.")
@click.option("--list", "list_rules", is_flag=True, help="List the rules.")
@click.option("--explain", metavar="RULE", help="Tell all about one rule.")
@takes(PLACE, CONFIG)
def command(*, stack: StackOptions, display: Display, fail_on: str | None, **given: Any) -> None:
    """Judge STACK by the policies, without an engine, a cloud or a credential; or an estate from elsewhere.

    Exit 3 where a rule is broken at or above the threshold.

    Example: azkeep check secure-workspace --env dev --format sarif=azkeep.sarif
    """
    chosen = stack if stack.stack else None
    threshold = Severity(fail_on) if fail_on else None
    perform("check", CheckOptions(chosen, fail_on=threshold, **given), display)
