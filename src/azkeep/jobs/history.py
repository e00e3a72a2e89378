"""history: who applied what and when."""

from __future__ import annotations

from azkeep.engine import history
from azkeep.jobs.options import HistoryOptions, Progress
from azkeep.jobs.stack import find_stack
from azkeep.model.report import History, Report


def run(options: HistoryOptions, progress: Progress) -> Report:
    """The stack's recorded runs, newest first."""
    stack = find_stack(options.stack)
    return Report(stack.header(), History(history.read(stack.keeping.history, limit=options.limit)))
