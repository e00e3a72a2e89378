"""pulumi: the found engine with the stack's environment, on the user's own terminal."""

from __future__ import annotations

from azkeep.errors import EXIT_FAILED, EXIT_OK
from azkeep.jobs.options import Progress, PulumiOptions
from azkeep.jobs.stack import open_stack
from azkeep.model.report import Nothing, Report


def run(options: PulumiOptions, progress: Progress) -> Report:
    """What `pulumi ARGUMENTS` does; its failure is exit 1."""
    with open_stack(options.stack, progress) as opened:
        code = opened.session.call(options.arguments)
        failed = (f"pulumi ended with exit code {code}",) if code else ()
        return Report(opened.header(), Nothing(), reasons=failed, exit_code=EXIT_FAILED if code else EXIT_OK)
