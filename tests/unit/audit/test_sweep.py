"""Reading an estate in bulk, with the rights of a Reader, on the local cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from audit.conftest import Ground
from azkeep.audit import sweep
from azkeep.audit.judge import judge
from azkeep.azure.client import ArmClient
from azkeep.azure.reader import Reader
from azkeep.jobs.audit import own_groups
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.transport import Answer

SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"


class Watched:
    """A transport that notes what is asked of it."""

    def __init__(self, client: ArmClient) -> None:
        self.client = client
        self.asked: list[tuple[str, str]] = []

    @property
    def requests(self) -> int:
        return self.client.requests

    def send(self, method: str, path: str, **rest: Any) -> Answer:
        self.asked.append((method, path))
        return self.client.send(method, path, **rest)

    def run(self, method: str, path: str, **rest: Any) -> Answer:
        raise AssertionError("an audit starts no operation")


@pytest.fixture(scope="module")
def reader_of(ground: Ground) -> Iterator[Watched]:
    """A principal with Reader and nothing else."""
    client = ground.client("auditor@example.com", "Reader")
    with client:
        yield Watched(client)


def managed_ids(ground: Ground) -> list[str]:
    """The one group of the examples, all in it, and what stands in its subscription."""
    return [found.id for found in ground.examples.values() if found.id.startswith(f"/subscriptions/{SUBSCRIPTION}")]


def test_everything_is_read_with_the_rights_of_a_reader(ground: Ground, reader_of: Watched) -> None:
    """Each managed resource is read as the deployer reads it; the only POST is Resource Graph's."""
    reader = Reader(reader_of)
    ids = managed_ids(ground)
    swept = read_managed(reader, ids)
    assert {id: answer.status for id, answer in swept.live.items() if not answer.ok} == {}
    assert {id: answer.body["id"].lower() for id, answer in swept.live.items()} == {id: id.lower() for id in ids}
    seen = read_around(reader, swept, own_groups(ids))
    assert seen.blind == ()
    posts = {path for method, path in reader_of.asked if method != "GET"}
    assert posts == {"/providers/Microsoft.ResourceGraph/resources"}
    assert reader.requests["total"] == reader.requests["list"] + reader.requests["get"] + reader.requests["graph"]


def test_lists_hold_what_single_reads_do(ground: Ground, reader_of: Watched) -> None:
    """An item of a list is the document that GET gives: recordings and audits compare like with like."""
    reader = Reader(reader_of)
    ids = managed_ids(ground)
    by_list = read_managed(reader, ids).live
    from azkeep.types import by_arm_type

    single = reader.documents((id, by_arm_type(ArmId.parse(id).type).api_version) for id in ids)  # type: ignore[union-attr]
    differing = [id for id in ids if by_list[id].body != single[id].body]
    assert differing == []


def test_what_is_missing_is_asked_for_by_name(ground: Ground, reader_of: Watched) -> None:
    """A list without it is no proof: 404 on its own id is."""
    gone = f"{NETWORK}/never-made"
    swept = read_managed(Reader(reader_of), [gone])
    assert swept.live[gone].status == 404
    assert ("GET", gone) in reader_of.asked


def test_a_foreign_hand_is_seen_where_it_stands(ground: Ground, reader_of: Watched) -> None:
    """A subnet, a lock, a record and a whole account that nobody declared are unmanaged; no child of one is."""
    arm, group = ground.arm, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/foreign"
    arm.send("PUT", group, {"location": "westeurope"}, version="2024-03-01")
    network = f"{group}/providers/Microsoft.Network/virtualNetworks/net"
    zone = f"{group}/providers/Microsoft.Network/privateDnsZones/example.com"
    arm.send("PUT", zone, {"location": "global"}, version=_version("Microsoft.Network/privateDnsZones"))
    own = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    arm.send("PUT", network, {"location": "westeurope", "properties": own})
    documents = {
        group: arm.send("GET", group, version="2024-03-01").json(),
        network: arm.send("GET", network, version=_version("Microsoft.Network/virtualNetworks")).json(),
        zone: arm.send("GET", zone, version=_version("Microsoft.Network/privateDnsZones")).json(),
    }
    strange = {
        f"{network}/subnets/back-door": {"properties": {"addressPrefix": "10.0.9.0/24"}},
        f"{group}/providers/Microsoft.Storage/storageAccounts/strangeaccount": {
            "location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {},
        },
        f"{network}/providers/Microsoft.Authorization/locks/stay": {"properties": {"level": "CanNotDelete"}},
        f"{zone}/A/login": {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "203.0.113.9"}]}},
    }  # fmt: skip
    for id, body in strange.items():
        answer = arm.send("PUT", id, body, version=_version(ArmId.parse(id).type))
        assert answer.status_code in (200, 201, 202), answer.text
    reader = Reader(reader_of)
    swept = read_managed(reader, documents)
    audit = judge(documents, swept.live, {}, seen=read_around(reader, swept, own_groups(documents)))
    assert {drift.id.lower() for drift in audit.drifts} == {id.lower() for id in strange}
    assert {drift.kind for drift in audit.drifts} == {DriftKind.UNMANAGED}
    arm.send("DELETE", f"{network}/providers/Microsoft.Authorization/locks/stay", version="2020-05-01")
    arm.send("DELETE", group, version="2024-03-01")


