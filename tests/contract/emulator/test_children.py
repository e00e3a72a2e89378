"""Lists of children inside a parent, etags, and paths as clients write them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.contract.emulator.arm import GROUPS_VERSION, Arm, error


def _subnet(name: str, prefix: str) -> dict[str, Any]:
    return {"name": name, "properties": {"addressPrefix": prefix}}


def _body(*subnets: dict[str, Any]) -> dict[str, Any]:
    properties = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": list(subnets)}
    return {"location": "westeurope", "properties": properties}


def _names(document: dict[str, Any]) -> list[str]:
    return [subnet["name"] for subnet in document["properties"]["subnets"]]


def test_put_of_the_list_keeps_the_listed_alone(arm: Arm) -> None:
    """What a PUT lists is made or changed, what it does not list is deleted, and no list deletes all."""
    network = f"{arm.group('lists')}/providers/Microsoft.Network/virtualNetworks/hub"
    first = arm.send("PUT", network, _body(_subnet("one", "10.0.0.0/24"), _subnet("two", "10.0.1.0/24")))
    assert _names(first.json()) == ["one", "two"]
    second = arm.send("PUT", network, _body(_subnet("two", "10.0.1.0/24"), _subnet("three", "10.0.2.0/24")))
    assert second.status_code == 200
    assert _names(second.json()) == ["two", "three"]
    assert arm.send("GET", f"{network}/subnets/one").status_code == 404
    bare = _body()
    del bare["properties"]["subnets"]
    assert _names(arm.send("PUT", network, bare).json()) == []


def test_a_faulty_child_undoes_the_whole_write(arm: Arm) -> None:
    """One subnet outside the range leaves network and subnets as they were."""
    network = f"{arm.group('undone')}/providers/Microsoft.Network/virtualNetworks/hub"
    before = arm.send("PUT", network, _body(_subnet("one", "10.0.0.0/24"))).json()
    answer = arm.send("PUT", network, _body(_subnet("two", "10.0.1.0/24"), _subnet("far", "192.168.0.0/24")))
    assert answer.status_code == 400
    assert arm.send("GET", network).json() == before


def test_etags_guard_a_write(arm: Arm) -> None:
    """If-Match with an old etag is 412, with the current one passes; If-None-Match: * forbids to replace."""
    network = arm.network(arm.group("etags"), "hub")
    first = arm.send("GET", network)
    etag = first.json()["etag"]
    assert first.headers["ETag"] == etag
    changed = arm.send("PUT", network, _body(), headers={"If-Match": etag})
    assert changed.status_code == 200
    assert changed.json()["etag"] != etag
    stale = arm.send("PUT", network, _body(), headers={"If-Match": etag})
    status, code, message = error(stale)
    assert (status, code) == (412, "PreconditionFailed")
    assert message.startswith(f"Etag provided in if-match header {etag} does not match etag {changed.json()['etag']}")
    assert error(arm.send("PUT", network, _body(), headers={"If-None-Match": "*"}))[:2] == (412, "PreconditionFailed")
    assert arm.send("DELETE", network, headers={"If-Match": etag}).status_code == 412


def test_conditions_of_private_zones(arm: Arm) -> None:
    """Zones and records have bare etags and links quoted ones; what does not hold is told in the service's words."""
    group = arm.group("conditions")
    network = arm.network(group, "hub")
    zone = f"{group}/providers/Microsoft.Network/privateDnsZones/corp.example.com"
    record, link = f"{zone}/a/web", f"{zone}/virtualNetworkLinks/hub"
    linked = {"location": "global", "properties": {"virtualNetwork": {"id": network}, "registrationEnabled": False}}
    there = {"If-None-Match": "*"}
    asked = {
        zone: ({"location": "global"}, "Zone corp.example.com"),
        record: ({"properties": {"ttl": 3600}}, "Record set web"),
        link: (linked, "Virtual Network link 'hub' for the Private DNS zone 'corp.example.com'"),
    }
    for path, (body, name) in asked.items():
        answer = arm.send("PUT", path, body, version="2024-06-01", headers=there)
        assert answer.ok, answer.text
        etag = arm.send("GET", path, version="2024-06-01").headers["ETag"]
        assert str(UUID(etag.strip('"') if path == link else etag)) in etag
        assert etag.startswith('"') is (path == link)
        again = arm.send("PUT", path, body, version="2024-06-01", headers=there)
        said = f"The {name} exists already and hence cannot be created again."
        assert error(again) == (412, "PreconditionFailed", said)
        stale = arm.send("PUT", path, body, version="2024-06-01", headers={"If-Match": "5dabb94c"})
        assert error(stale) == (412, "PreconditionFailed", f"The {name} has been modified (etag mismatch).")
    assert arm.send("GET", record, version="2024-06-01").json()["properties"]["aRecords"] == []


