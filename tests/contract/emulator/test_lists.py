"""Lists: pages, filters, what each has in it; metadata and identity endpoints; tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
import requests
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, error


def _pages(arm: Arm, path: str, **query: str) -> list[list[str]]:
    answer = arm.send("GET", path, version=GROUPS_VERSION, query=query).json()
    found = [[item["name"] for item in answer["value"]]]
    while "nextLink" in answer:
        answer = arm.send("GET", answer["nextLink"]).json()
        found.append([item["name"] for item in answer["value"]])
    return found


def test_pages_hold_every_item_once(arm: Arm) -> None:
    """$top makes pages, nextLink is absolute and leads through all of them, the last page has none."""
    group = arm.group("paged")
    for number in range(5):
        arm.network(group, f"net{number}")
    pages = _pages(arm, f"{group}/resources", **{"$top": "2"})
    assert pages == [["net0", "net1"], ["net2", "net3"], ["net4"]]
    assert _pages(arm, f"{group}/providers/Microsoft.Network/virtualNetworks", **{"$top": "3"}) == [
        ["net0", "net1", "net2"],
        ["net3", "net4"],
    ]


def test_empty_list_is_a_list(arm: Arm) -> None:
    """Nothing to list is an empty value, not an absent one."""
    group = arm.group("empty")
    answer = arm.send("GET", f"{group}/providers/Microsoft.Network/virtualNetworks")
    assert (answer.status_code, answer.json()) == (200, {"value": []})


@pytest.mark.parametrize("text", ["name", "name eq", "name eq 'a' xor name eq 'b'", "colour eq 'red'", "name ge 'a'"])
def test_filter_that_is_none_is_refused(arm: Arm, text: str) -> None:
    """What the filter's grammar does not have is a 400 that repeats it."""
    answer = arm.send("GET", f"{arm.subscription}/resources", version=GROUPS_VERSION, query={"$filter": text})
    status, code, message = error(answer)
    assert (status, code) == (400, "InvalidFilterInQueryString")
    assert text in message


def test_list_of_a_subscription_spans_its_groups(arm: Arm) -> None:
    """The subscription's list has the networks of all groups, a group's list its own."""
    first, second = arm.group("span1"), arm.group("span2")
    ids = {arm.network(first, "net1"), arm.network(second, "net2")}
    listed = arm.send("GET", f"{arm.subscription}/providers/Microsoft.Network/virtualNetworks").json()["value"]
    assert ids <= {item["id"] for item in listed}
    own = arm.send("GET", f"{second}/providers/Microsoft.Network/virtualNetworks").json()["value"]
    assert [item["name"] for item in own] == ["net2"]


def test_subscriptions_and_tenants(arm: Arm) -> None:
    """The caller's subscription and tenant carry what az login reads."""
    found = arm.send("GET", "/subscriptions", version="2022-12-01").json()["value"]
    assert [(each["subscriptionId"], each["state"], each["managedByTenants"]) for each in found] == [
        (arm.ready["subscription"], "Enabled", [])
    ]
    tenants = arm.send("GET", "/tenants", version="2022-12-01").json()["value"]
    assert [each["tenantId"] for each in tenants] == [arm.ready["tenant"]]


def test_group_head(arm: Arm) -> None:
    """HEAD of a group is 204, of no group 404, both without a body."""
    group = arm.group("headed")
    assert arm.send("HEAD", group, version=GROUPS_VERSION).status_code == 204
    assert arm.send("HEAD", f"{group}-not", version=GROUPS_VERSION).status_code == 404


