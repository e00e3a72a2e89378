"""Many documents at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from loopback_server import Got, Reply, Script

from azkeep.azure.client import ArmClient
from azkeep.azure.reader import Reader, read_all
from azkeep.errors import AuthFailed, RequestFailed, Throttled
from azkeep.model.transport import Answer, Listing


class Library:
    """A transport that answers by id, and knows how many asked at one time."""

    def __init__(self, answers: dict[str, Answer | Exception], together: int = 1) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []
        self.meeting = threading.Barrier(together)

    @property
    def requests(self) -> int:
        return len(self.asked)

    def send(self, method: str, path: str, *, api_version: str, **rest: Any) -> Answer:
        assert method == "GET", "a reader only reads"
        self.asked.append((path, api_version))
        self.meeting.wait(5)
        answer = self.answers[path]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def run(self, method: str, path: str, **rest: Any) -> Answer:
        raise AssertionError("a reader starts no operation")


def test_each_document_by_its_id() -> None:
    """Found, missing and forbidden are told apart, in the order asked."""
    library = Library({"/a": Answer(200, {"n": 1}), "/b": Answer(404), "/c": Answer(403)})
    found = read_all(library, [("/b", "v1"), ("/a", "v2"), ("/c", "v3")], concurrency=1)
    assert list(found) == ["/b", "/a", "/c"]
    assert {id: answer.status for id, answer in found.items()} == {"/a": 200, "/b": 404, "/c": 403}
    assert found["/a"].body == {"n": 1}
    assert library.asked == [("/b", "v1"), ("/a", "v2"), ("/c", "v3")]


def test_a_document_asked_for_twice_is_read_once() -> None:
    """Requests are dear."""
    library = Library({"/a": Answer(200)})
    read_all(library, [("/a", "v"), ("/a", "v")])
    assert library.requests == 1


def test_reads_run_side_by_side() -> None:
    """Four reads meet at a barrier: they are under way at the same time."""
    library = Library({f"/{n}": Answer(200) for n in range(4)}, together=4)
    assert len(read_all(library, [(f"/{n}", "v") for n in range(4)], concurrency=4)) == 4


def test_nothing_asked_nothing_done() -> None:
    """An empty list makes no thread and no request."""
    assert read_all(Library({}), []) == {}


def test_what_could_not_be_asked_is_not_missing() -> None:
    """A lost connection and a throttled read are neither found nor gone, and say why."""
    library = Library(
        {
            "/lost": RequestFailed("the connection broke", detail="reset"),
            "/slow": Throttled("limit", status=429, arm_code="TooMany", detail="later"),
        }
    )
    found = read_all(library, [("/lost", "v"), ("/slow", "v")])
    assert (found["/lost"].status, found["/lost"].ok, found["/lost"].error_message) == (0, False, "reset")
    assert (found["/slow"].status, found["/slow"].error_code) == (429, "TooMany")


def test_without_a_credential_nothing_can_be_read() -> None:
    """One refused token is the end of all reads."""
    with pytest.raises(AuthFailed):
        read_all(Library({"/a": AuthFailed("no")}), [("/a", "v")])


def test_over_the_real_client(client: ArmClient, server: Script) -> None:
    """Fifty reads through the pool."""

    def by_name(got: Got) -> Reply:
        return Reply(404 if got.path.startswith("/n/7?") else 200, {"path": got.path})

    server.otherwise = by_name
    found = read_all(client, [(f"/n/{n}", "v") for n in range(50)], concurrency=8)
    assert [id for id, answer in found.items() if answer.status == 404] == ["/n/7"]
    assert client.requests == 50


class Pages:
    """A transport whose answers come one after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, Any]] = []

    @property
    def requests(self) -> int:
        return len(self.sent)

    def send(self, method: str, path: str, *, api_version: str, **rest: Any) -> Answer:
        self.sent.append((method, path, rest.get("body")))
        return self.answers.pop(0)

    def run(self, method: str, path: str, **rest: Any) -> Answer:
        raise AssertionError("a reader starts no operation")


def test_a_list_is_read_to_its_last_page() -> None:
    """nextLink is followed as it is; every page is a request of the list."""
    pages = Pages(
        Answer(200, {"value": [{"id": "/a"}], "nextLink": "https://arm/next?$skiptoken=1"}),
        Answer(200, {"value": [{"id": "/b"}]}),
    )
    reader = Reader(pages)
    listing = Listing("/things", "v", (("$filter", "x"),))
    assert reader.lists([listing, listing])[listing].body == {"value": [{"id": "/a"}, {"id": "/b"}]}
    assert [path for _, path, _ in pages.sent] == ["/things", "https://arm/next?$skiptoken=1"]
    assert (reader.requests["list"], reader.requests["total"], reader.requests["retry"]) == (2, 2, 0)


def test_half_a_list_is_no_list() -> None:
    """A page that fails makes the whole a failure: what was on it is not known."""
    pages = Pages(
        Answer(200, {"value": [{}], "nextLink": "https://arm/next"}), Answer(500, {"error": {"code": "Late"}})
    )
    (answer,) = Reader(pages).lists([Listing("/things", "v")]).values()
    assert (answer.status, answer.error_code) == (500, "Late")


def test_a_query_is_read_to_its_last_row() -> None:
    """Resource Graph hands out a token for the next rows; it is the one POST of a reader."""
    pages = Pages(Answer(200, {"data": [{"n": 1}], "$skipToken": "t"}), Answer(200, {"data": [{"n": 2}]}))
    reader = Reader(pages)
    assert reader.graph("resources", ["b", "a"], kind="changes").body == {"data": [{"n": 1}, {"n": 2}]}
    assert [method for method, _, _ in pages.sent] == ["POST", "POST"]
    assert pages.sent[0][2]["subscriptions"] == ["a", "b"]
    assert pages.sent[1][2]["options"]["$skipToken"] == "t"
    assert (reader.requests["changes"], reader.requests["graph"]) == (2, 0)


def test_the_log_is_asked_by_filter() -> None:
    """One answer for each filter."""
    pages = Pages(Answer(200, {"value": [{"caller": "eve"}]}))
    found = Reader(pages).events("sub", ["eventTimestamp ge '2026-01-01'"])
    assert [answer.body for answer in found.values()] == [{"value": [{"caller": "eve"}]}]
    assert pages.sent[0][1].startswith("/subscriptions/sub/providers/Microsoft.Insights/eventtypes/")
