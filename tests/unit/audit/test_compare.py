"""Two documents of one resource, and what counts as a difference."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from azkeep import types
from azkeep.audit.compare import compare, named
from azkeep.model.plan import Change
from azkeep.model.value import get, leaves, put

VNET = types.by_arm_type("Microsoft.Network/virtualNetworks")
ID = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/Rg/providers/Microsoft.Network"
NAMES = st.text("bcefgh", min_size=1, max_size=6)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text("xyz", min_size=1)),
    lambda inner: st.one_of(st.lists(inner, min_size=1, max_size=3), st.dictionaries(NAMES, inner, min_size=1)),
    max_leaves=12,
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=5)


def vnet(**properties: Any) -> dict[str, Any]:
    return {"id": f"{ID}/virtualNetworks/v", "etag": 'W/"1"', "location": "westeurope", "properties": properties}


@given(BODIES)
def test_a_document_is_in_sync_with_itself(body: dict[str, Any]) -> None:
    """No document differs from its own copy."""
    assert compare(body, copy.deepcopy(body), None) == ()


@given(BODIES, st.randoms())
def test_every_changed_leaf_is_found(body: dict[str, Any], chance: random.Random) -> None:
    """A leaf that gets another value is reported at or above its own pointer."""
    paths = [path for path, value in leaves(body) if path and value not in ({}, [])]
    if not paths:
        return
    path = chance.choice(paths)
    found = compare(body, put(body, path, "another value"), None)
    assert any(f"{path}/".startswith(f"{change.path}/") for change in found)


def test_a_change_has_its_path_and_both_values() -> None:
    """`before` is the recorded value, `after` the live one."""
    recorded, live = vnet(enableDdosProtection=False), vnet(enableDdosProtection=True)
    assert compare(recorded, live, VNET) == (Change("/properties/enableDdosProtection", False, True),)


def test_etags_do_not_count() -> None:
    """What moves with every write is not a difference."""
    assert compare(vnet(), {**vnet(), "etag": 'W/"2"', "systemData": {"lastModifiedAt": "now"}}, VNET) == ()


def test_the_casing_of_ids_does_not_count() -> None:
    """ids that differ only in case are the same resource; other text is compared as it stands."""
    lower = f"{ID}/networkSecurityGroups/g".replace("resourceGroups", "resourcegroups").replace("Rg", "rG")
    assert compare(vnet(peer={"id": f"{ID}/networkSecurityGroups/G"}), vnet(peer={"id": lower}), VNET) == ()
    assert compare(vnet(mode="A"), vnet(mode="a"), VNET) == (Change("/properties/mode", "A", "a"),)


def test_empty_and_absent_are_the_same() -> None:
    """null, {} and [] stand for nothing."""
    assert compare(vnet(dhcpOptions={"dnsServers": []}, tags=None), vnet(), VNET) == ()


def test_unordered_lists_are_sets() -> None:
    """Prefixes in another order are the same; another prefix is not."""
    one = vnet(addressSpace={"addressPrefixes": ["10.0.0.0/16", "10.1.0.0/16"]})
    other = vnet(addressSpace={"addressPrefixes": ["10.1.0.0/16", "10.0.0.0/16"]})
    assert compare(one, other, VNET) == ()
    third = vnet(addressSpace={"addressPrefixes": ["10.2.0.0/16", "10.0.0.0/16"]})
    assert [change.path for change in compare(one, third, VNET)] == ["/properties/addressSpace/addressPrefixes"]


def test_named_items_are_matched_by_name_and_shown_where_they_are() -> None:
    """A subnet is compared with the one of its name; the pointer holds the live index, a gone one's the recorded."""
    a, b = {"name": "a", "properties": {"x": 1}}, {"name": "b", "properties": {"x": 1}}
    live = vnet(subnets=[b, {"name": "a", "properties": {"x": 2}}])
    (change,) = compare(vnet(subnets=[a, b]), live, VNET)
    assert change == Change("/properties/subnets/1/properties/x", 1, 2)
    assert get(live, change.path) == 2
    (gone,) = compare(vnet(subnets=[a, b]), vnet(subnets=[a]), VNET)
    assert (gone.path, gone.before["name"], gone.after) == ("/properties/subnets/1", "b", None)


def test_a_named_path_is_the_same_in_another_order() -> None:
    """Names stand in place of indexes, so that a declared and a live document can be compared by path."""
    items = [{"name": "first", "v": 1}, {"name": "second", "v": 2}]
    assert named({"l": items}, "/l/1/v") == named({"l": items[::-1]}, "/l/0/v") == "/l/second/v"


def test_a_path_is_spelled_as_the_documents_spell_it() -> None:
    """Names of tags and ids as keys compare without case; the pointer that is told finds the value all the same."""
    before = {
        "tags": {"costCenter": "1", "Owner": "a"},
        "identity": {"userAssignedIdentities": {f"{ID}/x/Y": {"a": 1}}},
    }
    live = {"tags": {"CostCenter": "2"}, "identity": {"userAssignedIdentities": {f"{ID}/X/y": {"a": 2}}}}
    told = compare(before, live, VNET)
    escaped = f"{ID}/X/y".replace("/", "~1")
    assert [change.path for change in told] == [
        f"/identity/userAssignedIdentities/{escaped}/a",
        "/tags/CostCenter",
        "/tags/Owner",
    ]
    assert [get(live, change.path) for change in told] == [2, "2", None]
    assert get(before, told[2].path) == "a"