def test_any_spelling_of_a_path_is_the_same_resource(arm: Arm) -> None:
    """Case, doubled slashes and a percent-encoded scope lead to one document with its first spelling."""
    group = arm.group("Spelled")
    network = arm.network(group, "Hub")
    canonical = arm.send("GET", network).json()
    assert canonical["id"] == network
    for path in (
        network.lower(),
        network.upper(),
        network.replace("/virtualNetworks", "//virtualNetworks"),
        f"/{group.removeprefix('/').replace('/', '%2F')}/providers/Microsoft.Network/virtualNetworks/hub",
    ):
        assert arm.send("GET", path).json() == canonical
    again = arm.send("PUT", f"{group.lower()}/providers/microsoft.network/virtualnetworks/hub", _body())
    assert again.status_code == 200
    assert again.json()["id"] == network
    assert arm.send("GET", group.replace("resourceGroups", "resourcegroups"), version=GROUPS_VERSION).ok


def test_delete_of_a_group_takes_what_is_in_it(arm: Arm) -> None:
    """Networks, subnets and what hangs on them are gone with the group, and come not back with a new one."""
    group = arm.group("cascade")
    network = arm.network(group, "hub", subnets=[_subnet("one", "10.0.0.0/24")])
    assert arm.send("DELETE", group, version=GROUPS_VERSION).status_code == 200
    arm.group("cascade")
    assert arm.send("GET", network).status_code == 404
    assert arm.send("GET", f"{network}/subnets/one").status_code == 404


def test_patch_of_a_network_is_for_tags(arm: Arm) -> None:
    """PATCH replaces the tags and leaves the rest alone; of anything else the network provider takes none."""
    network = arm.network(arm.group("patched"), "hub", subnets=[_subnet("one", "10.0.0.0/24")])
    arm.send("PATCH", network, {"tags": {"a": "1"}})
    answer = arm.send("PATCH", network, {"tags": {"b": "2"}})
    assert answer.status_code == 200
    document = arm.send("GET", network).json()
    assert document["tags"] == {"b": "2"}
    assert _names(document) == ["one"]
    said = "PATCH request content includes properties property. Only tags property is currently supported."
    more = arm.send("PATCH", network, {"tags": {}, "properties": {"enableDdosProtection": False}})
    assert error(more) == (400, "OnlyTagsSupportedForPatch", said)


def test_lock_stops_delete_and_says_where_it_is(arm: Arm) -> None:
    """A lock on a network keeps its group from being deleted, as a whole, until the lock is gone."""
    group = arm.group("locked")
    network = arm.network(group, "hub")
    lock = f"{network}/providers/Microsoft.Authorization/locks/keep"
    made = arm.send("PUT", lock, {"properties": {"level": "CanNotDelete"}}, version="2016-09-01")
    assert made.status_code == 201, made.text
    assert error(arm.send("DELETE", group, version=GROUPS_VERSION)) == (
        409,
        "ScopeLocked",
        f"The scope '{group}' cannot perform delete operation because following scope(s) are locked: '{network}'."
        " Please remove the lock and try again.",
    )
    assert arm.send("PUT", network, _body()).status_code == 200
    arm.send("PUT", lock, {"properties": {"level": "ReadOnly"}}, version="2016-09-01")
    assert error(arm.send("PUT", network, _body()))[:2] == (409, "ScopeLocked")
    assert arm.send("DELETE", lock, version="2016-09-01").status_code == 200
    assert arm.send("DELETE", group, version=GROUPS_VERSION).status_code == 200
