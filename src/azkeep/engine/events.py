"""From the engine's events to a Plan or an Outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.engine.changes import changes_of, changes_of_create
from azkeep.engine.event_log import Event
from azkeep.engine.state import is_machinery
from azkeep.engine.step_ids import Subscriptions, step_id, subscriptions_of
from azkeep.model.plan import Diagnostic, Operation, Outcome, Plan, Step
from azkeep.types import by_token

REPLACING = frozenset({"replace", "create-replacement"})
OPERATIONS = {
    "create": Operation.CREATE,
    "update": Operation.UPDATE,
    "delete": Operation.DELETE,
    "delete-replaced": Operation.DELETE,
    "same": Operation.SAME,
    "read": Operation.READ,
    "read-replacement": Operation.READ,
    "import": Operation.IMPORT,
    "import-replacement": Operation.IMPORT,
    "discard": Operation.FORGET,
    "discard-replaced": Operation.FORGET,
    "remove-pending-replace": Operation.FORGET,
}
"""The engine's operations; `refresh` is not one of them: its result comes with another name."""

SUMMARIES = frozenset({"preview failed", "update failed", "destroy failed", "refresh failed"})
PROBLEM = re.compile(r"^\S+ resource '[^']*' has a problem: |^1 error occurred:\s+\* ")
"""How the engine begins a provider's finding, and a list of one; the diagnostic names the resource by itself."""
SAME_AGAIN = re.compile(r"(.+); and reading the resource failed: \1", re.DOTALL)
"""How a provider ends that could neither follow an operation nor read what came of it, for one and the same cause."""
ARM_ERROR = re.compile(r'Status=\d+ Code="(?P<code>[^"]+)" Message="(?P<message>.*)"', re.DOTALL)
"""How azure-native, and azkeep's provider like it, put an error of ARM."""

WEIGHT = {
    Operation.SAME: 0,
    Operation.READ: 1,
    Operation.FORGET: 2,
    Operation.IMPORT: 3,
    Operation.UPDATE: 4,
    Operation.CREATE: 5,
    Operation.DELETE: 6,
    Operation.REPLACE: 7,
}
"""Which of two operations on one resource names the step."""
NOT_REACHED = "expected resource operations for"
"""What the engine says of a planned resource that a run did not come to."""


@dataclass(frozen=True)
class Progress:
    """One resource moved. `operation` is an Operation value, `status` is running, done or failed; `planning` is true
    in a dry run."""

    urn: str
    operation: str
    status: str
    token: str
    name: str
    planning: bool = False


@dataclass
class _Course:
    """All that the events say of one URN, or of the old half of its replacement."""

    urn: str
    token: str
    engine_operations: set[str] = field(default_factory=set)
    metadata: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    began: float | None = None
    ended: float | None = None
    failed: bool = False
    done: bool = False
    refreshing: bool = False


def plan_of(events: Iterable[Event], subscription: str, *, refreshed: bool = True) -> Plan:
    """The Plan in the events of a preview: every resource but the stack and providers, creates with every property
    they set. Sorted by ARM id, then URN, deletes last and backwards; `ordering` knows what hangs on what."""
    found = tuple(events)
    subscriptions = subscriptions_of(found, subscription)
    steps = tuple(_step(course, subscriptions, outcome=False) for course in _courses(found))
    return Plan(steps=_ordered(steps), diagnostics=diagnostics_of(found), refreshed=refreshed)


def outcome_of(
    events: Iterable[Event], subscription: str, *, outputs: Mapping[str, Any] | None = None, succeeded: bool = True
) -> Outcome:
    """The Outcome in the events of an update or destroy. `status` is done, failed, or unfinished where the engine
    ended before the provider answered; `seconds` is missing for components."""
    found = tuple(events)
    subscriptions = subscriptions_of(found, subscription)
    steps = tuple(_step(course, subscriptions, outcome=True) for course in _courses(found))
    return Outcome(
        steps=_ordered(steps),
        outputs=dict(outputs or {}),
        diagnostics=diagnostics_of(found),
        succeeded=succeeded and not any(step.status == "failed" for step in steps),
    )


