"""ArmClient against a scripted https server."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from loopback_server import FixedCredential, Reply, Script

from azkeep.azure.client import ArmClient
from azkeep.azure.pipeline import Retries, is_loopback, transport
from azkeep.errors import AuthFailed, RequestFailed, Throttled
from azkeep.model.transport import Answer, ArmTransport

PATH = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/net"
VERSION = "2024-05-01"
AGAIN = {"Retry-After": "1"}


def network(state: str | None) -> dict[str, object]:
    properties = {"provisioningState": state} if state else {}
    return {"id": PATH, "name": "net", "properties": properties}


def test_it_is_a_transport(client: ArmClient) -> None:
    """The class fills the protocol; the type checker agrees."""
    transport: ArmTransport = client
    assert transport.requests == 0


def test_one_request(client: ArmClient, server: Script) -> None:
    """Method, path, version, query, headers, token and body arrive as given."""
    server.replies.append(Reply(201, network("Succeeded"), {"ETag": "e"}))
    answer = client.send(
        "PUT", PATH, api_version=VERSION, body={"a": [1]}, query={"x y": "a&b"}, headers={"If-Match": "e"}
    )
    got = server.got[0]
    assert (got.method, got.path) == ("PUT", f"{PATH}?api-version={VERSION}&x%20y=a%26b")
    assert got.headers["authorization"] == f"Bearer token for {server.url}/.default"
    assert got.headers["if-match"] == "e"
    assert got.headers["x-ms-client-request-id"]
    assert got.body == {"a": [1]}
    assert (answer.status, answer.body, answer.headers["etag"]) == (201, network("Succeeded"), "e")


def test_a_next_link_is_followed_as_it_is(client: ArmClient, server: Script) -> None:
    """A whole URL of the same ARM keeps its own query."""
    client.send("GET", f"{server.url}/subscriptions?api-version=v&$skiptoken=a%2Fb", api_version="other")
    assert server.got[0].path == "/subscriptions?api-version=v&$skiptoken=a%2Fb"


def test_a_link_to_another_host_gets_no_token(client: ArmClient, server: Script) -> None:
    """Nothing is sent."""
    with pytest.raises(RequestFailed, match="another host"):
        client.send("GET", "https://example.com/subscriptions?api-version=v", api_version=VERSION)
    assert client.requests == 0


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://127.0.0.1:8443", True),
        ("https://localhost:8443/", True),
        ("https://[::1]:8443", True),
        ("https://management.azure.com", False),
        ("https://127.0.0.1.example.com", False),
        ("https://10.0.0.1", False),
    ],
)
def test_only_this_machine_is_loopback(endpoint: str, expected: bool) -> None:
    """Proxies and CA bundles of the shell count everywhere else."""
    assert is_loopback(endpoint) is expected
    assert transport(endpoint, None, Retries()).session.trust_env is not expected


def test_names_with_other_signs_are_encoded(client: ArmClient, server: Script) -> None:
    """A blank, a percent sign or a question mark of a name stays part of the path."""
    client.send("GET", "/subscriptions/s/resourceGroups/a b%?c", api_version=VERSION)
    assert server.got[0].path == f"/subscriptions/s/resourceGroups/a%20b%25%3Fc?api-version={VERSION}"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
def test_refusals_are_answers(client: ArmClient, server: Script, status: int) -> None:
    """ARM's own errors come back with code and message, after one request."""
    server.replies.append(Reply(status, {"error": {"code": "Some", "message": "thing"}}))
    answer = client.send("GET", PATH, api_version=VERSION)
    assert (answer.status, answer.error_code, answer.error_message) == (status, "Some", "thing")
    assert client.requests == 1


def test_no_body(client: ArmClient, server: Script) -> None:
    """An empty answer has no body."""
    server.replies.append(Reply(204))
    assert client.send("DELETE", PATH, api_version=VERSION).body is None


def test_a_body_that_is_no_json(client: ArmClient, server: Script) -> None:
    """A proxy's page is kept as a message."""
    server.replies.append(Reply(400, b"<html>no</html>"))
    assert client.send("GET", PATH, api_version=VERSION).error_message == "<html>no</html>"


def test_a_refused_token(client: ArmClient, server: Script) -> None:
    """401 is AuthFailed, with ARM's code."""
    server.otherwise = lambda got: Reply(401, {"error": {"code": "ExpiredAuthenticationToken", "message": "old"}})
    with pytest.raises(AuthFailed) as caught:
        client.send("GET", PATH, api_version=VERSION)
    assert (caught.value.status, caught.value.arm_code) == (401, "ExpiredAuthenticationToken")


def test_throttling_is_waited_for(client: ArmClient, server: Script) -> None:
    """Retry-After is honoured, and every attempt counted."""
    server.replies.append(Reply(429, {"error": {"code": "TooMany", "message": ""}}, AGAIN))
    before = time.monotonic()
    assert client.send("GET", PATH, api_version=VERSION).status == 200
    assert time.monotonic() - before >= 1
    assert client.requests == 2


