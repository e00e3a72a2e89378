"""How each resource stands after an audit: which kinds of findings are about it or about what hangs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from azkeep.model.drift import Drift, DriftKind
from azkeep.render.topology.things import Thing, Things, key_of_id, parent_key

DRIFTED = frozenset({DriftKind.DECLARED, DriftKind.UNDECLARED})
GROUP = "microsoft.network/networksecuritygroups"


@dataclass(frozen=True)
class Standing:
    """Findings on one drawn resource. The flags are about the resource itself, `drifted` also counts what is below."""

    drifted: int = 0
    is_missing: bool = False
    is_unmanaged: bool = False
    is_unread: bool = False


def standings(drifts: Iterable[Drift], things: Things, drawn: frozenset[str]) -> Mapping[str, Standing]:
    """Standing per drawn key; what is not drawn counts for what it hangs on, a security group for its subnets."""
    own: dict[str, set[DriftKind]] = {}
    below: Counter[str] = Counter()
    guarded = _guarded(things)
    for drift in drifts:
        key = key_of_id(drift.id)
        if key is None or not drift.counts:
            continue
        for place in _places(key, drawn, guarded):
            if place == key:
                own.setdefault(key, set()).add(drift.kind)
            if place != key or drift.kind in DRIFTED:
                below[place] += 1
    return {key: _standing(own.get(key, set()), below[key]) for key in {*own, *below}}


def _standing(kinds: set[DriftKind], drifted: int) -> Standing:
    return Standing(drifted, DriftKind.MISSING in kinds, DriftKind.UNMANAGED in kinds, DriftKind.UNREAD in kinds)


def _places(key: str, drawn: frozenset[str], guarded: Mapping[str, list[str]]) -> list[str]:
    """The drawn keys that a finding on `key` is shown at."""
    place: str | None = key
    while place and place not in drawn:
        if place in guarded:
            return guarded[place]
        place = parent_key(place)
    return [place] if place else []


def _guarded(things: Things) -> dict[str, list[str]]:
    """Security group → the subnets that it guards."""
    found: dict[str, list[str]] = {}
    for subnet in things.of("microsoft.network/virtualnetworks/subnets"):
        group: Thing | None = things.found(subnet.get("/properties/networkSecurityGroup"))
        if group is not None and group.kind == GROUP:
            found.setdefault(group.key, []).append(subnet.key)
    return found
