"""The order in which steps are told: what a resource hangs on stands before it, however the engine interleaved them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from azkeep.engine.state import State, StateResource
from azkeep.model.plan import Operation, Step

After = Mapping[str, Iterable[str]]
"""URN → URNs that come before it; they need not all be steps."""


def in_order(steps: Iterable[Step], after: After) -> tuple[Step, ...]:
    """Steps with what they hang on before them, else by ARM id, then URN; deletes last, what hangs on others first."""
    found = tuple(steps)
    kept = [step for step in found if step.operation is not Operation.DELETE]
    gone = [step for step in found if step.operation is Operation.DELETE]
    return (*_sorted(kept, after), *reversed(_sorted(gone, after)))


def recorded_order(state: State) -> dict[str, frozenset[str]]:
    """What comes before each recorded resource."""
    return {resource.urn: _before(resource) for resource in state.everything}


def _before(resource: StateResource) -> frozenset[str]:
    named = (resource.parent, resource.provider.rpartition("::")[0])
    inputs = (urn for urns in resource.property_dependencies.values() for urn in urns)
    return frozenset(urn for urn in (*named, *resource.dependencies, *inputs) if urn)


def _sorted(steps: list[Step], after: After) -> list[Step]:
    by_urn = {step.urn: step for step in steps}
    urns = {*by_urn, *after, *(urn for before in after.values() for urn in before)}
    waits = {urn: {other for other in after.get(urn, ()) if other != urn} for urn in urns}
    leads: dict[str, list[str]] = {urn: [] for urn in urns}
    for urn, others in waits.items():
        for other in others:
            leads[other].append(urn)

    def key(urn: str) -> tuple[str, str]:
        step = by_urn.get(urn)
        return ((step.id if step and step.id else "~").lower(), urn)

    ready = [(*key(urn), urn) for urn in urns if not waits[urn]]
    heapq.heapify(ready)
    order: dict[str, int] = {}
    while ready:
        urn = heapq.heappop(ready)[-1]
        order[urn] = len(order)
        for next_ in leads[urn]:
            waits[next_].discard(urn)
            if not waits[next_]:
                heapq.heappush(ready, (*key(next_), next_))
    # What is left waits for itself; the engine would have refused it.
    return sorted(steps, key=lambda step: (order.get(step.urn, len(order)), key(step.urn)))
