"""One request budget for all threads: a token bucket per subscription and kind of request, for one principal.

Source: Understand how Azure Resource Manager throttles requests (a bucket per subscription, service principal and kind
of request: 250 reads refilled at 25/s, 200 writes and 200 deletes at 10/s each); Guidance for throttled requests in
Azure Resource Graph (15 queries every 5 seconds).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy

LONGEST_SECONDS = 120.0
"""A longer pause than this is left to the request that was throttled."""

LOCKED = "RetryableErrorDueToAnotherOperation"
"""ARM's code for one resource that another operation holds: no reason for others to wait."""

KINDS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}
REMAINING = "x-ms-ratelimit-remaining-"
GRAPH = "graph"
GRAPH_PATH = "/providers/microsoft.resourcegraph/"
GRAPH_REMAINING = "x-ms-user-quota-remaining"
GRAPH_RESETS = "x-ms-user-quota-resets-after"


@dataclass(frozen=True)
class Limit:
    """How many requests a full bucket allows, and how many a second come back."""

    size: float
    per_second: float


LIMITS: Mapping[str, Limit] = {
    "reads": Limit(250, 25),
    "writes": Limit(200, 10),
    "deletes": Limit(200, 10),
    GRAPH: Limit(15, 3),
}


@dataclass
class Bucket:
    """What is left of one limit, as far as we know. `not_before` is when the server wants to hear of us again.

    Until the server has named a number a `lazy` bucket is bottomless: a server on this machine has no limits by itself.
    """

    limit: Limit
    lazy: bool
    level: float
    at: float
    not_before: float = 0.0

    def take(self, now: float) -> float:
        """Takes one request and gives the seconds to wait before it is sent."""
        self._refill(now)
        if not self.lazy:
            self.level -= 1
        empty = max(0.0, -self.level / self.limit.per_second)
        return max(empty, self.not_before - now)

    def learn(self, remaining: float, now: float) -> None:
        """The server has no more than `remaining` left for us."""
        self._refill(now)
        self.level = min(self.level, remaining)
        self.lazy = False

    def pause(self, seconds: float, now: float) -> None:
        """The server wants to be left alone for so long."""
        self.not_before = max(self.not_before, now + min(seconds, LONGEST_SECONDS))

    def _refill(self, now: float) -> None:
        self.level = min(self.limit.size, self.level + (now - self.at) * self.limit.per_second)
        self.at = now


@dataclass
class Budget:
    """The buckets of one principal, safe from any thread. Every reader of a process that speaks for it shares one."""

    lazy: bool = False
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def wait_for(self, method: str, url: str) -> float:
        """Takes one request and gives the seconds to wait before it is sent."""
        with self._lock:
            return self._bucket(method, url).take(self.clock())

    def learn(self, method: str, url: str, status: int, headers: Mapping[str, str], text: str = "") -> None:
        """Notes what an answer says of the limits. `headers` have lower-case names."""
        with self._lock:
            bucket, now = self._bucket(method, url), self.clock()
            remaining = _remaining(headers, _kind(method, url))
            if remaining is not None:
                bucket.learn(remaining, now)
                if remaining <= 0 and GRAPH_RESETS in headers:
                    bucket.pause(_clock_seconds(headers[GRAPH_RESETS]), now)
            if status == 429 and LOCKED not in text:
                bucket.pause(_seconds(headers.get("retry-after")), now)

    def _bucket(self, method: str, url: str) -> Bucket:
        kind = _kind(method, url)
        key = ("" if kind == GRAPH else _subscription(url), kind)
        if key not in self._buckets:
            limit = LIMITS[kind]
            self._buckets[key] = Bucket(limit, self.lazy, limit.size, self.clock())
        return self._buckets[key]


class SharedBudget(SansIOHTTPPolicy[Any, Any]):
    """Holds every request back until the budget allows it."""

    def __init__(self, budget: Budget | None = None) -> None:
        super().__init__()
        self.budget = budget or Budget(lazy=True)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        pause = self.budget.wait_for(request.http_request.method, request.http_request.url)
        if pause > 0:
            time.sleep(pause)

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        answer = response.http_response
        headers = {name.lower(): value for name, value in answer.headers.items()}
        text = answer.text() if answer.status_code == 429 else ""
        self.budget.learn(request.http_request.method, request.http_request.url, answer.status_code, headers, text)


def _kind(method: str, url: str) -> str:
    if GRAPH_PATH in url.lower():
        return GRAPH
    return KINDS.get(method, "writes")


def _subscription(url: str) -> str:
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return parts[1].lower() if len(parts) > 1 and parts[0].lower() == "subscriptions" else ""


def _remaining(headers: Mapping[str, str], kind: str) -> float | None:
    if kind == GRAPH:
        return _number(headers.get(GRAPH_REMAINING))
    # `…-subscription-reads`, and `…-subscription-global-reads` over all principals together.
    found = [_number(value) for name, value in headers.items() if name.startswith(REMAINING) and name.endswith(kind)]
    return min((number for number in found if number is not None), default=None)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _seconds(text: str | None) -> float:
    """Seconds of a Retry-After header; 0 for none, and for a date, which ARM never sends."""
    return max(0.0, _number(text) or 0.0)


def _clock_seconds(text: str) -> float:
    """Seconds of `hh:mm:ss`."""
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + (_number(part) or 0.0)
    return total
