"""`resourcechanges`: who changed what, from what to what, for the types that Azure records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, Arm

from azkeep.emulator import control
from azkeep.errors import UsageError

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
CORRELATION = "00000000-1111-4000-8000-00000000000a"


@pytest.fixture
def store(arm: Arm) -> Iterator[Path]:
    """The store of the running cloud, its clock right in the end."""
    folder = Path(arm.ready["ca"]).parent
    yield folder
    control.move_clock(folder, timedelta(0))


def records(arm: Arm, target: str, table: str = "resourcechanges") -> list[dict[str, Any]]:
    """`properties` of the change records of one resource, oldest first."""
    query = (
        f"{table} | extend at = todatetime(properties.changeAttributes.timestamp)"
        f" | where tostring(properties.targetResourceId) =~ '{target}' | order by at asc | project properties"
    )
    answer = arm.send("POST", GRAPH, {"query": query}, version="2022-10-01")
    assert answer.status_code == 200, answer.text
    return [row["properties"] for row in answer.json()["data"]]


def _group_of_rules(arm: Arm, name: str) -> str:
    path = f"{arm.group(name)}/providers/Microsoft.Network/networkSecurityGroups/guard"
    assert arm.send("PUT", path, {"location": "westeurope", "tags": {"a.b": "1"}}).status_code == 201
    return path


def test_life_of_a_resource(arm: Arm) -> None:
    """Create, update and delete are a record each, with the caller, the correlation id and the snapshots in a chain."""
    path = _group_of_rules(arm, "fed")
    body = {"location": "westeurope", "tags": {"a.b": "2", "team": "red"}}
    arm.send("PUT", path, body, headers={"x-ms-correlation-request-id": CORRELATION, "User-Agent": "AZURECLI/2.6"})
    arm.send("DELETE", path)
    made, changed, gone = records(arm, path)
    assert [each["changeType"] for each in (made, changed, gone)] == ["Create", "Update", "Delete"]
    assert changed["targetResourceId"] == path
    assert changed["targetResourceType"] == "microsoft.network/networksecuritygroups"
    assert changed["changes"] == {
        'tags["a.b"]': {
            "previousValue": "1",
            "newValue": "2",
            "propertyChangeType": "Update",
            "changeCategory": "User",
        },
        "tags.team": {
            "previousValue": None,
            "newValue": "red",
            "propertyChangeType": "Insert",
            "changeCategory": "User",
        },
    }
    attributes = changed["changeAttributes"]
    assert attributes["changedBy"] == arm.ready["principals"][0]["client_id"]
    assert (attributes["changedByType"], attributes["changesCount"]) == ("Application", 2)
    assert (attributes["correlationId"], attributes["clientType"]) == (CORRELATION, "Azure CLI")
    assert attributes["operation"] == "Microsoft.Network/networkSecurityGroups/write"
    chain = [each["changeAttributes"] for each in (made, changed, gone)]
    assert chain[1]["previousResourceSnapshotId"] == chain[0]["newResourceSnapshotId"]
    assert chain[2]["previousResourceSnapshotId"] == chain[1]["newResourceSnapshotId"]
    assert "changes" not in made
    assert "changes" not in gone
    assert (chain[0]["changesCount"], "newResourceSnapshotId" in chain[2]) == (0, False)


def test_a_write_that_changes_nothing_leaves_no_record(arm: Arm) -> None:
    """The same PUT again is no change."""
    path = _group_of_rules(arm, "same")
    arm.send("PUT", path, {"location": "westeurope", "tags": {"a.b": "1"}})
    assert [each["changeType"] for each in records(arm, path)] == ["Create"]


def test_a_refused_write_leaves_no_record(arm: Arm) -> None:
    """What was rolled back did not happen."""
    path = _group_of_rules(arm, "refused-change")
    arm.send("PUT", path, {"location": "nowhere"})
    assert [each["changeType"] for each in records(arm, path)] == ["Create"]


def test_child_is_a_change_of_its_parent(arm: Arm) -> None:
    """A subnet has no record of its own: its network has one, by its caller, under the subnet's name."""
    network = arm.network(arm.group("inside"), "hub")
    subnet = f"{network}/subnets/web"
    arm.send("PUT", subnet, {"properties": {"addressPrefix": "10.0.1.0/24"}})
    arm.send(
        "PUT",
        subnet,
        {"properties": {"addressPrefix": "10.0.1.0/24", "privateEndpointNetworkPolicies": "Enabled"}},
    )
    assert records(arm, subnet) == []
    made, grown, changed = records(arm, network)
    assert made["changeType"] == "Create"
    assert grown["changes"]['properties.subnets["web"].properties.addressPrefix']["newValue"] == "10.0.1.0/24"
    assert changed["changes"]['properties.subnets["web"].properties.privateEndpointNetworkPolicies'] == {
        "previousValue": "Disabled",
        "newValue": "Enabled",
        "propertyChangeType": "Update",
        "changeCategory": "User",
    }
    assert changed["changeAttributes"]["operation"] == "Microsoft.Network/virtualNetworks/subnets/write"


