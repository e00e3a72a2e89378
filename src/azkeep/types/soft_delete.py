"""What remains of a deleted resource, and how it is met again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body


def _never(sent: Body) -> bool:
    return False


def _purgeable(body: Body) -> ArmFault | None:
    return None


@dataclass(frozen=True)
class Remains:
    """A soft-deleted resource: what it was, and when it was deleted and will be purged, RFC 3339 UTC."""

    id: ArmId
    body: Body
    deleted_at: str
    purge_at: str


def _as_it_was(remains: Remains) -> Body:
    return remains.body


@dataclass(frozen=True)
class SoftDelete:
    """What remains after DELETE and how it is met again.

    A PUT of the same id within `days` (or the number at pointer `days_at` of the document) is refused with `code` and
    `message` (`{name}` is filled in), unless `recovers(sent)`: then the deleted document comes back and the PUT goes on
    as an update; with `restores` what the PUT does not name is as it was. `keeps` are the kinds of children (`secrets`)
    that come back with it; what else lay below is gone.
    `purge_query` is the query parameter of DELETE that leaves nothing behind; with `purges_deleted` it does so too
    when the resource is deleted already.
    `deleted_kind` is what lists of deleted ones are called in paths, in a subscription and, with `in_groups`, in a
    group; `shows` is how one looks. `deleted_path` is where a single one can be read, with `{subscriptionId}`,
    `{location}` and `{name}`; POST of `/purge` below it removes it for good, unless `blocks_purge(body)` gives a fault.
    `missing_code` and `missing_message` are the 404 of one that is not there.
    `recovery` is what a PUT says besides to bring the deleted one back, pointer → value; `by_hand` tells people how,
    where no request of this API version does.
    """

    days: int
    code: str
    message: str
    days_at: str = ""
    purge_query: str = ""
    purges_deleted: bool = False
    status: int = 409
    recovers: Callable[[Body], bool] = _never
    restores: bool = False
    keeps: tuple[str, ...] = ()
    deleted_kind: str = ""
    in_groups: bool = False
    shows: Callable[[Remains], Body] = _as_it_was
    deleted_path: str = ""
    blocks_purge: Callable[[Body], ArmFault | None] = _purgeable
    missing_code: str = "ResourceNotFound"
    missing_message: str = "The deleted resource '{name}' was not found."
    recovery: Mapping[str, Any] = field(default_factory=dict)
    by_hand: str = ""
