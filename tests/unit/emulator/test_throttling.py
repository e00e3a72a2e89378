"""Request limits as ARM has them since 2024."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from azkeep.emulator.throttling import Buckets
from azkeep.errors import ArmFault


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_bucket_empties_and_fills_again() -> None:
    """200 writes at once, the next is refused with a time to wait, after which ten a second pass."""
    clock = Clock()
    buckets = Buckets(clock)
    left = [buckets.take("s", "me", "PUT") for _ in range(200)]
    assert left[0] == {"x-ms-ratelimit-remaining-subscription-writes": "199"}
    assert left[-1] == {"x-ms-ratelimit-remaining-subscription-writes": "0"}
    with pytest.raises(ArmFault) as caught:
        buckets.take("s", "me", "POST")
    assert (caught.value.status, caught.value.code, caught.value.headers["Retry-After"]) == (
        429,
        "SubscriptionRequestsThrottled",
        "1",
    )
    assert caught.value.message == (
        "Number of 'write' requests for subscription 's' actor 'me' exceeded. Please try again after '1' seconds."
    )
    clock.seconds = 1.0
    assert buckets.take("s", "me", "PUT") == {"x-ms-ratelimit-remaining-subscription-writes": "9"}


def test_buckets_are_apart() -> None:
    """Another caller, another subscription and another kind of request have buckets of their own."""
    buckets = Buckets(Clock())
    for _ in range(250):
        buckets.take("s", "me", "GET")
    with pytest.raises(ArmFault):
        buckets.take("S", "me", "HEAD")
    assert buckets.take("s", "you", "GET")
    assert buckets.take("t", "me", "GET")
    assert buckets.take("s", "me", "DELETE") == {"x-ms-ratelimit-remaining-subscription-deletes": "199"}