def progress_of(event: Event) -> Progress | None:
    """What `event` says of one resource's progress; None for other events, the stack and providers."""
    metadata = event.metadata
    token = str(metadata.get("type", ""))
    statuses = {"resourcePreEvent": "running", "resOutputsEvent": "done", "resOpFailedEvent": "failed"}
    status = statuses.get(event.kind)
    if status is None or not token or is_machinery(token):
        return None
    operation = str(metadata.get("op", ""))
    named = Operation.REPLACE if operation in REPLACING else OPERATIONS.get(operation, Operation.READ)
    return Progress(
        urn=str(metadata["urn"]),
        operation=named.value,
        status=status,
        token=token,
        name=str(metadata["urn"]).rsplit("::", 1)[-1],
        planning=bool(event.payload.get("planning")),
    )


def diagnostics_of(events: Iterable[Event]) -> tuple[Diagnostic, ...]:
    """Warnings, errors and lasting messages, each once, in the order said; tracebacks are cut off."""
    found: dict[tuple[str, str, str], Diagnostic] = {}
    seen = tuple(events)
    has_failed = any(event.kind == "resOpFailedEvent" for event in seen)
    for event in seen:
        diagnostic = _diagnostic(event)
        if diagnostic is None or not diagnostic.message:
            continue
        if has_failed and NOT_REACHED in diagnostic.message:
            continue  # what hangs on a failed resource is missing from the run; only the failure is news
        found.setdefault((diagnostic.severity, diagnostic.message, diagnostic.urn), diagnostic)
    # That the run as a whole failed is no news beside what failed.
    news = tuple(item for item in found.values() if item.message not in SUMMARIES)
    return news if any(item.severity == "error" for item in news) else tuple(found.values())


def without_traceback(message: str) -> str:
    """`message` up to a Python traceback, or what the traceback ends with if there is nothing before it."""
    before, mark, after = message.partition("Traceback (most recent call last):")
    before = before.strip()
    if not mark:
        return before
    last = next((line.strip() for line in reversed(after.splitlines()) if line.strip()), "")
    return before or last


def _diagnostic(event: Event) -> Diagnostic | None:
    payload = event.payload
    if event.kind == "diagnosticEvent":
        severity = str(payload.get("severity", "info")).removesuffix("#err")
        if severity == "debug" or payload.get("ephemeral"):
            return None
        message = without_traceback(_plain(str(payload.get("message", ""))))
        return Diagnostic(severity, message.removeprefix("an unhandled error occurred: "), str(payload.get("urn", "")))
    if event.kind == "policyEvent":
        severity = "error" if payload.get("enforcementLevel") == "mandatory" else "warning"
        rule = f"{payload.get('policyPackName', '')}/{payload.get('policyName', '')}"
        message = f"{rule}: {_plain(str(payload.get('message', '')))}"
        return Diagnostic(severity, message, str(payload.get("resourceUrn", "")))
    if event.kind == "errorEvent":
        return Diagnostic("error", without_traceback(_plain(str(payload.get("error", "")))))
    return None


def _plain(message: str) -> str:
    """`message` without the engine's colour directives and preambles; an error of ARM as `code: message`."""
    bare = PROBLEM.sub("", re.sub(r"<\{%[^%]*%\}>", "", message).strip())
    once = SAME_AGAIN.sub(r"\1", bare)
    return ARM_ERROR.sub(lambda found: f"{found['code']}: {found['message']}", once)


def _courses(events: Iterable[Event]) -> list[_Course]:
    courses: dict[tuple[str, bool], _Course] = {}
    for event in events:
        metadata = event.metadata
        token = str(metadata.get("type", ""))
        if not token or is_machinery(token):
            continue
        urn, operation = str(metadata["urn"]), str(metadata.get("op", ""))
        leftover = operation in ("delete", "delete-replaced") and bool((metadata.get("old") or {}).get("delete"))
        course = courses.setdefault((urn, leftover), _Course(urn, token))
        _follow(course, event, operation)
    for (urn, leftover), course in tuple(courses.items()):
        main = courses.get((urn, False))
        if leftover and main is not None and main.engine_operations & REPLACING:
            main.failed |= course.failed
            main.ended = course.ended or main.ended
            del courses[urn, True]
    return list(courses.values())


