"""Resource Graph as Microsoft's own client meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions
from tests.contract.emulator.arm import Arm, credential, error, local_cloud

from azkeep.emulator import control

PATH = "/providers/Microsoft.ResourceGraph/resources"
VERSION = "2022-10-01"


@pytest.fixture(scope="module")
def graph(ready: Mapping[str, Any]) -> Iterator[ResourceGraphClient]:
    who = credential(ready)
    with (
        who,
        ResourceGraphClient(
            who,
            **local_cloud(ready),
            retry_total=0,
        ) as client,
    ):
        yield client


@pytest.fixture(scope="module", autouse=True)
def _estate(arm: Arm) -> None:
    """A group with a network of two subnets, a security group with a rule, a storage account and a lock."""
    group = arm.group("Graphed")
    subnets = [{"name": f"s{n}", "properties": {"addressPrefix": f"10.0.{n}.0/24"}} for n in (1, 2)]
    arm.network(group, "hub", subnets=subnets)
    rule = {
        "name": "in",
        "properties": {
            "priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": "*",
            "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*",
        },
    }  # fmt: skip
    path = f"{group}/providers/Microsoft.Network"
    body = {"location": "westeurope", "tags": {"Team": "red"}, "properties": {"securityRules": [rule]}}
    answer = arm.send("PUT", f"{path}/networkSecurityGroups/guard", body)
    assert answer.status_code == 201, answer.text
    lock = f"{group}/providers/Microsoft.Authorization/locks/keep"
    answer = arm.send("PUT", lock, {"properties": {"level": "CanNotDelete"}}, version="2020-05-01")
    assert answer.status_code in (200, 201), answer.text


def ask(graph: ResourceGraphClient, query: str, **more: Any) -> list[dict[str, Any]]:
    """The rows of a query."""
    found: list[dict[str, Any]] = graph.resources(QueryRequest(query=query, **more)).data
    return found


def test_resources_have_their_documents(graph: ResourceGraphClient, arm: Arm) -> None:
    """A row has the id as stored, type and group in lower case, and the document's own members."""
    rows = ask(graph, "Resources | where type =~ 'Microsoft.Network/networkSecurityGroups' and name == 'guard'")
    assert len(rows) == 1
    row = rows[0]
    assert (
        row["id"]
        == f"{arm.subscription}/resourceGroups/Graphed/providers/Microsoft.Network/networkSecurityGroups/guard"
    )
    assert (row["type"], row["resourceGroup"]) == ("microsoft.network/networksecuritygroups", "graphed")
    assert (row["location"], row["tags"], row["subscriptionId"]) == (
        "westeurope",
        {"Team": "red"},
        arm.ready["subscription"],
    )
    assert row["properties"]["securityRules"][0]["properties"]["access"] == "Deny"
    assert (row["kind"], row["sku"], row["managedBy"]) == ("", None, "")


def test_children_stand_in_their_parent_only(graph: ResourceGraphClient) -> None:
    """Subnets and rules are members of their parents; locks are in no table at all."""
    kinds = {row["type"] for row in ask(graph, "resources | union resourcecontainers | distinct type")}
    assert "microsoft.network/virtualnetworks" in kinds
    assert not {kind for kind in kinds if kind.endswith(("/subnets", "/securityrules", "/locks"))}
    names = ask(
        graph,
        "resources | where name == 'hub' | mv-expand subnet = properties.subnets"
        " | project name = tostring(subnet.name), prefix = tostring(subnet.properties.addressPrefix)"
        " | order by name asc",
    )
    assert names == [{"name": "s1", "prefix": "10.0.1.0/24"}, {"name": "s2", "prefix": "10.0.2.0/24"}]


