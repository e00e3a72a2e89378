"""outputs: what the stack gives to others, from its recorded state."""

from __future__ import annotations

from difflib import get_close_matches

from azkeep.errors import UsageError
from azkeep.jobs.options import OutputsOptions, Progress
from azkeep.jobs.stack import closed_session, find_stack, recorded_state
from azkeep.model.report import Outputs, Report
from azkeep.model.value import Secret


def run(options: OutputsOptions, progress: Progress) -> Report:
    """All outputs, or the one named. Secrets are opened only where `show_secrets` asks for it."""
    stack = find_stack(options.stack)
    values = recorded_state(stack, progress).outputs
    if options.show_secrets:
        values = closed_session(stack, progress).outputs(open_secrets=True)
    if options.name is not None and options.name not in values:
        close = get_close_matches(options.name, list(values), n=1)
        listed = "azkeep outputs STACK"
        raise UsageError(
            f"the stack has no output `{options.name}`",
            detail=f"It has: {', '.join(sorted(values))}." if values else "It has none before its first apply.",
            fix=f"{listed} {close[0]}" if close else listed if values else "azkeep apply STACK",
            subject=options.name,
        )
    if options.bare and options.name and isinstance(values[options.name], Secret) and not options.show_secrets:
        raise UsageError(
            f"the output `{options.name}` is secret",
            fix=f"azkeep outputs STACK {options.name} --raw --show-secrets",
            subject=options.name,
        )
    return Report(stack.header(), Outputs(values, options.name))