def test_common_headers(arm: Arm) -> None:
    """Every answer has ARM's request ids; the correlation id is the caller's, the client's id comes back if asked."""
    correlation = "12345678-0000-4000-8000-000000000000"
    answer = arm.send(
        "GET",
        arm.group("headers"),
        version=GROUPS_VERSION,
        headers={
            "x-ms-correlation-request-id": correlation,
            "x-ms-client-request-id": "mine",
            "x-ms-return-client-request-id": "true",
        },
    )
    assert answer.headers["x-ms-correlation-request-id"] == correlation
    assert answer.headers["x-ms-client-request-id"] == "mine"
    assert answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-routing-request-id"].count(":") == 2
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_metadata_has_two_shapes(ready: Mapping[str, Any]) -> None:
    """One object by default, a list of it at 2019-05-01, without a token, and not taken for Azure Stack."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = ready["ca"]
        one = session.get(f"{ready['arm']}/metadata/endpoints?api-version=2022-09-01", timeout=30).json()
        many = session.get(f"{ready['arm']}/metadata/endpoints?api-version=2019-05-01", timeout=30).json()
    assert many == [one]
    assert one["resourceManager"] == f"{ready['arm']}/"
    assert (one["authentication"]["tenant"], one["authentication"]["identityProvider"]) == ("common", "AAD")


def test_identity_endpoints(ready: Mapping[str, Any]) -> None:
    """Configuration, keys and instance discovery lead to one another."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = ready["ca"]
        found = session.get(f"{ready['identity']}/common/discovery/instance", timeout=30).json()
        configuration = session.get(found["tenant_discovery_endpoint"], timeout=30).json()
        keys = session.get(configuration["jwks_uri"], timeout=30).json()["keys"]
    assert configuration["token_endpoint"] == f"{ready['identity']}/{ready['tenant']}/oauth2/v2.0/token"
    assert [(key["kty"], key["alg"]) for key in keys] == [("RSA", "RS256")]


def test_tags_by_themselves(arm: Arm) -> None:
    """The tags resource merges, replaces and deletes; names differ by case only in spelling."""
    group = arm.group("tagged")
    tags = f"{group}/providers/Microsoft.Resources/tags/default"

    def patch(operation: str, **values: str) -> dict[str, str]:
        body = {"operation": operation, "properties": {"tags": values}}
        found: dict[str, str] = arm.send("PATCH", tags, body, version="2021-04-01").json()["properties"]["tags"]
        return found

    assert patch("Merge", Owner="a", cost="1") == {"Owner": "a", "cost": "1"}
    assert patch("Merge", OWNER="b") == {"Owner": "b", "cost": "1"}
    assert patch("Delete", COST="") == {"Owner": "b"}
    assert arm.send("GET", group, version=GROUPS_VERSION).json()["tags"] == {"Owner": "b"}
    assert arm.send("DELETE", tags, version="2021-04-01").status_code == 200
    assert arm.send("GET", tags, version="2021-04-01").json()["properties"]["tags"] == {}


def test_built_in_role_is_found_by_name(arm: Arm) -> None:
    """A role definition is listed by roleName and read by its id, at the tenant and below a subscription, where its id
    is one of that subscription."""
    listed = arm.send(
        "GET",
        f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions",
        version="2022-04-01",
        query={"$filter": "roleName eq 'Reader'"},
    ).json()["value"]
    assert [each["name"] for each in listed] == ["acdd72a7-3385-48ef-bd42-f606fba81ae7"]
    path = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    for scope in ("", arm.subscription):
        found = arm.send("GET", scope + path, version="2022-04-01").json()
        assert (found["id"], found["properties"]["roleName"]) == (scope + path, "Reader")
    assert listed[0]["id"] == arm.subscription + path


