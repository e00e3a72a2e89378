"""Running the engine on a stack's program: progress out, failures named."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.engine.events import Progress as EngineProgress
from azkeep.engine.events import diagnostics_of
from azkeep.engine.failures import ENDED
from azkeep.engine.session import Run
from azkeep.errors import AzkeepError, EngineError, Interrupted
from azkeep.jobs.options import Progress
from azkeep.program.failure import DIED, ProgramFailure

GOES_ON = {"apply": "azkeep apply STACK", "destroy": "azkeep destroy STACK", "fix": "azkeep audit STACK --fix"}
"""What goes on with a changing command that failed; the engine room knows none, and names the first."""


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
            fix="azkeep apply STACK goes on from here",
        )
    has_failed_resources = any(event.kind == "resOpFailedEvent" for event in run.events)
    told = [failure for failure in failures if not (has_failed_resources or _was_ended(failure, run))]
    if run.failure is not None and run.failure.summary == ENDED:
        return run.failure  # the program ends with the engine, which is no news
    if told:
        return told[0].error()
    return run.failure or EngineError("the engine ended without a result", fix="azkeep doctor")


def proposing(error: AzkeepError, command: str) -> AzkeepError:
    """`error`, which from now on proposes `command` where it proposed an apply."""
    error.fix = error.fix.replace(GOES_ON["apply"], GOES_ON[command])
    return error


def _was_ended(failure: ProgramFailure, run: Run) -> bool:
    """True if the engine, which had found a fault itself, ended the program's process."""
    faults = [found for found in diagnostics_of(run.events) if found.severity == "error"]
    return failure.exception_type == DIED and any(found.message != failure.summary for found in faults)
