"""Paths of requests: what they name, in any spelling."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.target import parse

NAMES = st.text(alphabet="abcXYZ019-_.", min_size=1, max_size=12).filter(lambda name: name.lower() != "providers")
GROUP = "/subscriptions/s/resourceGroups/g"


def test_group_is_a_resource() -> None:
    """A subscription, a group and their collections are told apart."""
    assert str(parse(GROUP).resource) == GROUP
    assert parse("/subscriptions/s/resourceGroups").resource is None
    assert parse("/subscriptions/s/resourceGroups").lowered == ("subscriptions", "s", "resourcegroups")


def test_collection_and_action_share_a_form() -> None:
    """`…/type` is a collection of its parent and, with a name before it, the action of a POST."""
    target = parse(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a/listKeys")
    assert target.resource is None
    assert target.action is not None
    assert (str(target.action[0]), target.action[1]) == (
        f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a",
        "listKeys",
    )
    assert target.collection is not None
    assert target.collection[1] == "Microsoft.Storage/storageAccounts/listKeys"


def test_extension_is_found_behind_the_last_providers() -> None:
    """The scope of an extension may itself have `providers`."""
    scope = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v"
    found = parse(f"{scope}/providers/Microsoft.Authorization/locks/l").resource
    assert found is not None
    assert (found.type, found.name, str(found.scope)) == ("Microsoft.Authorization/locks", "l", scope)


@given(NAMES, NAMES, NAMES)
def test_encoded_scope_and_slashes_make_no_difference(group: str, name: str, lock: str) -> None:
    """A scope that was percent-encoded whole and doubled slashes lead to the same id."""
    scope = f"/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}"
    plain = parse(f"{scope}/providers/Microsoft.Authorization/locks/{lock}").resource
    encoded = parse(f"/{quote(scope, safe='')}/providers//Microsoft.Authorization/locks/{lock}/").resource
    assert plain is not None
    assert plain == encoded


@given(st.text(max_size=80))
def test_no_path_breaks_the_parser(path: str) -> None:
    """Whatever arrives is parsed; every question about it has an answer."""
    target = parse("/" + path)
    assert target.lowered == tuple(part.lower() for part in target.lowered)
    assert target.resource is None or target.resource.segments
    assert target.collection is None or "/" in target.collection[1]
    assert target.action is None or target.action[1]
