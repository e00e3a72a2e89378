"""Running the engine on a stack's program: progress out, failures named."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.engine.event_log import Event
from azkeep.engine.events import Progress as EngineProgress
from azkeep.engine.events import diagnostics_of
from azkeep.engine.session import Run
from azkeep.errors import AzkeepError, EngineError, Interrupted
from azkeep.jobs.options import Progress
from azkeep.program.failure import ProgramFailure


def on_event(progress: Progress) -> Callable[[EngineProgress], None]:
    """What hands the engine's progress on; dry runs are not shown step by step."""

    def forward(event: EngineProgress) -> None:
        if not event.planning:
            progress.step(event.urn, event.operation, event.status)

    return forward


def failed(run: Run, failures: tuple[ProgramFailure, ...]) -> AzkeepError:
    """Why `run` did not do what it should: the program's own failure before the engine's words for it.

    After a failed resource the engine ends the program, whose end is then no news.
    """
    if run.interrupted:
        return Interrupted(
            "interrupted: what had begun was finished or noted, nothing new was begun",
            fix="azkeep apply again: it goes on from here",
        )
    has_failed_resources = any(event.kind == "resOpFailedEvent" for event in run.events)
    if failures and not has_failed_resources:
        return failures[0].error()
    if run.failure is not None:
        return _explained(run.failure, run.events)
    return EngineError("the engine ended without a result")


def _explained(failure: AzkeepError, events: tuple[Event, ...]) -> AzkeepError:
    """An engine failure with its resources' own messages, where it came without any."""
    if failure.detail:
        return failure
    errors = [found for found in diagnostics_of(events) if found.severity == "error"]
    failure.detail = "\n".join(f"{_name(found.urn)}{found.message}" for found in errors)
    return failure


def _name(urn: str) -> str:
    return f"{urn.rsplit('::', 1)[-1]}: " if urn else ""
