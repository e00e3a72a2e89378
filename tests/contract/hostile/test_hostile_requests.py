"""Hostile requests get the refusal that Azure's front would give, and leave the cloud alive and as it was."""

from __future__ import annotations

import json
import ssl
import threading
import time
from dataclasses import replace

import pytest
from tests.contract.hostile.conftest import Ground
from tests.contract.hostile.raw import Wire, answer_on
from tests.contract.hostile.rows import (
    BODIES,
    GROUPS,
    HEADS,
    IDENTITIES,
    NETWORKS,
    PATHS,
    QUERIES,
    SMUGGLED,
    SOUND,
    SPACE,
    Row,
)

ROWS = (*PATHS, *BODIES, *IDENTITIES, *HEADS, *QUERIES)
CHUNKED = (("Transfer-Encoding", "chunked"), ("Content-Type", "application/json"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(ground: Ground, row: Row) -> None:
    """Each row of the table: status, code and part of the message."""
    before = ground.picture()
    words = {"TOKEN": ground.wire.token, "HOST": ground.wire.host}
    headers = tuple((name, _filled(value, words)) for name, value in row.headers)
    path = _filled(ground.spelled(row.path), words)
    answer = ground.wire.sends(row.method, path, row.body, headers=headers, without=row.without, version=row.version)
    assert (answer.status, answer.code) == (row.status, row.code)
    assert row.said in (answer.message if row.said else "")
    ground.refused(answer, before)


def _filled(text: str, words: dict[str, str]) -> str:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


@pytest.mark.parametrize("name", SMUGGLED)
def test_smuggled_id(ground: Ground, name: str) -> None:
    """Rights are asked for what the path means, however it is spelled: nobody writes beyond their own group."""
    path, code = SMUGGLED[name]
    before = ground.picture()
    answer = ground.owner_of_one.sends("PUT", f"{ground.spelled(path)}?{NETWORKS}", SOUND)
    assert (answer.status, answer.code) == (400 if code == "BadRequest" else 403, code)
    ground.refused(answer, before)


def test_id_name_and_type_of_the_body(ground: Ground) -> None:
    """A body cannot say that it is another resource: the path names what is written, and nothing else is."""
    own = f"{ground.arm.subscription}/resourceGroups/own/providers/Microsoft.Network/virtualNetworks/honest"
    other = ground.spelled("NET")
    stored = ground.arm.send("GET", other).json()
    said = {"id": other, "name": "held", "type": "Microsoft.Network/virtualNetworks", "etag": stored["etag"]}
    body = json.dumps({**said, "location": "westeurope", "properties": SPACE}).encode()
    answer = ground.owner_of_one.sends("PUT", f"{own}?{NETWORKS}", body)
    try:
        assert (answer.status, json.loads(answer.content)["id"]) == (201, own)
        assert ground.arm.send("GET", other).json() == stored
    finally:
        ground.arm.send("DELETE", own)


def test_key_that_is_given_twice(ground: Ground) -> None:
    """The last of two equal keys counts, as in ARM's reader: what is checked is what is stored."""
    path = f"{ground.arm.subscription}/resourceGroups/twice"
    body = b'{"location": "westeurope", "location": "northeurope"}'
    answer = ground.wire.sends("PUT", f"{path}?{GROUPS}", b"\xef\xbb\xbf" + body)
    try:
        assert (answer.status, json.loads(answer.content)["location"]) == (201, "northeurope")
    finally:
        ground.arm.send("DELETE", path, version=GROUPS)


def test_reader_in_disguise(ground: Ground) -> None:
    """Headers that other servers take for another method, host or path change nothing."""
    before = ground.picture()
    disguise = (
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Original-URL", "/subscriptions"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-For", "127.0.0.1"),
    )
    answer = ground.looker.sends("GET", f"{ground.arm.subscription}/resourceGroups?$top=1&{GROUPS}", headers=disguise)
    assert answer.status == 200
    assert json.loads(answer.content)["nextLink"].startswith(ground.arm.ready["arm"])
    ground.refused(answer, before)


def test_second_request_behind_the_first(ground: Ground) -> None:
    """What follows a refused request on the same connection is not heard: nothing can be hidden in its body."""
    before = ground.picture()
    hidden = ground.wire.request("DELETE", f"{ground.spelled('GROUP')}?{GROUPS}")
    first = ground.wire.request("GET", f"/{GROUPS}", headers=(("Host", "evil.example"), ("Connection", "keep-alive")))
    answer = ground.wire.says(first + hidden)
    assert answer.status == 421
    ground.refused(answer, before)


def test_chunks(ground: Ground) -> None:
    """Sound chunks are read, broken ones are refused."""
    path = f"{ground.arm.subscription}/resourceGroups/chunked"
    before = ground.picture()
    head = ground.wire.request("PUT", f"{path}?{GROUPS}", headers=CHUNKED)
    assert ground.wire.says(head + b"zz\r\n" + SOUND).status == 400
    assert ground.picture() == before
    answer = ground.wire.says(head + b"%x\r\n" % len(SOUND) + SOUND + b"\r\n0\r\n\r\n")
    ground.arm.send("DELETE", path, version=GROUPS)
    assert answer.status == 201


def test_endless_body(ground: Ground) -> None:
    """Chunks without end are cut off, not gathered."""
    before = ground.picture()
    head = ground.wire.request("PUT", f"{ground.spelled('GROUP')}?{GROUPS}", headers=CHUNKED)
    with ground.wire.opened() as connection:
        connection.sendall(head)
        assert cut_off(connection, b"%x\r\n" % 100_000 + b"x" * 100_000 + b"\r\n")
    assert ground.picture() == before


def cut_off(connection: ssl.SSLSocket, piece: bytes) -> bool:
    """True if the other side ends the connection while `piece` is said over and over."""
    try:
        for said in range(2000):
            connection.sendall(piece)
            time.sleep(0 if said < 400 else 0.01)
    except OSError:
        return True
    return False


NO_HTTP = {
    "garbage": b"\x00\x01garbage\r\n\r\n",
    "method alone": b"GET\r\n\r\n",
    "HTTP 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "line breaks": b"\r\n" * 1000,
}


@pytest.mark.parametrize("content", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_what_is_no_http(ground: Ground, content: bytes) -> None:
    """Bytes that are no request are refused at once, or waited on without harm."""
    before = ground.picture()
    with ground.wire.opened() as connection:
        connection.settimeout(0.5)
        connection.sendall(content)
        try:
            status = answer_on(connection).status
        except TimeoutError:
            status = 0
    assert status in (0, 400)
    assert ground.picture() == before


def test_requests_that_do_not_end(ground: Ground) -> None:
    """Fifty clients that say half a request and fall silent take nobody's turn."""
    before = ground.picture()
    half = ground.wire.request("GET", f"{ground.spelled('GROUP')}?{GROUPS}")[:-2]
    body = ground.wire.request("PUT", f"{ground.spelled('GROUP')}?{GROUPS}", SOUND)[:-5]
    held = [ground.wire.opened() for _ in range(50)]
    open_ = [each.__enter__() for each in held]
    try:
        for place, connection in enumerate(open_):
            connection.sendall(half if place % 2 else body)
        began = time.monotonic()
        assert ground.picture() == before
        assert time.monotonic() - began < 5
    finally:
        for each in held:
            each.__exit__(None, None, None)


def test_flood_of_clients(ground: Ground) -> None:
    """Honest requests are answered while others ask for nonsense as fast as they can."""
    before = ground.picture()
    stop = threading.Event()
    path = f"{ground.arm.subscription}/resourceGroups/{'a' * 9000}?{GROUPS}"

    def flood(wire: Wire) -> None:
        while not stop.is_set():
            wire.sends("PUT", path, b"{" * 1000)

    threads = [threading.Thread(target=flood, args=(replace(ground.wire, token="x"),)) for _ in range(4)]
    for each in threads:
        each.start()
    try:
        assert all(ground.picture() == before for _ in range(10))
    finally:
        stop.set()
        for each in threads:
            each.join()