def _version(arm_type: str) -> str:
    from azkeep.types import by_arm_type

    type_ = by_arm_type(arm_type)
    assert type_ is not None
    return type_.api_version


def test_who_may_not_read_leaves_all_unread(ground: Ground) -> None:
    """Without a right to read resources nothing is missing and nothing is fine."""
    ids = managed_ids(ground)[:6]
    with ground.client("nobody@example.com", "Storage Blob Data Reader") as client:
        reader = Reader(client)
        swept = read_managed(reader, ids)
        audit = judge({id: {} for id in ids}, swept.live, {})
    assert {drift.kind for drift in audit.drifts} == {DriftKind.UNREAD}
    assert {drift.id for drift in audit.drifts} == set(ids)
    assert (audit.read, audit.percent) == (0, 0.0)
    assert all("AuthorizationFailed" in drift.detail for drift in audit.drifts)


class Scripted:
    """A transport that answers by the end of the path."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.sent: list[tuple[str, str]] = []

    @property
    def requests(self) -> int:
        return len(self.sent)

    def send(self, method: str, path: str, **rest: Any) -> Answer:
        self.sent.append((method, path))
        found = next((answer for end, answer in self.answers.items() if path.endswith(end)), None)
        return found or Answer(404, {"error": {"code": "NotFound", "message": "gone"}})

    def run(self, method: str, path: str, **rest: Any) -> Answer:
        raise AssertionError("an audit starts no operation")


def test_a_list_that_may_not_be_read_falls_back_on_single_reads() -> None:
    """403 on the list: each resource is asked for by itself, and only what is refused there is unread."""
    one, two = f"{NETWORK}/one", f"{NETWORK}/two"
    refused = Answer(403, {"error": {"code": "AuthorizationFailed", "message": "no"}})
    transport = Scripted(
        {"/virtualNetworks": refused, "/one": Answer(200, {"id": one, "properties": {}}), "/two": refused}
    )
    live = read_managed(Reader(transport), [one, two]).live
    assert {id: answer.status for id, answer in live.items()} == {one: 200, two: 403}


def test_a_child_list_that_fails_is_said() -> None:
    """500 on a list of children: what may stand there is unread, not absent."""
    one = f"{NETWORK}/one"
    failed = Answer(500, {"error": {"code": "InternalServerError", "message": "later"}})
    body = {"id": one, "properties": {}}
    transport = Scripted({"/diagnosticSettings": failed, "/virtualNetworks": Answer(200, {"value": [body]})})
    reader = Reader(transport)
    swept = read_managed(reader, [one])
    audit = judge({one: body}, swept.live, {}, seen=read_around(reader, swept, ()))
    (drift,) = audit.drifts
    assert (drift.kind, drift.id) == (DriftKind.UNREAD, f"{one}/providers/Microsoft.Insights/diagnosticSettings")
    assert "InternalServerError: later" in drift.detail


def test_many_groups_are_one_list() -> None:
    """From four groups on, one list of the subscription replaces a list of each."""
    ids = [
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g{n}/providers/Microsoft.KeyVault/vaults/v{n}" for n in range(5)
    ]
    assert [listing.path for listing in sweep.own_lists(ids)] == [
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/vaults"
    ]
    assert [listing.path for listing in sweep.own_lists(ids[:2])] == [
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g{n}/providers/Microsoft.KeyVault/vaults" for n in range(2)
    ]


def test_types_nobody_knows_are_not_asked_for() -> None:
    """A type without an entry is not covered, and is no request."""
    id = f"{GROUP}/providers/Microsoft.Quantum/workspaces/q"
    transport = Scripted({})
    swept = read_managed(Reader(transport), [id])
    audit = judge({id: {}}, swept.live, {})
    assert transport.sent == []
    assert [(drift.kind, drift.detail) for drift in audit.drifts] == [
        (DriftKind.UNREAD, "not covered: azkeep does not know this type of resource")
    ]


@pytest.mark.parametrize(
    "target", ["Storage/storageAccounts", "KeyVault/vaults", "MachineLearningServices/workspaces"], ids=str
)
def test_connections_are_read_from_their_target(target: str) -> None:
    """A private endpoint connection that nobody manages is seen in the target's own document, without a list of it."""
    id = f"{GROUP}/providers/Microsoft.{target}/one"
    connection = {"id": f"{id}/privateEndpointConnections/foreign", "properties": {}}
    body = {"id": id, "properties": {"privateEndpointConnections": [connection]}}
    lists = sweep.child_lists({id: Answer(200, body)})
    assert lists
    assert not any(listing.path.endswith("/privateEndpointConnections") for listing in lists)
    assert sweep.inline_children(id, body) == {connection["id"]: connection}


def test_no_list_is_asked_for_twice(ground: Ground, reader_of: Watched) -> None:
    """Looking for what nobody declared does not repeat what reading the managed resources has listed."""
    reader_of.asked.clear()
    reader, ids = Reader(reader_of), managed_ids(ground)
    read_around(reader, read_managed(reader, ids), own_groups(ids))
    paths = [path.split("?")[0].lower() for method, path in reader_of.asked if method == "GET"]
    assert sorted(set(paths)) == sorted(paths)