def _follow(course: _Course, event: Event, operation: str) -> None:
    # A refresh begins as `refresh` and ends under the name of what it found: same, update or delete.
    if event.kind == "resourcePreEvent":
        course.refreshing = operation == "refresh"
    elif course.refreshing:
        operation = f"refreshed-{operation}"
    course.engine_operations.add(operation)
    known = course.metadata.get(operation)
    if known is None or not known.get("detailedDiff"):
        course.metadata[operation] = event.metadata
    if event.kind == "resourcePreEvent":
        course.began = event.at if course.began is None else course.began
        course.done = False
    elif event.kind == "resOpFailedEvent":
        course.failed, course.ended = True, event.at
    elif not course.done:
        course.done, course.ended = True, event.at


def _step(course: _Course, subscriptions: Subscriptions, *, outcome: bool) -> Step:
    operation, metadata = _decide(course)
    type_ = by_token(course.token)
    return Step(
        operation=operation,
        id=step_id(metadata, course.token, subscriptions, replaced=operation is Operation.REPLACE and not outcome),
        type=type_.arm_type if type_ else course.token,
        name=course.urn.rsplit("::", 1)[-1],
        urn=course.urn,
        token=course.token,
        changes=_changes(operation, metadata),
        reason=_reason(course, operation, metadata),
        status=_status(course) if outcome else None,
        seconds=_seconds(course, metadata) if outcome else None,
    )


def _decide(course: _Course) -> tuple[Operation, Mapping[str, Any]]:
    """The one operation that the engine's steps on a resource amount to, and the step that tells most of it."""
    if course.engine_operations & REPLACING:
        order = ("replace", "create-replacement", "delete-replaced")
        found = [course.metadata[name] for name in order if name in course.metadata]
        return Operation.REPLACE, next((data for data in found if data.get("detailedDiff")), found[0])
    known = [name for name in course.engine_operations if name in OPERATIONS]
    known = known or [name for name in course.engine_operations if name.removeprefix("refreshed-") in OPERATIONS]
    if not known:
        return Operation.SAME, next(iter(course.metadata.values()))
    chosen = max(known, key=lambda name: WEIGHT[OPERATIONS[name.removeprefix("refreshed-")]])
    metadata = course.metadata[chosen]
    retained = chosen == "delete" and bool((metadata.get("old") or {}).get("retainOnDelete"))
    return (Operation.FORGET if retained else OPERATIONS[chosen.removeprefix("refreshed-")]), metadata


def _changes(operation: Operation, metadata: Mapping[str, Any]) -> Any:
    if operation in (Operation.UPDATE, Operation.REPLACE):
        return changes_of(metadata)
    if operation in (Operation.CREATE, Operation.IMPORT):
        return changes_of_create(metadata)
    return ()


def _reason(course: _Course, operation: Operation, metadata: Mapping[str, Any]) -> str:
    if operation is Operation.REPLACE:
        # Of a replacement that was asked for, the engine says that it is the id's.
        forcing = ", ".join(sorted(str(key) for key in metadata.get("keys") or () if key != "id"))
        return f"{forcing} cannot be changed in place" if forcing else ""
    if operation is Operation.DELETE and (metadata.get("old") or {}).get("delete"):
        return "left over from a replacement that did not end"
    if operation is Operation.FORGET and "delete" in course.engine_operations:
        return "kept in the cloud: retainOnDelete"
    return ""


def _status(course: _Course) -> str:
    if course.failed:
        return "failed"
    return "done" if course.done else "unfinished"


def _seconds(course: _Course, metadata: Mapping[str, Any]) -> float | None:
    state = metadata.get("new") or metadata.get("old") or {}
    if course.began is None or course.ended is None or not state.get("custom"):
        return None
    return round(max(0.0, course.ended - course.began), 3)


def _ordered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    def key(step: Step) -> tuple[str, str]:
        return ((step.id or "~").lower(), step.urn)

    kept = sorted((step for step in steps if step.operation is not Operation.DELETE), key=key)
    gone = sorted((step for step in steps if step.operation is Operation.DELETE), key=key, reverse=True)
    return (*kept, *gone)