def test_containers_and_roles_have_tables(graph: ResourceGraphClient, arm: Arm) -> None:
    """Subscriptions and groups are in resourcecontainers, assignments and definitions in authorizationresources."""
    group = ask(graph, "ResourceContainers | where type == 'microsoft.resources/subscriptions/resourcegroups'")
    assert [row["name"] for row in group] == ["Graphed"]
    own = ask(graph, "resourcecontainers | where type == 'microsoft.resources/subscriptions' | project subscriptionId")
    assert own == [{"subscriptionId": arm.ready["subscription"]}]
    held = ask(
        graph,
        "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"
        " | extend roleId = tostring(split(properties.roleDefinitionId, '/')[-1])"
        " | join kind=inner (authorizationresources | where type =~ 'microsoft.authorization/roledefinitions'"
        " | project roleId = name, role = tostring(properties.roleName)) on roleId"
        " | project principal = tostring(properties.principalId), role",
    )
    assert {"principal": arm.ready["principals"][0]["object_id"], "role": "Owner"} in held


def test_pages(graph: ResourceGraphClient) -> None:
    """$top limits a page, the skip token leads to the next, and every row comes once."""
    query = "resources | project name | order by name asc"
    whole = [row["name"] for row in ask(graph, query)]
    found: list[str] = []
    token = None
    while True:
        answer = graph.resources(QueryRequest(query=query, options=QueryRequestOptions(top=1, skip_token=token)))
        found += [row["name"] for row in answer.data]
        assert (answer.count, answer.total_records, answer.result_truncated) == (1, len(whole), "false")
        token = answer.skip_token
        if token is None:
            break
    assert found == whole == ["guard", "hub"]
    assert ask(graph, query, options=QueryRequestOptions(skip=1)) == [{"name": "hub"}]


def test_table_format(graph: ResourceGraphClient) -> None:
    """resultFormat table gives columns with their types, and rows as lists."""
    options = QueryRequestOptions(result_format="table")
    answer = graph.resources(
        QueryRequest(query="resources | summarize n=count(), names=make_list(name) by type", options=options)
    )
    assert answer.data["columns"] == [
        {"name": "type", "type": "string"},
        {"name": "n", "type": "integer"},
        {"name": "names", "type": "object"},
    ]
    assert ["microsoft.network/virtualnetworks", 1, ["hub"]] in answer.data["rows"]


def test_only_what_the_caller_may_read(arm: Arm) -> None:
    """Somebody with a role on one group finds that group's resources, somebody without any role is refused."""
    store = Path(arm.ready["ca"]).parent
    arm.network(arm.group("Other"), "spoke")
    somebody = control.ensure_principal(store, "reader@example.com", "Reader")
    scope = f"{arm.subscription}/resourceGroups/Other"
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    body = {
        "properties": {
            "roleDefinitionId": f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{reader}",
            "principalId": somebody.object_id,
            "principalType": "User",
        }
    }
    name = "11111111-2222-4333-8444-555555555555"
    roles = "/providers/Microsoft.Authorization/roleAssignments"
    assert arm.send("PUT", f"{scope}{roles}/{name}", body, version="2022-04-01").status_code == 201
    everywhere = arm.send("GET", f"{arm.subscription}{roles}", version="2022-04-01").json()["value"]
    wide = [
        each["id"]
        for each in everywhere
        if each["properties"]["principalId"] == somebody.object_id and "/resourceGroups/" not in each["id"]
    ]
    assert len(wide) == 1
    arm.send("DELETE", wide[0], version="2022-04-01")
    hand = Arm(arm.ready, control.mint_token(store, "reader@example.com"))
    query = {"query": "resources | project name", "subscriptions": [arm.ready["subscription"]]}
    assert hand.send("POST", PATH, query, version=VERSION).json()["data"] == [{"name": "spoke"}]
    arm.send("DELETE", f"{scope}{roles}/{name}", version="2022-04-01")
    status, code, _ = error(hand.send("POST", PATH, query, version=VERSION))
    assert (status, code) == (403, "AccessDenied")
    hand.session.close()


def test_reader_alone_may_ask(arm: Arm) -> None:
    """The POST of a query needs no right beyond reading."""
    store = Path(arm.ready["ca"]).parent
    control.ensure_principal(store, "auditor@example.com", "Reader")
    hand = Arm(arm.ready, control.mint_token(store, "auditor@example.com"))
    answer = hand.send("POST", PATH, {"query": "resources | where name == 'hub' | count"}, version=VERSION)
    assert answer.json()["data"] == [{"Count": 1}]
    hand.session.close()