def test_users_and_truth_values(arm: Arm, store: Path) -> None:
    """A user is shown by name, truth as `True` and `False`, and several hands in the order they acted."""
    control.ensure_principal(store, "mallory@example.com", "Contributor")
    group = arm.group("vaulted")
    path = f"{group}/providers/Microsoft.KeyVault/vaults/kv-feed-{arm.ready['subscription'][-4:]}"
    body = {
        "location": "westeurope",
        "properties": {
            "tenantId": arm.ready["tenant"],
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
            "publicNetworkAccess": "Disabled",
        },
    }
    assert arm.send("PUT", path, body, version="2023-07-01").status_code in (200, 201)
    hand = Arm(arm.ready, control.mint_token(store, "mallory@example.com"))
    opened = {"properties": {"enableRbacAuthorization": False, "publicNetworkAccess": "Enabled"}}
    assert hand.send("PATCH", path, opened, version="2023-07-01").status_code == 200
    hand.session.close()
    closed = {"properties": {"publicNetworkAccess": "Disabled"}}
    assert arm.send("PATCH", path, closed, version="2023-07-01").status_code == 200
    _, first, second = records(arm, path)
    assert (first["changeAttributes"]["changedBy"], first["changeAttributes"]["changedByType"]) == (
        "mallory@example.com",
        "User",
    )
    truth = first["changes"]["properties.enableRbacAuthorization"]
    assert (truth["previousValue"], truth["newValue"]) == ("True", "False")
    assert second["changes"]["properties.publicNetworkAccess"]["newValue"] == "Disabled"
    assert second["changeAttributes"]["changedByType"] == "Application"


def test_background_change_is_by_system(arm: Arm) -> None:
    """A private endpoint's connection appears on the vault by nobody's request."""
    group = arm.group("private")
    network = arm.network(group, "hub")
    subnet = f"{network}/subnets/pe"
    arm.send("PUT", subnet, {"properties": {"addressPrefix": "10.0.1.0/24"}})
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/kv-back-{arm.ready['subscription'][-4:]}"
    properties = {
        "tenantId": arm.ready["tenant"],
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
    }
    arm.send("PUT", vault, {"location": "westeurope", "properties": properties}, version="2023-07-01")
    link = {"name": "c", "properties": {"privateLinkServiceId": vault, "groupIds": ["vault"]}}
    body = {
        "location": "westeurope",
        "properties": {"subnet": {"id": subnet}, "privateLinkServiceConnections": [link]},
    }
    answer = arm.send("PUT", f"{group}/providers/Microsoft.Network/privateEndpoints/pe", body)
    assert answer.status_code == 201, answer.text
    background = records(arm, vault)[-1]
    assert background["changeType"] == "Update"
    assert any(path.startswith("properties.privateEndpointConnections") for path in background["changes"])
    assert {each["changeCategory"] for each in background["changes"].values()} == {"System"}
    attributes = background["changeAttributes"]
    assert (attributes["changedBy"], attributes["changedByType"]) == ("System", "System")
    assert (attributes["clientType"], attributes["operation"]) == ("Unspecified", "Unspecified")
    assert attributes["correlationId"] == "00000000-0000-0000-0000-000000000000"


