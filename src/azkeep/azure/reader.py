"""Many documents at once, with the right to read and nothing else: lists, single reads, queries, records."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from azkeep.errors import AuthFailed, AzureError
from azkeep.model.transport import Answer, ArmTransport, Listing

NO_ANSWER = 0
"""Status of a document that was asked for and never came."""

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
GRAPH_VERSION = "2022-10-01"
GRAPH_PAGE = 1000
"""Rows of a page at most: Azure Resource Graph, working with large data sets."""
EVENTS = "/providers/Microsoft.Insights/eventtypes/management/values"
EVENTS_VERSION = "2015-04-01"
KINDS = ("get", "list", "graph", "changes", "activity")

Asked = TypeVar("Asked")


class Reader:
    """Reads through one transport and counts what it asks, by kind. No request of it but Resource Graph's is a POST.

    404 means missing, 403 unreadable; where no answer came at all the status is 0 (or 429) and the body says why.
    Every method raises AuthFailed, since then nothing can be read.
    """

    def __init__(self, transport: ArmTransport, *, concurrency: int = 16) -> None:
        self._transport = transport
        self._concurrency = concurrency
        self._before = transport.requests
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def requests(self) -> Mapping[str, int]:
        """Requests so far: `total` is what went over the wire, `retry` what of it was sent again."""
        total = self._transport.requests - self._before
        known = sum(self._counts.values())
        return {
            "total": max(total, known),
            **{kind: self._counts[kind] for kind in KINDS},
            "retry": max(0, total - known),
        }

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Mapping[str, Answer]:
        """One GET for each (id, API version): id as asked → answer, in the order asked."""
        asked = tuple(dict.fromkeys(wanted))
        answers = self._together(lambda item: self._send("get", "GET", item[0], item[1]), asked)
        return {id: answer for (id, _), answer in zip(asked, answers, strict=True)}

    def lists(self, wanted: Iterable[Listing]) -> Mapping[Listing, Answer]:
        """Every collection to its last page: `{"value": [all items]}`, or the first answer that is no success."""
        asked = tuple(dict.fromkeys(wanted))
        return dict(zip(asked, self._together(self._list, asked), strict=True))

    def graph(self, query: str, subscriptions: Iterable[str], *, kind: str = "graph") -> Answer:
        """Rows of a Resource Graph query, all pages: `{"data": [objects]}`, or the first answer that is no success."""
        rows: list[Any] = []
        options: dict[str, Any] = {"resultFormat": "objectArray", "$top": GRAPH_PAGE}
        while True:
            body = {"subscriptions": sorted(subscriptions), "query": query, "options": options}
            answer = self._send(kind, "POST", GRAPH, GRAPH_VERSION, body=body)
            if not answer.ok or not isinstance(answer.body, Mapping):
                return answer
            rows.extend(answer.body.get("data") or ())
            token = answer.body.get("$skipToken")
            if not token:
                return Answer(answer.status, {"data": rows}, answer.headers)
            options = {**options, "$skipToken": token}

    def events(self, subscription: str, filters: Iterable[str]) -> Mapping[str, Answer]:
        """Activity log of a subscription for each `$filter`: filter → `{"value": [events]}`."""
        path = f"/subscriptions/{subscription}{EVENTS}"
        asked = {text: Listing(path, EVENTS_VERSION, (("$filter", text),)) for text in filters}
        answers = self._together(lambda listing: self._list(listing, kind="activity"), tuple(asked.values()))
        return dict(zip(asked, answers, strict=True))

    def _list(self, listing: Listing, kind: str = "list") -> Answer:
        items: list[Any] = []
        path, version, query = listing.path, listing.api_version, dict(listing.query)
        while True:
            answer = self._send(kind, "GET", path, version, query=query)
            if not answer.ok or not isinstance(answer.body, Mapping):
                return answer
            items.extend(answer.body.get("value") or ())
            path, query = str(answer.body.get("nextLink") or ""), {}
            if not path:
                return Answer(answer.status, {"value": items}, answer.headers)

    def _send(self, kind: str, method: str, path: str, version: str, **rest: Any) -> Answer:
        with self._lock:
            self._counts[kind] += 1
        given = {name: value for name, value in rest.items() if value}
        try:
            return self._transport.send(method, path, api_version=version, **given)
        except AuthFailed:
            raise
        except AzureError as error:
            failure = {"code": error.arm_code or error.code, "message": error.detail or error.summary}
            return Answer(error.status or NO_ANSWER, {"error": failure})

    def _together(self, ask: Callable[[Asked], Answer], asked: tuple[Asked, ...]) -> list[Answer]:
        if not asked:
            return []
        with ThreadPoolExecutor(max_workers=max(1, min(self._concurrency, len(asked)))) as pool:
            return list(pool.map(ask, asked))


def read_all(transport: ArmTransport, wanted: Iterable[tuple[str, str]], concurrency: int = 16) -> Mapping[str, Answer]:
    """One GET for each (id, api_version): id as asked → answer, in the order asked; see Reader."""
    return Reader(transport, concurrency=concurrency).documents(wanted)
