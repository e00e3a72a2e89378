"""What a condition comes to, when some of the values it reads may not be known yet.

Kleene's logic with two more states. A condition on a value of the wrong kind is WRONG: its negation is WRONG too, so
that a mangled document can never pass by being negated. NOT_APPLICABLE is left out of every conjunction and
disjunction. Whoever asks a Truth that is not decided for a plain bool gets `NotDecided` raised, which the evaluation
turns into the verdict: a rule cannot read past an unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from azkeep.policy.document import Document

Item = TypeVar("Item")


class State(StrEnum):
    TRUE = "true"
    FALSE = "false"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Evidence:
    """A place that was read and what stood there; `path` is a JSON pointer, `found` None for what is missing."""

    document: Document
    path: str
    found: Any = None


@dataclass(frozen=True)
class Truth:
    """A condition's state and the places that decided it. `reason` says what no place can show."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""

    def __bool__(self) -> bool:
        if self.state is State.TRUE:
            return True
        if self.state is State.FALSE:
            return False
        raise NotDecided(self)

    def __and__(self, other: Truth) -> Truth:
        return all_of((self, other))

    def __or__(self, other: Truth) -> Truth:
        return any_of((self, other))

    def __invert__(self) -> Truth:
        opposite = {State.TRUE: State.FALSE, State.FALSE: State.TRUE}
        return Truth(opposite.get(self.state, self.state), self.evidence, self.reason)

    def because(self, reason: str) -> Truth:
        """The same, with words for the reader of a finding."""
        return Truth(self.state, self.evidence, reason)

    def otherwise(self, reason: str) -> Truth:
        """The same, with words for the reader of a finding where it is FALSE."""
        return self.because(reason) if self.state is State.FALSE else self


class NotDecided(Exception):
    """A Truth that is neither TRUE nor FALSE was asked for a plain answer."""

    def __init__(self, truth: Truth) -> None:
        super().__init__(truth.reason or truth.state.value)
        self.truth = truth


TRUE = Truth(State.TRUE)
FALSE = Truth(State.FALSE)
NOT_APPLICABLE = Truth(State.NOT_APPLICABLE)


def fact(value: bool, *evidence: Evidence) -> Truth:
    """TRUE or FALSE."""
    return Truth(State.TRUE if value else State.FALSE, evidence)


def deferred(reason: str) -> Truth:
    """UNKNOWN: only what exists after apply, or what no document holds, can tell."""
    return Truth(State.UNKNOWN, (), reason)


def all_of(truths: Iterable[Truth]) -> Truth:
    """FALSE or WRONG where one is, with all the evidence for it; else UNKNOWN where one is; TRUE for none."""
    return _join(truths, (State.FALSE, State.WRONG), State.TRUE)


def any_of(truths: Iterable[Truth]) -> Truth:
    """TRUE where one is; else UNKNOWN where one is; else WRONG or FALSE; FALSE for none."""
    found = tuple(truth for truth in truths if truth.state is not State.NOT_APPLICABLE)
    for state in (State.TRUE, State.UNKNOWN, State.WRONG):
        chosen = [truth for truth in found if truth.state is state]
        if chosen:
            return _gather(state, chosen)
    return _gather(State.FALSE, found)


def _join(truths: Iterable[Truth], deciding: tuple[State, State], neutral: State) -> Truth:
    given = tuple(truths)
    found = [truth for truth in given if truth.state is not State.NOT_APPLICABLE]
    if given and not found:
        return NOT_APPLICABLE
    decided = [truth for truth in found if truth.state in deciding]
    if decided:
        plain = any(truth.state is State.FALSE for truth in decided)
        return _gather(State.FALSE if plain else State.WRONG, decided)
    open_ = [truth for truth in found if truth.state is State.UNKNOWN]
    return _gather(State.UNKNOWN, open_) if open_ else _gather(neutral, found)


def _gather(state: State, truths: Iterable[Truth]) -> Truth:
    found = tuple(truths)
    evidence: dict[tuple[int, str], Evidence] = {}
    for truth in found:
        for piece in truth.evidence:
            evidence.setdefault((id(piece.document), piece.path), piece)
    return Truth(state, tuple(evidence.values()), next((t.reason for t in found if t.reason), ""))


def when(condition: Truth, requirement: Truth | Callable[[], Truth]) -> Truth:
    """`requirement` where `condition` holds, NOT_APPLICABLE where it does not.

    Where the condition is not known, a requirement that holds anyway is TRUE and any other UNKNOWN.
    """
    if condition.state is State.FALSE:
        return NOT_APPLICABLE
    if condition.state in (State.WRONG, State.NOT_APPLICABLE):
        return condition
    required = settle(requirement) if callable(requirement) else requirement
    if condition.state is State.UNKNOWN and required.state in (State.FALSE, State.WRONG, State.UNKNOWN):
        return condition
    return required


def settle(test: Callable[[], Truth]) -> Truth:
    """What `test` gives, or the open Truth at which it stopped."""
    try:
        return test()
    except NotDecided as open_:
        return open_.truth


def every(items: Iterable[Item], test: Callable[[Item], Truth]) -> Truth:
    """All items pass `test`; TRUE for none. One that stops at an unknown leaves the others to be judged."""
    return all_of(settle(lambda item=item: test(item)) for item in items)  # type: ignore[misc]


def some(items: Iterable[Item], test: Callable[[Item], Truth]) -> Truth:
    """At least one item passes `test`; FALSE for none."""
    return any_of(settle(lambda item=item: test(item)) for item in items)  # type: ignore[misc]