def test_all_threads_wait_when_one_is_throttled(client: ArmClient, server: Script) -> None:
    """Reads share one budget: the second thread does not ask before the pause is over; a write may go on."""
    server.replies.append(Reply(429, {"error": {"code": "TooMany", "message": ""}}, AGAIN))
    before = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.send, "GET", PATH, api_version=VERSION)
        while not server.got or server.replies:
            time.sleep(0.01)
        time.sleep(0.1)
        client.send("PUT", PATH, api_version=VERSION, body={})
        write = time.monotonic() - before
        client.send("GET", PATH, api_version=VERSION)
        read = time.monotonic() - before
        assert first.result().status == 200
    assert write < 0.9
    assert read >= 1


def test_nobody_waits_for_the_lock_of_one_resource(client: ArmClient, server: Script) -> None:
    """429 because another operation holds the target says nothing about other targets."""
    locked = {"error": {"code": "RetryableErrorDueToAnotherOperation", "message": ""}}
    server.replies.append(Reply(429, locked, AGAIN))
    before = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.send, "PUT", PATH, api_version=VERSION, body={})
        while not server.got or server.replies:
            time.sleep(0.01)
        client.send("PUT", f"{PATH}2", api_version=VERSION, body={})
        assert time.monotonic() - before < 0.9
        assert first.result().status == 200


def test_throttling_without_end(client: ArmClient, server: Script) -> None:
    """After the last retry it is an error of its own."""
    server.otherwise = lambda got: Reply(429, {"error": {"code": "TooMany", "message": "slow"}})
    with pytest.raises(Throttled) as caught:
        client.send("PUT", PATH, api_version=VERSION, body={})
    assert (caught.value.status, caught.value.arm_code, caught.value.detail) == (429, "TooMany", "slow")
    assert client.requests == 4


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_failure_is_tried_again(client: ArmClient, server: Script, status: int) -> None:
    """5xx passes by."""
    server.replies.append(Reply(status, {}))
    assert client.send("PUT", PATH, api_version=VERSION, body={}).status == 200
    assert client.requests == 2


def test_a_server_failure_without_end_is_an_answer(client: ArmClient, server: Script) -> None:
    """The last 500 is returned, with its error."""
    server.otherwise = lambda got: Reply(500, {"error": {"code": "Internal", "message": "oh"}})
    answer = client.send("GET", PATH, api_version=VERSION)
    assert (answer.status, answer.error_code) == (500, "Internal")
    assert client.requests == 4


def test_a_broken_connection_is_tried_again(client: ArmClient, server: Script) -> None:
    """A PUT may be sent twice: it says the same both times."""
    server.replies.append(Reply(breaks=True))
    assert client.send("PUT", PATH, api_version=VERSION, body={"a": 1}).status == 200
    assert [got.body for got in server.got] == [{"a": 1}, {"a": 1}]


def test_connections_that_only_break(client: ArmClient, server: Script) -> None:
    """In the end the user hears that no answer came."""
    server.otherwise = lambda got: Reply(breaks=True)
    with pytest.raises(RequestFailed) as caught:
        client.send("GET", PATH, api_version=VERSION)
    assert caught.value.subject == PATH
    assert "broke" in caught.value.summary


def test_a_server_that_is_not_there() -> None:
    """A dead local cloud is reported within seconds, with what to check."""
    before = time.monotonic()
    with ArmClient("https://127.0.0.1:1", FixedCredential()) as client, pytest.raises(RequestFailed) as caught:
        client.send("PUT", PATH, api_version=VERSION, body={})
    assert caught.value.summary == "the Resource Manager could not be reached"
    assert time.monotonic() - before < 10


def test_connections_are_kept_and_shared(client: ArmClient, server: Script) -> None:
    """Many requests of many threads use few connections, and each is counted."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.send("GET", PATH, api_version=VERSION).status, range(80)))
    assert answers == [200] * 80
    assert client.requests == 80
    assert len(server.connections) <= 8


def test_a_finished_put_is_not_followed(client: ArmClient, server: Script) -> None:
    """A terminal state in the first answer is the end; so is an answer without any state."""
    server.replies += [Reply(201, network("Succeeded")), Reply(201, network(None))]
    first = client.run("PUT", PATH, api_version=VERSION, body={})
    second = client.run("PUT", PATH, api_version=VERSION, body={})
    assert (first.status, first.followed, second.status, client.requests) == (201, False, 201, 2)


def test_a_put_with_an_operation_is_followed(client: ArmClient, server: Script) -> None:
    """Azure-AsyncOperation is polled at the pace of Retry-After, then the resource is read again."""
    operation = {"Azure-AsyncOperation": f"{server.url}/operations/1?api-version=v", **AGAIN}
    server.replies += [
        Reply(201, network("Updating"), operation),
        Reply(200, {"status": "InProgress"}, AGAIN),
        Reply(200, {"status": "Succeeded"}),
        Reply(200, network("Succeeded")),
    ]
    before = time.monotonic()
    answer = client.run("PUT", PATH, api_version=VERSION, body={})
    assert (answer.status, answer.body, answer.followed) == (200, network("Succeeded"), True)
    assert [got.path.split("?")[0] for got in server.got] == [PATH, "/operations/1", "/operations/1", PATH]
    assert 1 <= time.monotonic() - before < 8


def test_an_operation_that_fails(client: ArmClient, server: Script) -> None:
    """The operation's own error, with a status that is no success."""
    operation = {"Azure-AsyncOperation": f"{server.url}/operations/1", **AGAIN}
    failed = {"status": "Failed", "error": {"code": "Quota", "message": "none left"}}
    server.replies += [Reply(201, network("Creating"), operation), Reply(200, failed)]
    answer = client.run("PUT", PATH, api_version=VERSION, body={})
    assert (answer.status, answer.error_code, answer.error_message) == (400, "Quota", "none left")
    assert answer.followed


