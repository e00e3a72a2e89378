"""unlock: who holds a stack, and taking one lock away."""

from __future__ import annotations

from azkeep.engine import locks
from azkeep.errors import UsageError
from azkeep.jobs.options import Progress, UnlockOptions
from azkeep.jobs.stack import find_stack
from azkeep.model.report import Locks, Report


def run(options: UnlockOptions, progress: Progress) -> Report:
    """The stack's locks; one is removed after a yes. Raises UsageError if removing needs an answer nobody can give."""
    stack = find_stack(options.stack)
    keeping = stack.keeping
    found = locks.list_locks(keeping.backend_url, keeping.project, keeping.env)
    holders = tuple(lock.holder_record for lock in found)
    if not found:
        return Report(stack.header(), Locks(()))
    if not options.yes and not options.terminal:
        progress.show(Report(stack.header(), Locks(holders)))
        raise UsageError("no lock was removed", fix="Add --yes to remove it.", subject=keeping.project)
    question = f"Remove the lock of {found[0].holder}? If it still works on the stack, the state may be damaged."
    if not options.yes and not progress.ask(question):
        return Report(stack.header(), Locks(holders))
    locks.unlock(found[0])
    return Report(stack.header(), Locks(holders[1:], removed=holders[0]))
