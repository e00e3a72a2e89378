"""Rules of model registries, beyond what their own examples show."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import judged
from tests.unit.policies.workspaces import (
    ELSEWHERE,
    FAIL,
    MODELS,
    OPEN,
    PASS,
    Body,
    resource,
)

from azkeep.model.finding import Verdict


def region(storage: Any = False, sku: Any = "Premium", location: Any = "westeurope") -> Body:
    return {
        "location": location,
        "storageAccountDetails": [{"systemCreatedStorageAccount": {"allowBlobPublicAccess": storage}}],
        "acrDetails": [{"systemCreatedAcrAccount": {"acrAccountSku": sku}}],
    }


@pytest.mark.parametrize(
    ("rule", "regions", "verdict"),
    [
        ("AML-REG-003", [region(), region(True)], FAIL),
        ("AML-REG-003", [region(), region("?")], OPEN),
        ("AML-REG-003", [region(True), region("?")], FAIL),
        ("AML-REG-003", [region("false")], FAIL),
        ("AML-REG-003", [region(), "?"], OPEN),
        ("AML-REG-003", [], FAIL),
        ("AML-REG-003", None, FAIL),
        ("AML-REG-003", "?", OPEN),
        ("AML-REG-004", [region(sku="PREMIUM")], PASS),
        ("AML-REG-004", [region(), region(sku=None)], FAIL),
        ("AML-REG-004", [region(sku="?")], OPEN),
        ("AML-REG-006", [region(location="West Europe")], PASS),
        ("AML-REG-006", [region(location="eastus"), region(location="?")], FAIL),
        ("AML-REG-006", [region(location="?")], OPEN),
        ("AML-REG-006", [region(location=None)], FAIL),
        ("AML-REG-006", None, FAIL),
    ],
)
def test_regions_of_a_registry(rule: str, regions: Any, verdict: Verdict) -> None:
    """AML-REG-003, 004, 006: every region, and none at all is no pass."""
    parameters = {"allowed_locations": ["westeurope"]} if rule == "AML-REG-006" else {}
    assert judged(rule, resource(MODELS, "m", regionDetails=regions), **parameters).verdict is verdict


def test_every_region_is_named() -> None:
    """AML-REG-003: each account that is open, by its place."""
    found = judged("AML-REG-003", resource(MODELS, "m", regionDetails=[region(True), region(), region(None)]))
    below = "storageAccountDetails/0/systemCreatedStorageAccount/allowBlobPublicAccess"
    assert [place.path for place in found.places] == [f"/properties/regionDetails/{index}/{below}" for index in (0, 2)]


@pytest.mark.parametrize(
    ("connections", "verdict"),
    [
        ([{"properties": {"registryPrivateLinkServiceConnectionState": {"status": "approved"}}}], PASS),
        ([{"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}], PASS),
        ([{"properties": {"registryPrivateLinkServiceConnectionState": {"status": "Rejected"}}}], FAIL),
        ([{"properties": None}], FAIL),
        ([], FAIL),
        (None, FAIL),
    ],
)
def test_live_connections_of_a_registry(connections: Any, verdict: Verdict) -> None:
    """AML-REG-002: one approved connection, in either of the shapes that Azure writes."""
    document = resource(MODELS, "m", registryPrivateEndpointConnections=connections)
    assert judged("AML-REG-002", document, live=True).verdict is verdict


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [("systemassigned", PASS), ("None", FAIL), ("?", OPEN), (None, FAIL), ("Unassigned", FAIL), (7, FAIL)],
)
def test_identity_of_a_registry(kind: Any, verdict: Verdict) -> None:
    """AML-REG-005: an identity of any kind."""
    assert judged("AML-REG-005", {"type": MODELS, "name": "m", "identity": {"type": kind}}).verdict is verdict


@pytest.mark.parametrize(
    ("tags", "required", "verdict"),
    [
        ({"TEAM": "a"}, {"team": None}, PASS),
        ({"team": "?"}, {"team": None}, OPEN),
        ({"team": "?", "cost": " "}, {"team": None, "cost": None}, FAIL),
        ({"team": "blue"}, {"team": "^(red|green)$"}, FAIL),
        ({"team": "RED"}, {"team": "^(red|green)$"}, PASS),
        ({"team": ["red"]}, {"team": None}, FAIL),
        (None, {"team": None}, FAIL),
        ("?", {"team": None}, OPEN),
        (None, {}, PASS),
    ],
)
def test_tags_of_a_registry(tags: Any, required: dict[str, str | None], verdict: Verdict) -> None:
    """AML-REG-007: each required tag, in any letter case, with a value of its pattern."""
    document = {"type": MODELS, "name": "m", "tags": tags}
    assert judged("AML-REG-007", document, required_tags=required).verdict is verdict


def test_every_account_of_a_region() -> None:
    """AML-REG-003: one closed account does not excuse an open one in the same region, nor one region another."""
    one = {"systemCreatedStorageAccount": {"allowBlobPublicAccess": False}}
    two = {"systemCreatedStorageAccount": {"allowBlobPublicAccess": True}}
    both = resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [one, two]}])
    assert judged("AML-REG-003", both).verdict is FAIL
    apart = resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [two]}, {"storageAccountDetails": [one]}])
    assert judged("AML-REG-003", apart).verdict is FAIL


def test_account_that_the_customer_made() -> None:
    """AML-REG-003: an account of the customer's own is left to the rules of storage accounts."""
    own = {"userCreatedStorageAccount": {"armResourceId": {"resourceId": ELSEWHERE}}}
    alone = resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [own]}])
    assert judged("AML-REG-003", alone).verdict is PASS
    two = {**own, "systemCreatedStorageAccount": {"allowBlobPublicAccess": True}}
    assert (
        judged("AML-REG-003", resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [two]}])).verdict is FAIL
    )
