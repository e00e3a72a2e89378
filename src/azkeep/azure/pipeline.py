"""The HTTP pipeline under ArmClient: pooled connections, tokens, retries, and a count of requests."""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.pipeline import PipelineRequest, policies
from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
from requests.adapters import HTTPAdapter

from azkeep.azure.budget import Budget, SharedBudget

CONNECTIONS = 64
"""Connections kept open to one host: as many as threads may ask at once."""


@dataclass(frozen=True)
class Retries:
    """How often and how patiently a request is sent again. Seconds; `Retry-After` of the server goes first.

    `connect` counts attempts at a server that cannot be reached at all.
    """

    total: int = 8
    connect: int = 3
    backoff: float = 0.4
    maximum: float = 30.0
    connect_timeout: float = 20.0
    read_timeout: float = 120.0


LOOPBACK = Retries(total=5, maximum=1.0)
"""For a server on this machine, which nobody waits for to recover."""


class RequestCounter(policies.SansIOHTTPPolicy[Any, Any]):
    """Counts what really goes over the wire, retries and polls included; safe to use from several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._count = 0

    @property
    def count(self) -> int:
        with self._lock:
            return self._count

    def on_request(self, request: PipelineRequest[Any]) -> None:
        with self._lock:
            self._count += 1


def is_loopback(endpoint: str) -> bool:
    """True if `endpoint` can only be this machine."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def transport(endpoint: str, ca: str | None, retries: Retries) -> RequestsTransport:
    """An HTTP transport with a connection pool.

    A proxy or CA bundle of the user's environment is used for hosts elsewhere, and never for this machine.
    """
    session = requests.Session()
    session.trust_env = not is_loopback(endpoint)
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=CONNECTIONS, pool_block=False)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return RequestsTransport(
        session=session,
        connection_verify=ca if ca is not None else True,
        connection_timeout=retries.connect_timeout,
        read_timeout=retries.read_timeout,
        use_env_settings=session.trust_env,
    )


def client(
    endpoint: str,
    credential: TokenCredential,
    *,
    ca: str | None,
    scopes: tuple[str, ...],
    retries: Retries,
    budget: Budget | None = None,
) -> tuple[PipelineClient[Any, Any], RequestCounter]:
    """A pipeline that authenticates, retries and counts, and its counter. Clients that speak for one principal share a
    `budget`; None for one of its own."""
    counter = RequestCounter()
    http = transport(endpoint, ca, retries)
    steps: list[Any] = [
        policies.RequestIdPolicy(),
        policies.HeadersPolicy(),
        policies.UserAgentPolicy(base_user_agent="azkeep"),
        policies.RetryPolicy(
            retry_total=retries.total,
            retry_status=retries.total,
            retry_read=retries.total,
            retry_connect=min(retries.connect, retries.total),
            retry_backoff_factor=retries.backoff,
            retry_backoff_max=retries.maximum,
        ),
        SharedBudget(budget or Budget(lazy=is_loopback(endpoint))),
        ARMChallengeAuthenticationPolicy(credential, *scopes),
        counter,
    ]
    return PipelineClient(endpoint, policies=steps, transport=http), counter
