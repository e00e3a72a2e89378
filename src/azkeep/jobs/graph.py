"""graph: what a program declares and how it hangs together, without an engine or a cloud."""

from __future__ import annotations

from azkeep.jobs.declaring import declare_stack
from azkeep.jobs.options import GraphOptions, Progress
from azkeep.jobs.stack import find_stack
from azkeep.model.report import Declared, Report


def run(options: GraphOptions, progress: Progress) -> Report:
    """The declared resources of the stack, in the program's order; its settings are checked on the way."""
    stack = find_stack(options.stack)
    progress.phase("Reading the program")
    declaration = declare_stack(stack)
    return Report(
        stack.header(),
        Declared(declaration.resources, tuple(str(unseen.source or unseen) for unseen in declaration.not_seen)),
    )