@pytest.mark.parametrize("state", ["Failed", "Canceled"])
def test_a_resource_that_ends_failed(client: ArmClient, server: Script, state: str) -> None:
    """A failed state in the first answer is a failed operation too."""
    server.replies.append(Reply(201, network(state)))
    answer = client.run("PUT", PATH, api_version=VERSION, body={})
    assert (answer.ok, answer.followed) == (False, True)
    assert answer.error_message == f"The operation ended with state '{state}'."


def test_a_put_that_shows_its_state_only(client: ArmClient, server: Script) -> None:
    """Without operation headers the resource itself is polled."""
    server.replies += [Reply(200, network("Creating"), AGAIN), Reply(200, network("Succeeded"))]
    answer = client.run("PUT", PATH, api_version=VERSION, body={})
    assert (answer.body, answer.followed) == (network("Succeeded"), True)
    assert [got.method for got in server.got] == ["PUT", "GET"]


def test_a_delete_by_location(client: ArmClient, server: Script) -> None:
    """202 and Location: polled until 204."""
    location = {"Location": f"{server.url}/results/1", **AGAIN}
    server.replies += [Reply(202, None, location), Reply(202, None, location), Reply(204)]
    answer = client.run("DELETE", PATH, api_version=VERSION)
    assert (answer.ok, answer.followed, len(server.got)) == (True, True, 3)


def test_a_delete_whose_operation_is_gone(client: ArmClient, server: Script) -> None:
    """404 while a delete is polled means that the resource is away."""
    location = {"Location": f"{server.url}/results/1", **AGAIN}
    server.replies += [Reply(202, None, location), Reply(404, {"error": {"code": "ResourceNotFound", "message": ""}})]
    assert client.run("DELETE", PATH, api_version=VERSION).ok


def test_throttled_while_polling(client: ArmClient, server: Script) -> None:
    """The request was accepted: the answer says so, and is no Throttled."""
    operation = {"Azure-AsyncOperation": f"{server.url}/operations/1", **AGAIN}
    server.replies.append(Reply(201, network("Creating"), operation))
    server.otherwise = lambda got: Reply(429, {"error": {"code": "TooMany", "message": ""}})
    answer = client.run("PUT", PATH, api_version=VERSION, body={})
    assert (answer.status, answer.followed) == (429, True)


def test_a_refused_put_is_not_followed(client: ArmClient, server: Script) -> None:
    """The refusal comes back as it is."""
    server.replies.append(Reply(409, {"error": {"code": "Conflict", "message": "no"}}))
    answer = client.run("PUT", PATH, api_version=VERSION, body={})
    assert answer == Answer(409, answer.body, answer.headers)


def test_a_plain_get_of_a_running_resource_is_not_followed(client: ArmClient, server: Script) -> None:
    """Only what starts an operation is followed."""
    server.replies.append(Reply(200, network("Creating")))
    assert client.run("GET", PATH, api_version=VERSION).body == network("Creating")
    assert client.requests == 1


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_foreign_ca_bundle_is_not_used_for_loopback(
    server: Script, monkeypatch: pytest.MonkeyPatch, name: str, client: ArmClient
) -> None:
    """A company's CA file in the shell does not keep azkeep from its own cloud."""
    monkeypatch.setenv(name, "/nowhere/company.pem")
    assert client.send("GET", PATH, api_version=VERSION).status == 200


def test_a_proxy_is_not_used_for_loopback(server: Script, monkeypatch: pytest.MonkeyPatch, client: ArmClient) -> None:
    """A company's proxy does not either."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert client.send("GET", PATH, api_version=VERSION).status == 200


def test_a_server_that_is_not_trusted(server: Script) -> None:
    """Without the right CA nothing is sent, and the message says why."""
    untrusting = ArmClient(server.url, FixedCredential(), retries=Retries(total=0))
    with untrusting, pytest.raises(RequestFailed) as caught:
        untrusting.send("GET", PATH, api_version=VERSION)
    assert "CERTIFICATE_VERIFY_FAILED" in caught.value.detail
    assert "CA file" in caught.value.fix
    assert server.got == []


def test_faults_of_our_own_code_are_not_renamed(client: ArmClient) -> None:
    """A body that is no JSON is a mistake of the caller, not of Azure."""
    with pytest.raises(TypeError):
        client.send("PUT", PATH, api_version=VERSION, body={"a": object()})
