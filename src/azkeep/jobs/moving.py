"""What another run is changing while an audit looks: it can be called neither as recorded nor drifted, nor nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from azkeep.audit.judge import Seen
from azkeep.engine.reconcile import doubts
from azkeep.engine.state import State
from azkeep.engine.turns import holder
from azkeep.jobs.stack import OpenStack
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.ids import ArmId, key_of
from azkeep.model.transport import Answer


def moving(opened: OpenStack, before: State) -> frozenset[str]:
    """Keys of what a run has begun to change, or has changed, since `before` was read; what a dead run had begun is
    not among them."""
    after = opened.session.state()
    ids = _moved(before, after)
    if holder(opened.keeping.turn) is not None:
        ids |= {id for state in (before, after) for id in _begun(state)}
        ids |= {doubt.id for state in (before, after) for doubt in doubts(state, (), opened.cloud.subscription)}
    return frozenset(ArmId.parse(id).key for id in ids if id.startswith("/"))


def _begun(state: State) -> set[str]:
    """Ids of resources with an operation that a run has begun. The engine may write one before it has given it its
    resource's id, and the resource beside it has that."""
    recorded = {found.urn: found.id for found in state.managed}
    return {id for each in state.pending if (id := each.resource.id or recorded.get(each.resource.urn))}


def _moved(before: State, after: State) -> set[str]:
    """Ids of recorded resources that came, went, or are not what they were."""
    if before.digest == after.digest:
        return set()
    was, now = ({found.id: found.digest for found in state.managed if found.id} for state in (before, after))
    return {id for id in was.keys() | now.keys() if was.get(id) != now.get(id)}


def without_moving(live: Mapping[str, Answer], keys: frozenset[str]) -> dict[str, Answer]:
    """`live` with a reason in place of what cannot be judged now."""
    reason = {"error": {"code": "BeingChanged", "message": "another azkeep run is changing it at this moment"}}
    return {id: Answer(0, reason) if ArmId.parse(id).key in keys else answer for id, answer in live.items()}


def others_still(seen: Seen, keys: frozenset[str]) -> Seen:
    """`seen` without resources that nobody declared yet, because the run that makes them is at work."""
    return replace(seen, others={id: body for id, body in seen.others.items() if key_of(id) not in keys})


def but_moving(audit: Audit, keys: frozenset[str]) -> Audit:
    """`audit` without those of them that a parent's document showed."""
    drifts = (each for each in audit.drifts if each.kind is not DriftKind.UNMANAGED or key_of(each.id) not in keys)
    return replace(audit, drifts=tuple(drifts))
