"""Lists: pages, filters, what each has in it; metadata and identity endpoints; tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


@pytest.mark.parametrize("text", ["name", "name eq", "name eq 'a' or name eq 'b'", "colour eq 'red'", "name ge 'a'"])
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
    """A role definition is listed by roleName and read by its id, at the tenant and below a subscription."""
    listed = arm.send(
        "GET",
        f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions",
        version="2022-04-01",
        query={"$filter": "roleName eq 'Reader'"},
    ).json()["value"]
    assert [each["name"] for each in listed] == ["acdd72a7-3385-48ef-bd42-f606fba81ae7"]
    path = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    for scope in ("", arm.subscription):
        answer = arm.send("GET", scope + path, version="2022-04-01")
        assert answer.json()["properties"]["roleName"] == "Reader"