def test_assignments_are_listed_as_their_filter_says(arm: Arm) -> None:
    """At, above and below a scope; `atScope()` nothing below it; a principal's alone; any other filter is refused."""
    group = arm.group("assigned")
    network = arm.network(group, "net")
    own = next(each["object_id"] for each in arm.ready["principals"] if each["name"] == "azkeep-deployer")
    assignments = "/providers/Microsoft.Authorization/roleAssignments"
    role = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    held = f"{network}{assignments}/{UUID(int=7)}"
    body = {"properties": {"roleDefinitionId": role, "principalId": own, "principalType": "ServicePrincipal"}}
    assert arm.send("PUT", held, body, version="2022-04-01").status_code == 201

    def listed(scope: str, text: str) -> list[str]:
        query = {"$filter": text} if text else {}
        answer = arm.send("GET", scope + assignments, version="2022-04-01", query=query)
        return [str(each["id"]).removesuffix(f"/{each['name']}") for each in answer.json()["value"]]

    above, below = arm.subscription + assignments, network + assignments
    everywhere = ("", f"principalId eq '{own}'", f"assignedTo('{own}')")
    assert [listed(group, text) for text in everywhere] == [[above, below]] * 3
    assert [listed(group, text) for text in ("atScope()", f"atScope() and assignedTo('{own}')")] == [[above]] * 2
    assert listed(network, "atScope()") == [above, below]
    assert listed(group, f"assignedTo('{UUID(int=0)}')") == []
    asked = f"principalId eq '{own}' and roleDefinitionId eq 'x'"
    refused = arm.send("GET", group + assignments, version="2022-04-01", query={"$filter": asked})
    assert error(refused) == (
        400,
        "UnsupportedQuery",
        f"The filter '{asked}' is not supported. Supported filters are either 'atScope()' or 'principalId eq"
        " '{value}' or assignedTo('{value}')'.",
    )


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({f"tag{number}": "" for number in range(51)}, "TagsLimitExceeded"),
        ({"n" * 513: ""}, "InvalidTagNameLength"),
        ({"long": "v" * 257}, "InvalidTagValueLength"),
        ({"a/b": ""}, "InvalidTagNameCharacters"),
        ({"Owner": "a", "owner": "b"}, "DuplicateTagNames"),
        ({"azureOwner": "a"}, "ReservedTagNamePrefix"),
    ],
)
def test_tags_have_limits_whichever_way_they_come(arm: Arm, tags: dict[str, str], code: str) -> None:
    """In a resource's own body and by themselves they are refused alike, and nothing is written."""
    group = arm.group("limited")
    whole = arm.send("PUT", group, {"location": "westeurope", "tags": tags}, version=GROUPS_VERSION)
    alone = f"{group}/providers/Microsoft.Resources/tags/default"
    put = arm.send("PUT", alone, {"properties": {"tags": tags}}, version="2021-04-01")
    assert (error(whole)[:2], error(put)[:2]) == ((400, code), (400, code))
    assert "tags" not in arm.send("GET", group, version=GROUPS_VERSION).json()


def test_account_has_shorter_names_of_tags(arm: Arm) -> None:
    """128 characters do for a storage account, 129 do not."""
    account = f"{arm.group('shorter')}/providers/Microsoft.Storage/storageAccounts/shorttagnames"
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    long = arm.send("PUT", account, {**body, "tags": {"n" * 129: ""}}, version="2024-01-01")
    assert error(long)[:2] == (400, "InvalidTagNameLength")
    assert arm.send("PUT", account, {**body, "tags": {"n" * 128: ""}}, version="2024-01-01").ok


def test_subscription_has_tags(arm: Arm) -> None:
    """They are written by themselves, shown with the subscription, counted among the tag names, and removed."""
    tags = f"{arm.subscription}/providers/Microsoft.Resources/tags/default"
    put = arm.send("PUT", tags, {"properties": {"tags": {"Unit": "research"}}}, version="2021-04-01")
    assert (put.status_code, put.json()["id"]) == (200, tags)
    assert arm.send("GET", arm.subscription, version="2022-12-01").json()["tags"] == {"Unit": "research"}
    named = arm.send("GET", f"{arm.subscription}/tagNames", version="2021-04-01").json()["value"]
    values = {each["tagName"]: [value["tagValue"] for value in each["values"]] for each in named}
    assert values["Unit"] == ["research"]
    assert arm.send("DELETE", tags, version="2021-04-01").status_code == 200
    assert arm.send("GET", tags, version="2021-04-01").json()["properties"]["tags"] == {}


def test_filters_of_resources_join_with_or(arm: Arm) -> None:
    """`and` binds closer than `or`, and an identity is found by its principal."""
    group = arm.group("joined")
    for name in ("net1", "net2", "net3"):
        arm.network(group, name)

    def found(text: str) -> list[str]:
        answer = arm.send("GET", f"{group}/resources", version=GROUPS_VERSION, query={"$filter": text})
        return [each["name"] for each in answer.json()["value"]]

    assert found("name eq 'net1' or name eq 'net3'") == ["net1", "net3"]
    assert found("name eq 'net1' and location eq 'eastus' or name eq 'net2'") == ["net2"]
    assert found("identity/principalId eq '11111111-2222-4333-8444-555555555555'") == []


def test_provider_lists_its_types(arm: Arm) -> None:
    """The types of a provider come by themselves as they come with it."""
    provider = f"{arm.subscription}/providers/Microsoft.KeyVault"
    whole = arm.send("GET", provider, version="2021-04-01").json()["resourceTypes"]
    assert arm.send("GET", f"{provider}/resourceTypes", version="2021-04-01").json() == {"value": whole}
    assert "vaults" in [each["resourceType"] for each in whole]