def test_what_the_service_changes_by_itself(arm: Arm, store: Path) -> None:
    """A background change has a record by System and no event in the activity log; an unknown id is refused."""
    path = _group_of_rules(arm, "by-itself")
    control.background_change(store, path, {"tags": {"a.b": "3"}})
    _, changed = records(arm, path)
    assert changed["changes"] == {
        'tags["a.b"]': {
            "previousValue": "1",
            "newValue": "3",
            "propertyChangeType": "Update",
            "changeCategory": "System",
        }
    }
    assert changed["changeAttributes"]["changedBy"] == "System"
    log = f"{arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    ask = {"$filter": f"eventTimestamp ge '2020-01-01' and resourceUri eq '{path}'"}
    assert len(arm.send("GET", log, version="2015-04-01", query=ask).json()["value"]) == 2
    with pytest.raises(UsageError, match="no such resource"):
        control.background_change(store, f"{path}-absent", {})


def test_uncovered_types_have_no_record(arm: Arm) -> None:
    """Locks, diagnostic settings and role assignments are in the activity log alone."""
    group = arm.group("uncovered")
    lock = f"{group}/providers/Microsoft.Authorization/locks/keep"
    assert arm.send("PUT", lock, {"properties": {"level": "CanNotDelete"}}, version="2020-05-01").status_code == 201
    assert records(arm, lock) == []
    assert arm.send("DELETE", lock, version="2020-05-01").status_code in (200, 204)


def test_groups_have_a_table_of_their_own(arm: Arm) -> None:
    """A resource group's changes are in resourcecontainerchanges; what goes with it is deleted by the same hand."""
    path = _group_of_rules(arm, "whole")
    group = path.split("/providers/")[0]
    arm.send("DELETE", group, version=GROUPS_VERSION)
    assert [each["changeType"] for each in records(arm, group, "resourcecontainerchanges")] == ["Create", "Delete"]
    assert records(arm, group) == []
    gone = records(arm, path)[-1]
    assert (gone["changeType"], gone["changeAttributes"]["changedByType"]) == ("Delete", "Application")


def test_secrets_are_never_recorded(arm: Arm) -> None:
    """A key that is made anew is told by its date; the key is neither in the feed nor in the database."""
    group = arm.group("hidden")
    path = f"{group}/providers/Microsoft.Storage/storageAccounts/stfeed{arm.ready['subscription'][-4:]}"
    body = {"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {}}
    assert arm.send("PUT", path, body, version="2023-05-01").status_code in (200, 201, 202)
    before = len(records(arm, path))
    keys = arm.send("POST", f"{path}/listKeys", version="2023-05-01").json()["keys"]
    arm.send("POST", f"{path}/regenerateKey", {"keyName": "key1"}, version="2023-05-01")
    *_, last = records(arm, path)
    assert (before, len(records(arm, path))) == (1, 2)
    assert set(last["changes"]) == {"properties.keyCreationTime.key1"}
    text = json.dumps(records(arm, path))
    database = (Path(arm.ready["ca"]).parent / "store.sqlite3").read_bytes()
    for key in keys:
        assert key["value"] not in text
        assert key["value"].encode() not in database


def test_records_last_fourteen_days_of_the_moved_clock(arm: Arm, store: Path) -> None:
    """After thirteen days the record is there, after fifteen it is gone; ago() follows the same clock."""
    path = _group_of_rules(arm, "aging")
    control.move_clock(store, timedelta(days=13))
    assert len(records(arm, path)) == 1
    query = {
        "query": f"resourcechanges | where properties.changeAttributes.timestamp > ago(1d) | where id has '{path}'"
    }
    assert arm.send("POST", GRAPH, query, version="2022-10-01").json()["data"] == []
    control.move_clock(store, timedelta(days=15))
    assert records(arm, path) == []


def test_only_readers_see_records(arm: Arm, store: Path) -> None:
    """Whoever may not read a resource sees no record of it."""
    path = _group_of_rules(arm, "unseen")
    control.ensure_principal(store, "narrow@example.com", "AcrPull")
    hand = Arm(arm.ready, control.mint_token(store, "narrow@example.com"))
    assert records(hand, path) == []
    hand.session.close()
    assert len(records(arm, path)) == 1
