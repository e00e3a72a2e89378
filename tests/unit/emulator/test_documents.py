"""Changes to documents that every write makes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.documents import (
    matches,
    merged,
    patched,
    same,
    secrets_apart,
    with_default,
    without_nulls,
)
from azkeep.emulator.references import identities, targets
from azkeep.model.value import get

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(max_size=3), VALUES, max_size=4)


def test_default_fills_what_is_absent_only() -> None:
    """A default goes where nothing is, also under every item of a list, and never replaces a value."""
    body = {"properties": {"items": [{"a": 1}, {"b": 2}], "kept": False}}
    filled = with_default(body, "/properties/items/*/a", 0)
    assert filled["properties"]["items"] == [{"a": 1}, {"b": 2, "a": 0}]
    assert with_default(body, "/properties/kept", True) == body
    assert with_default({}, "/sku/name", "Basic") == {"sku": {"name": "Basic"}}
    assert body == {"properties": {"items": [{"a": 1}, {"b": 2}], "kept": False}}


@given(OBJECTS, OBJECTS)
def test_merge_has_the_change_and_keeps_the_rest(before: dict[str, Any], change: dict[str, Any]) -> None:
    """A merge patch has every member of the change, and of what was before those that it does not name."""
    result = merged(before, change)
    assert set(result) == set(before) | set(change)
    assert all(result[name] == before[name] for name in before if name not in change)
    assert merged(result, change) == result


def test_patch_replaces_tags_and_removes_null() -> None:
    """Tags are replaced as a whole, null removes a member."""
    before = {"tags": {"a": "1"}, "properties": {"x": 1, "y": 2}}
    assert patched(before, {"tags": {"b": "2"}, "properties": {"x": None}}) == {
        "tags": {"b": "2"},
        "properties": {"y": 2},
    }


@given(OBJECTS)
def test_nulls_go_and_nothing_else(body: dict[str, Any]) -> None:
    """Without nulls in it a document stays as it is; added ones disappear."""
    assert without_nulls(body) == body
    assert without_nulls({**body, "null": None, "deep": {"null": None}}) == {**body, "deep": {}}


def test_stars_match_items_of_lists_and_objects() -> None:
    """A star stands for every item, and the pointer that comes back names it."""
    body = {"rules": [{"id": "a"}, {"id": "b"}, {}], "map": {"x": {"id": "c"}}}
    assert list(matches(body, "/rules/*/id")) == [("/rules/0/id", "a"), ("/rules/1/id", "b")]
    assert list(matches(body, "/map/*/id")) == [("/map/x/id", "c")]


def test_ids_and_locations_compare_without_case() -> None:
    """Text differs only by more than case, objects by any member."""
    assert same("/Subscriptions/A/", "/subscriptions/a")
    assert same({"id": "A"}, {"id": "a"})
    assert not same({"id": "a"}, {"id": "a", "more": 1})
    assert not same(1, 2)


def test_targets_are_all_ids_but_the_own_one() -> None:
    """Ids in values, in lists and in member names count; the document's own id does not."""
    one, two = "/subscriptions/s/resourceGroups/G/providers/A.B/c/d", "/subscriptions/s/resourceGroups/h"
    body = {
        "id": "/subscriptions/s",
        "identity": {"userAssignedIdentities": {one: {}}},
        "properties": {"list": [{"id": two}], "text": "subscriptions/x"},
    }
    assert targets(body) == {one.lower(), two.lower()}


def test_identities_of_a_document() -> None:
    """A system-assigned identity and a user-assigned one bring a directory object; a role assignment does not."""
    assert identities({"identity": {"principalId": "A"}}) == {"a"}
    assert identities({"properties": {"principalId": "B", "clientId": "C"}}) == {"b"}
    assert identities({"properties": {"principalId": "B", "roleDefinitionId": "r"}}) == set()


def test_secrets_come_apart() -> None:
    """What secret pointers find is taken out, empty ones included, and only what has a value is kept."""
    body = {"properties": {"keys": [{"name": "a", "value": "s1"}, {"name": "b", "value": "s2"}], "password": ""}}
    clean, found = secrets_apart(body, ("/properties/keys/*/value", "/properties/password", "/properties/absent"))
    assert clean == {"properties": {"keys": [{"name": "a"}, {"name": "b"}]}}
    assert found == {"/properties/keys/0/value": "s1", "/properties/keys/1/value": "s2"}


@given(OBJECTS, OBJECTS)
def test_a_patch_that_comes_twice_changes_nothing_more(before: dict[str, Any], change: dict[str, Any]) -> None:
    """A PATCH is idempotent, one of nothing is none, and the document before it is left alone."""
    kept = repr(before)
    once = patched(before, change)
    assert patched(once, change) == once
    assert patched(before, {}) == before
    assert repr(before) == kept


@given(OBJECTS, st.sampled_from(["/properties/a", "/properties/list/*/a", "/sku", "/²/0"]))
def test_a_default_that_comes_twice_changes_nothing_more(body: dict[str, Any], pointer: str) -> None:
    """Defaults are filled in once; what they filled in, a PUT of the whole document keeps."""
    try:
        once = with_default(body, pointer, "given")
    except TypeError:
        return  # a body of another shape, which the pipeline refuses as such
    assert with_default(once, pointer, "given") == once


@given(OBJECTS, st.sampled_from([("/properties/password",), ("/properties/keys/*/value", "/a")]))
def test_secrets_are_taken_apart_whole(body: dict[str, Any], pointers: tuple[str, ...]) -> None:
    """What is taken out of a document is found at its own place, and is nowhere in what remains."""
    shown, found = secrets_apart(body, pointers)
    assert all(get(body, pointer) == value for pointer, value in found.items())
    assert not any(value not in (None, "") for pointer in pointers for _, value in matches(shown, pointer))
