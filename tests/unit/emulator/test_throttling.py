"""Request limits as ARM has them since 2024."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from azkeep.emulator import control
from azkeep.emulator.cloud import DEPLOYER, open_cloud
from azkeep.emulator.http import application
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
    own, whole = "x-ms-ratelimit-remaining-subscription-writes", "x-ms-ratelimit-remaining-subscription-global-writes"
    assert left[0] == {own: "199", whole: "2999"}
    assert left[-1] == {own: "0", whole: "2800"}
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
    assert buckets.take("s", "me", "PUT")[own] == "9"


def test_buckets_are_apart() -> None:
    """Another caller, another subscription and another kind of request have buckets of their own."""
    buckets = Buckets(Clock())
    for _ in range(250):
        buckets.take("s", "me", "GET")
    with pytest.raises(ArmFault):
        buckets.take("S", "me", "HEAD")
    assert buckets.take("s", "you", "GET")
    assert buckets.take("t", "me", "GET")
    assert buckets.take("s", "me", "DELETE")["x-ms-ratelimit-remaining-subscription-deletes"] == "199"


def test_subscription_as_a_whole_has_a_limit() -> None:
    """Fifteen callers may empty their buckets at once, the sixteenth is refused before it took anything."""
    clock = Clock()
    buckets = Buckets(clock)
    for caller in range(15):
        for _ in range(200):
            buckets.take("s", f"caller-{caller}", "PUT")
    with pytest.raises(ArmFault) as caught:
        buckets.take("s", "one-more", "PUT")
    assert caught.value.headers["Retry-After"] == "1"
    clock.seconds = 1.0
    left = buckets.take("s", "one-more", "PUT")
    assert left["x-ms-ratelimit-remaining-subscription-writes"] == "199"
    assert left["x-ms-ratelimit-remaining-subscription-global-writes"] == "149"


def test_tenant_has_buckets_of_its_own() -> None:
    """What is not for a subscription counts for the tenant."""
    buckets = Buckets(Clock())
    assert buckets.take(None, "me", "GET") == {"x-ms-ratelimit-remaining-tenant-reads": "249"}
    for _ in range(249):
        buckets.take(None, "me", "GET")
    with pytest.raises(ArmFault) as caught:
        buckets.take(None, "me", "GET")
    assert caught.value.code == "TenantRequestsThrottled"
    assert buckets.take("s", "me", "GET")


PORT = 443


def get(front: Starlette, path: str, token: str) -> tuple[int, dict[str, str], Any]:
    """(status, headers, body) of a GET through the front door, without a socket."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"api-version=2025-04-01"}
    asyncio.run(front({**scope, "headers": headers}, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, json.loads(sent[1]["body"])


def test_emptied_bucket_is_refused_at_the_door(tmp_path: Path) -> None:
    """While time stands still, the 251st read of a caller gets ARM's body and Retry-After; somebody else's passes."""
    control.ensure_principal(tmp_path, "eager@example.com", "Reader")
    eager, other = control.mint_token(tmp_path, "eager@example.com"), control.mint_token(tmp_path, DEPLOYER)
    cloud = replace(open_cloud(tmp_path, throttling="on"), buckets=Buckets(Clock()))
    front = application(cloud, PORT)
    path = f"/subscriptions/{control.default_ids().subscription}/resourceGroups"
    try:
        left = "x-ms-ratelimit-remaining-subscription-reads"
        assert [int(get(front, path, eager)[1][left]) for _ in range(250)] == list(range(249, -1, -1))
        status, headers, body = get(front, path, eager)
        assert (status, body["error"]["code"]) == (429, "SubscriptionRequestsThrottled")
        assert body["error"]["message"].startswith("Number of 'read' requests for subscription")
        assert headers["retry-after"] == "1"
        assert get(front, path, other)[0] == 200
    finally:
        cloud.store.close()