def test_invalid_query_is_told_with_its_place(graph: ResourceGraphClient) -> None:
    """BadRequest, InvalidQuery, and the parser's words, as Azure nests them."""
    with pytest.raises(HttpResponseError) as caught:
        ask(graph, "resources | where name = 'a'")
    assert caught.value.status_code == 400
    found = caught.value.error
    assert found is not None
    assert found.code == "BadRequest"
    assert found.message is not None
    assert found.message.startswith("Please provide below info when asking for support: timestamp = ")
    assert [each.code for each in found.details] == ["InvalidQuery", "ParserFailure"]
    assert caught.value.response is not None
    assert caught.value.response.json()["error"]["details"][1] == {
        "code": "ParserFailure",
        "message": "expected '|' or the end of the query, found '='",
        "line": 1,
        "characterPositionInLine": 23,
        "token": "=",
        "expectedToken": "'|' or the end of the query",
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "InvalidQuery"),
        ({"query": "securityresources"}, "DisallowedLogicalTableName"),
        ({"query": "resources", "options": {"$top": 0}}, "InvalidOptions"),
        ({"query": "resources", "options": {"$skipToken": "no"}}, "InvalidOptions"),
        ({"query": "resources", "options": {"resultFormat": "csv"}}, "InvalidOptions"),
        ({"query": "resources", "subscriptions": "all"}, "InvalidOptions"),
        ({"query": "resources", "facets": [{"expression": "type"}]}, "InvalidOptions"),
    ],
)
def test_bad_request(arm: Arm, body: dict[str, Any], code: str) -> None:
    """What cannot be answered is a 400 whose last detail says why."""
    answer = arm.send("POST", PATH, body, version=VERSION)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][-1]["code"] == code


def test_unknown_version_and_management_group(arm: Arm) -> None:
    """Versions are those of the service; the one management group is the tenant's own."""
    assert error(arm.send("POST", PATH, {"query": "resources"}, version="1999-01-01"))[1] == "NoRegisteredProviderFound"
    root = {"query": "resources | count", "managementGroups": [arm.ready["tenant"]]}
    assert arm.send("POST", PATH, root, version=VERSION).status_code == 200
    other = {"query": "resources | count", "managementGroups": ["somewhere"]}
    assert error(arm.send("POST", PATH, other, version=VERSION))[:2] == (403, "AccessDenied")


def test_quota(arm: Arm) -> None:
    """Headers count 15 queries in 5 seconds; once limits are switched on, the next is refused until they reset."""
    store = Path(arm.ready["ca"]).parent
    control.ensure_principal(store, "hasty@example.com", "Reader")
    hand = Arm(arm.ready, control.mint_token(store, "hasty@example.com"))
    control.throttle(store, True)
    try:
        left = []
        for _ in range(15):
            answer = hand.send("POST", PATH, {"query": "resources | take 1"}, version=VERSION)
            left.append(int(answer.headers["x-ms-user-quota-remaining"]))
        assert left == list(range(14, -1, -1))
        refused = hand.send("POST", PATH, {"query": "resources | take 1"}, version=VERSION)
        assert error(refused)[:2] == (429, "RateLimiting")
        assert refused.headers["x-ms-user-quota-remaining"] == "0"
        assert refused.headers["x-ms-user-quota-resets-after"] == f"00:00:0{refused.headers['Retry-After']}"
        control.throttle(store, None)
        assert hand.send("POST", PATH, {"query": "resources | take 1"}, version=VERSION).status_code == 200
    finally:
        control.throttle(store, None)
        hand.session.close()


def test_deep_json_is_refused(arm: Arm) -> None:
    """A body nested beyond reason is a bad request, not a defect."""
    headers = {"Content-Type": "application/json"}
    address = f"{arm.ready['arm']}{PATH}?api-version={VERSION}"
    answer = arm.session.post(address, data="[" * 200_000, headers=headers, timeout=30)
    assert error(answer)[:2] == (400, "InvalidRequestContent")


def test_provider_is_registered(arm: Arm) -> None:
    """Clients that look for the provider first find it, free of registration."""
    answer = arm.send("GET", f"{arm.subscription}/providers/Microsoft.ResourceGraph", version="2021-04-01").json()
    assert (answer["registrationState"], answer["registrationPolicy"]) == ("Registered", "RegistrationFree")
