"""ARM's request limits: a token bucket per subscription (or the tenant), caller and kind of request.

Source: Azure Resource Manager, request limits and throttling: bucket sizes and refill rates per second; a subscription
as a whole has fifteen times what one caller has.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from azkeep.errors import ArmFault

KINDS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}
LIMITS = {"reads": (250.0, 25.0), "writes": (200.0, 10.0), "deletes": (200.0, 10.0)}
EVERYBODY = "*"
TOGETHER = 15
HEADER = "x-ms-ratelimit-remaining-"


@dataclass
class Buckets:
    """The buckets of one serving process; full at its start. `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    _levels: dict[tuple[str, str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, subscription: str | None, object_id: str, method: str) -> dict[str, str]:
        """The headers that say what is left after this request; no subscription stands for the tenant.

        Raises ArmFault 429 where nothing was left, which takes nothing away.
        """
        kind = KINDS.get(method, "writes")
        place = (subscription or "").lower()
        own = self._level(place, object_id, kind)
        everybody = self._level(place, EVERYBODY, kind) if subscription else math.inf
        if min(own, everybody) < 1:
            refill = LIMITS[kind][1] * (1 if own < 1 else TOGETHER)
            raise _throttled(subscription, object_id, kind, math.ceil((1 - min(own, everybody)) / refill))
        now = self.clock()
        self._levels[place, object_id, kind] = (own - 1, now)
        if subscription is None:
            return {f"{HEADER}tenant-{kind}": str(int(own - 1))}
        self._levels[place, EVERYBODY, kind] = (everybody - 1, now)
        return {
            f"{HEADER}subscription-{kind}": str(int(own - 1)),
            f"{HEADER}subscription-global-{kind}": str(int(everybody - 1)),
        }

    def _level(self, place: str, object_id: str, kind: str) -> float:
        """What is in a bucket now."""
        factor = TOGETHER if object_id == EVERYBODY else 1
        size, refill = (factor * each for each in LIMITS[kind])
        now = self.clock()
        level, at = self._levels.get((place, object_id, kind), (size, now))
        return min(size, level + (now - at) * refill)


def _throttled(subscription: str | None, object_id: str, kind: str, seconds: int) -> ArmFault:
    place = f"subscription '{subscription}'" if subscription else "the tenant"
    return ArmFault(
        429,
        "SubscriptionRequestsThrottled" if subscription else "TenantRequestsThrottled",
        f"Number of '{kind.removesuffix('s')}' requests for {place} actor '{object_id}' exceeded."
        f" Please try again after '{seconds}' seconds.",
        headers={"Retry-After": str(seconds)},
    )
