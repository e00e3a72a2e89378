"""From what the engine says when it gives up to errors that name the next step."""

from __future__ import annotations

import re
from collections.abc import Iterable

from azkeep.engine.event_log import Event
from azkeep.engine.events import diagnostics_of, without_traceback
from azkeep.errors import EngineError, PlanStale, StackLocked, StackMissing, StateDamaged, WrongPassphrase

_LOCK = re.compile(r"created by (?P<holder>\S+) \(pid (?P<pid>\d+)\) at (?P<taken>\S+)")
PLAN_BROKEN = re.compile(
    r"violates plan|resource .* is not in plan|not allowed by plan|expected resource operations for"
)


def of_text(text: str, stack: str) -> EngineError | None:
    """The error behind what the CLI wrote to stderr before it began any work; None if it is none of these."""
    lock = _LOCK.search(text)
    if "currently locked" in text:
        holder = f"{lock['holder']}, process {lock['pid']}, since {lock['taken']}" if lock else "another run"
        return StackLocked(
            f"stack {stack} is held by {holder}",
            fix=f"wait for it, or, if that run is dead: azkeep unlock STACK --env {stack}",
            subject=stack,
        )
    if "no stack named" in text:
        return StackMissing(
            f"stack {stack} has no state", fix="apply it first: azkeep apply STACK --env " + stack, subject=stack
        )
    if "incorrect passphrase" in text or "passphrase must be set" in text:
        missing = "must be set" in text
        return WrongPassphrase(
            f"no passphrase is given for stack {stack}" if missing else f"the passphrase does not open stack {stack}",
            fix="export PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
            subject=stack,
        )
    if "failed to load checkpoint" in text or "snapshot integrity failure" in text:
        return StateDamaged(f"the state of stack {stack} cannot be used", detail=first_error(text), subject=stack)
    return None


def of_run(text: str, events: Iterable[Event], stack: str) -> EngineError | PlanStale:
    """The error of a run that failed: what the engine said itself, the first error as summary."""
    found = of_text(text, stack)
    if found is not None:
        return found
    seen = tuple(events)
    errors = [item for item in diagnostics_of(seen) if item.severity == "error"]
    broken = [item.message for item in errors if PLAN_BROKEN.search(item.message)]
    if any(event.kind == "resOpFailedEvent" for event in seen):
        # What hangs on a failed resource is then missing too; only the failure itself is news.
        errors = [item for item in errors if not PLAN_BROKEN.search(item.message)] or errors
    elif broken:
        return PlanStale(
            "the program does not do what was planned",
            detail="\n".join(broken),
            fix="preview again and review the new plan",
            subject=errors[0].urn,
        )
    if not errors:
        return EngineError(first_error(text) or "the Pulumi engine failed without a word", subject=stack)
    first, *rest = errors[0].message.splitlines()
    detail = "\n".join([*rest, *(item.message for item in errors[1:])])
    return EngineError(first.rstrip("."), detail=detail, subject=errors[0].urn or stack)


def first_error(text: str) -> str:
    """The CLI's own first error message, without `error:` and without a traceback."""
    lines = [line for line in without_traceback(text).splitlines() if line.strip()]
    chosen = next((line for line in lines if line.startswith("error: ")), lines[0] if lines else "")
    return chosen.removeprefix("error: ").strip()
