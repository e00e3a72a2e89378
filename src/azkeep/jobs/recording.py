"""The end of every changing run: what ARM answers now is recorded, and the run goes into the history."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import UTC, datetime

from azkeep.engine import history
from azkeep.errors import EXIT_OK, AzkeepError, Interrupted
from azkeep.jobs.estate import record
from azkeep.jobs.stack import OpenStack
from azkeep.model.plan import Outcome
from azkeep.model.report import Report
from azkeep.model.report import Run as HistoryRun


def conclude(
    opened: OpenStack, command: str, outcome: Outcome, error: AzkeepError | None, *, plan_digest: str | None = None
) -> Report:
    """The report of a changing run, after its traces are kept. A failed run is recorded too: part of it was done.

    `plan_digest` names the plan that was applied, a saved one by its seal; None where the run had none.
    """
    if not isinstance(error, Interrupted):
        opened.progress.phase("Recording what the cloud answers")
        record(opened)
    entry = _entry(opened, command, outcome, error)
    history.append(opened.keeping.history, replace(entry, plan_digest=plan_digest))
    if error is None:
        return Report(opened.header(), outcome)
    return Report(opened.header(), outcome, reasons=_reasons(error), exit_code=error.exit_code or EXIT_OK, error=error)


def _reasons(error: AzkeepError) -> tuple[str, ...]:
    return (error.summary,)


def _entry(opened: OpenStack, command: str, outcome: Outcome, error: AzkeepError | None) -> HistoryRun:
    header = opened.header()
    result = "succeeded" if error is None else "interrupted" if isinstance(error, Interrupted) else "failed"
    return HistoryRun(
        at=header.started_at or datetime.now(UTC),
        command=command,
        result=result,
        user=_user(),
        principal=opened.cloud.caller,
        commit=header.commit,
        dirty=header.dirty,
        seconds=round(header.seconds, 3),
        summary=outcome.summary,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
