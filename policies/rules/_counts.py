"""How many of several conditions hold."""

from __future__ import annotations

from collections.abc import Iterable

from azkeep.policy import Document, Truth, all_of
from azkeep.policy.truth import State


def at_most(highest: int, truths: Iterable[Truth], counted_on: Document) -> Truth:
    """No more than `highest` hold; where there are more, each of them is shown."""
    found = tuple(truths)
    sure = tuple(truth for truth in found if truth.state is State.TRUE)
    if len(sure) > highest:
        return ~all_of(sure).because(f"{len(sure)} of them, at most {highest} are allowed")
    open_ = tuple(truth for truth in found if truth.state in (State.UNKNOWN, State.WRONG))
    return all_of(open_) if len(sure) + len(open_) > highest else counted_on.fact(True)
