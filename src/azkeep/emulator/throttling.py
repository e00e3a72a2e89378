"""ARM's request limits: a token bucket per subscription, caller and kind of request. Used under `--realistic` only.

Source: Azure Resource Manager, request limits and throttling: bucket sizes and refill rates per second.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from azkeep.errors import ArmFault

KINDS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}
LIMITS = {"reads": (250.0, 25.0), "writes": (200.0, 10.0), "deletes": (200.0, 10.0)}
HEADER = "x-ms-ratelimit-remaining-subscription-"


@dataclass
class Buckets:
    """The buckets of one serving process; full at its start. `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    _levels: dict[tuple[str, str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, subscription: str, object_id: str, method: str) -> dict[str, str]:
        """The header that says what is left after this request. Raises ArmFault 429 where nothing was left."""
        kind = KINDS.get(method, "writes")
        size, refill = LIMITS[kind]
        now = self.clock()
        key = (subscription.lower(), object_id, kind)
        level, at = self._levels.get(key, (size, now))
        level = min(size, level + (now - at) * refill)
        if level < 1:
            raise _throttled(subscription, object_id, kind, math.ceil((1 - level) / refill))
        self._levels[key] = (level - 1, now)
        return {f"{HEADER}{kind}": str(int(level - 1))}


def _throttled(subscription: str, object_id: str, kind: str, seconds: int) -> ArmFault:
    return ArmFault(
        429,
        "SubscriptionRequestsThrottled",
        f"Number of '{kind.removesuffix('s')}' requests for subscription '{subscription}' actor '{object_id}' exceeded."
        f" Please try again after '{seconds}' seconds.",
        headers={"Retry-After": str(seconds)},
    )
