"""The line of the program that each finding is about. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from azkeep.errors import Source
from azkeep.model.drift import Audit
from azkeep.model.ids import ArmId


def with_sources(audit: Audit, sources: Mapping[str, Source]) -> Audit:
    """`audit` with the line that declares each finding's resource, or the nearest one above it: what nobody declared
    stands at the line of what it was put into. `sources`: ids in lower case."""
    placed = (replace(drift, source=_nearest(drift.id, sources)) for drift in audit.drifts)
    return replace(audit, drifts=tuple(placed))


def _nearest(id: str, sources: Mapping[str, Source]) -> Source | None:
    return next((sources[key] for key in _upwards(id) if key in sources), None)


def _upwards(id: str) -> Iterator[str]:
    """The id itself, what it is in or hangs on, and so on up to its resource group; nothing for what is no id."""
    try:
        here: ArmId | None = ArmId.parse(id)
    except ValueError:
        return
    group = here.resource_group_id if here else None
    while here is not None and len(here.segments) > 2:
        yield here.key
        here = here.parent or here.scope
    if group is not None:
        yield group.key
