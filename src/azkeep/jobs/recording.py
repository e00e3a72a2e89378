"""The end of every changing run: what ARM answers now is recorded, and the run goes into the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from azkeep.engine import history
from azkeep.engine.failures import GO_ON
from azkeep.engine.locks import user_name
from azkeep.errors import EXIT_OK, AzkeepError, Interrupted
from azkeep.jobs.estate import record
from azkeep.jobs.running import proposing
from azkeep.jobs.stack import OpenStack
from azkeep.model.plan import Diagnostic, Operation, Outcome, OutsideChange
from azkeep.model.report import Report
from azkeep.model.report import Run as HistoryRun

IDLE = (Operation.SAME, Operation.READ)


def conclude(
    opened: OpenStack,
    command: str,
    outcome: Outcome,
    error: AzkeepError | None,
    *,
    outside: tuple[OutsideChange, ...] = (),
    plan_digest: str | None = None,
    approved: bool = False,
) -> Report:
    """The report of a changing run, after its traces are kept. A failed run is recorded too: part of it was done.

    `outside` is what somebody else had changed before the run; `plan_digest` names the plan that was applied, a saved
    one as its file; None where the run had none. `approved`: it was held to a digest that somebody named.
    """
    outcome = warned(outcome, outside, opened.stack.options.typed)
    if error is not None and not isinstance(error, Interrupted) and command == "apply":
        error.fix = _remedy(error.fix, missing(outside, opened.stack.options.typed))
    if error is not None:
        proposing(error, command)
    if not isinstance(error, Interrupted):
        opened.progress.phase("Recording what the cloud answers")
        record(opened, outside, attempted(outcome))
    entry = entry_of(opened, command, outcome, error)
    history.append(opened.keeping.history, replace(entry, plan_digest=plan_digest, approved=approved))
    if error is None:
        return Report(opened.header(), outcome)
    return Report(opened.header(), outcome, reasons=_reasons(error), exit_code=error.exit_code or EXIT_OK, error=error)


def warned(outcome: Outcome, outside: tuple[OutsideChange, ...], stack: str) -> Outcome:
    """`outcome` with a warning where somebody else's changes were left as they are."""
    ids = _untouched(outcome, outside)
    untouched = tuple(found for found in outside if found.id.lower() in ids)
    changed = sum(found.kind != "missing" for found in untouched)
    gone = missing(untouched, stack)
    warnings = (*([_left(changed, stack)] if changed else []), *([Diagnostic("warning", gone)] if gone else []))
    return replace(outcome, diagnostics=(*outcome.diagnostics, *warnings))


def missing(outside: tuple[OutsideChange, ...], stack: str) -> str:
    """What brings back the resources among `outside` that are gone, in one sentence; "" where none is."""
    number = sum(found.kind == "missing" for found in outside)
    if not number:
        return ""
    gone, them = ("1 resource is", "it") if number == 1 else (f"{number} resources are", "them")
    return f"{gone} missing from the cloud, and an apply leaves that: `azkeep audit {stack} --fix` makes {them} again."


def _remedy(fix: str, gone: str) -> str:
    """`fix` and what brings back what is gone, which an apply alone does not go on without."""
    if not gone:
        return fix
    return f"{gone} Then azkeep apply STACK." if fix == GO_ON else f"{fix} {gone}".strip()


def _untouched(outcome: Outcome, outside: tuple[OutsideChange, ...]) -> frozenset[str]:
    """Ids, in lower case, of what somebody else changed and this run did not set out to write."""
    return frozenset(found.id.lower() for found in outside) - attempted(outcome)


def attempted(outcome: Outcome) -> frozenset[str]:
    """Ids, in lower case, of what the run set out to write."""
    return frozenset((step.id or "").lower() for step in outcome.steps if step.operation not in IDLE)


def _left(number: int, stack: str) -> Diagnostic:
    resources, them = ("1 resource was", "it") if number == 1 else (f"{number} resources were", "them")
    return Diagnostic(
        "warning",
        f"{resources} changed outside azkeep and left as found: the program asks for nothing new there."
        f" `azkeep audit {stack}` names {them} and what puts {them} right.",
    )


def _reasons(error: AzkeepError) -> tuple[str, ...]:
    return (error.summary,)


def entry_of(opened: OpenStack, command: str, outcome: Outcome, error: AzkeepError | None) -> HistoryRun:
    """What the history keeps of a run."""
    header = opened.header()
    result = "succeeded" if error is None else "interrupted" if isinstance(error, Interrupted) else "failed"
    return HistoryRun(
        at=header.started_at or datetime.now(UTC),
        command=command,
        result=result,
        user=user_name(),
        principal=opened.cloud.caller,
        commit=header.commit,
        dirty=header.dirty,
        seconds=round(header.seconds, 3),
        summary=outcome.summary,
    )
