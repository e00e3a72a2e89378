"""How any room talks to an Azure Resource Manager, real or local."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Answer:
    """One final answer. `body` is the parsed JSON, None if empty; header names are lower-case.

    `followed`: the request itself was accepted, and this is the end of the operation that it started.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    followed: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def error_code(self) -> str:
        """ARM's error code, "" on success or without an envelope."""
        return str(self._error().get("code", ""))

    @property
    def error_message(self) -> str:
        """ARM's message, else the status."""
        return str(self._error().get("message", "" if self.ok else f"HTTP {self.status}"))

    def _error(self) -> Mapping[str, Any]:
        body = self.body if isinstance(self.body, Mapping) else {}
        error = body.get("error", body)
        return error if isinstance(error, Mapping) and not self.ok else {}


@dataclass(frozen=True)
class Listing:
    """A collection to read to its last page: its path, and the query that it needs besides the API version."""

    path: str
    api_version: str
    query: tuple[tuple[str, str], ...] = ()


class ArmTransport(Protocol):
    """Sends requests with a bearer token; retries what may be retried; safe to use from several threads.

    Raises AuthFailed without a token, Throttled after the last retry of a 429, RequestFailed without an answer.
    Any answer with another status is returned, not raised.
    """

    @property
    def requests(self) -> int:
        """Requests sent so far, polls included."""

    def send(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request and its answer; a long-running operation is not followed."""

    def run(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, followed to its end if it starts a long-running operation (ARM polling rules).

        A failed operation is an Answer with the operation's error and status 400 or higher.
        """


class EstateReader(Protocol):
    """Reads much at once, and nothing but reads: no request of it but Resource Graph's is a POST.

    404 means missing, 403 unreadable; where no answer came at all the status is 0 (or 429) and the body says why.
    Every method raises AuthFailed, since then nothing can be read.
    """

    @property
    def requests(self) -> Mapping[str, int]:
        """Requests so far by kind; `total` is what went over the wire, `retry` what of it was sent again."""

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Mapping[str, Answer]:
        """One GET for each (id, API version): id as asked → answer, in the order asked."""

    def lists(self, wanted: Iterable[Listing]) -> Mapping[Listing, Answer]:
        """Every collection to its last page: `{"value": [all items]}`, or the first answer that is no success."""

    def graph(self, query: str, subscriptions: Iterable[str], *, kind: str = "graph") -> Answer:
        """Rows of a Resource Graph query, all pages: `{"data": [objects]}`, or the first answer that is no success."""

    def events(self, subscription: str, filters: Iterable[str]) -> Mapping[str, Answer]:
        """Activity log of a subscription for each `$filter`: filter → `{"value": [events]}`."""
