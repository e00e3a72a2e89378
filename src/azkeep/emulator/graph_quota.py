"""Resource Graph's own request limit: 15 queries in 5 seconds for each caller.

Source: Azure Resource Graph, guidance for throttled requests; the body of a refusal as observed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST = 15
SECONDS = 5.0


@dataclass
class Quota:
    """The windows of one serving process. `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    _windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def take(self, object_id: str) -> tuple[bool, dict[str, str]]:
        """(allowed, headers that say what is left and for how long). A window begins with its first query."""
        now = self.clock()
        begun, used = self._windows.get(object_id, (now, 0))
        if now - begun >= SECONDS:
            begun, used = now, 0
        allowed = used < MOST
        self._windows[object_id] = (begun, used + 1 if allowed else used)
        wait = max(1, math.ceil(begun + SECONDS - now))
        left = max(0, MOST - used - 1)
        return allowed, {
            "x-ms-user-quota-remaining": str(left),
            "x-ms-user-quota-resets-after": f"00:00:{wait:02d}",
        }
