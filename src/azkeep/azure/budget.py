"""One request budget for all threads: when ARM asks one of them to wait, all wait.

Source: ARM throttles reads, writes and deletes of a subscription and principal apart from each other.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy

LONGEST_SECONDS = 120.0
"""A longer pause than this is left to the request that was throttled."""

LOCKED = "RetryableErrorDueToAnotherOperation"
"""ARM's code for one resource that another operation holds: no reason for others to wait."""

BUCKETS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}


class SharedBudget(SansIOHTTPPolicy[Any, Any]):
    """Holds back requests of a kind that was just throttled, for as long as `Retry-After` says."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._not_before: dict[str, float] = {}

    def on_request(self, request: PipelineRequest[Any]) -> None:
        with self._lock:
            pause = self._not_before.get(_bucket(request), 0.0) - time.monotonic()
        if pause > 0:
            time.sleep(pause)

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        if response.http_response.status_code != 429 or LOCKED in response.http_response.text():
            return
        seconds = _seconds(response.http_response.headers.get("Retry-After"))
        with self._lock:
            until = time.monotonic() + min(seconds, LONGEST_SECONDS)
            self._not_before[_bucket(request)] = max(until, self._not_before.get(_bucket(request), 0.0))


def _bucket(request: PipelineRequest[Any]) -> str:
    return BUCKETS.get(request.http_request.method, "writes")


def _seconds(text: str | None) -> float:
    """Seconds of a Retry-After header; 0 for none, and for a date, which ARM never sends."""
    try:
        return max(0.0, float(text or 0))
    except ValueError:
        return 0.0
