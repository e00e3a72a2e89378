"""Ids of resources, whatever they are spelled like."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from azkeep.model.ids import ArmId, id_in, key_of

NAMES = st.text(alphabet="abcXYZ019-_.()", min_size=1, max_size=10).filter(lambda text: text.lower() != "providers")
KINDS = st.sampled_from(["virtualNetworks", "subnets", "storageAccounts", "locks"])


@st.composite
def ids(draw: st.DrawFn) -> ArmId:
    """A resource in a group, a child of one or more, an extension of either."""
    id = ArmId.parse(f"/subscriptions/{draw(NAMES)}/resourceGroups/{draw(NAMES)}")
    for _ in range(draw(st.integers(0, 2))):
        id = id.extension(f"Microsoft.{draw(NAMES)}/{draw(KINDS)}", draw(NAMES))
        for _ in range(draw(st.integers(0, 2))):
            id = id.child(draw(KINDS), draw(NAMES))
    return id


@given(ids())
def test_text_and_back(id: ArmId) -> None:
    """An id read from its own text is the same, and so is its text; doubled slashes make no difference."""
    again = ArmId.parse(id.text)
    assert (again, again.text, again.type, again.names) == (id, id.text, id.type, id.names)
    assert ArmId.parse(id.text.replace("/", "//") + "/") == id


@given(ids(), st.booleans())
def test_letter_case(id: ArmId, upper: bool) -> None:
    """An id in other letters is equal, hashes equal, lies within the same, and has the same type and names."""
    other = ArmId.parse(id.text.upper() if upper else id.text.lower())
    assert (other, hash(other), other.key) == (id, hash(id), id.key)
    assert other.is_within(id)
    assert id.is_within(other)
    assert (other.type.lower(), [name.lower() for name in other.names]) == (
        id.type.lower(),
        [name.lower() for name in id.names],
    )


@given(ids(), KINDS, NAMES)
def test_child_and_parent(id: ArmId, kind: str, name: str) -> None:
    """What hangs on an id has it as parent, lies within it, and keeps its group and subscription."""
    hanging = [id.extension(f"Microsoft.X/{kind}", name)] + ([id.child(kind, name)] if "/providers/" in id.text else [])
    for each in hanging:
        assert (each.parent, each.name) == (id, name)
        assert each.is_within(id)
        assert not id.is_within(each)
        assert (each.subscription, each.resource_group) == (id.subscription, id.resource_group)


@given(ids(), NAMES)
def test_name_that_goes_on(id: ArmId, more: str) -> None:
    """`net` is not within `ne`: names are compared whole."""
    longer = ArmId.parse(id.text + more)
    assert not longer.is_within(id)


@given(
    st.text(max_size=60) | st.lists(st.sampled_from(["/", "providers", "subscriptions", "a", "%2F", ""])).map("".join)
)
def test_no_text_breaks_an_id(text: str) -> None:
    """Any text is an id or a ValueError; of an id everything can be asked, and it reads its own text again."""
    with suppress(ValueError):
        id = ArmId.parse(text)
        assert ArmId.parse(id.text) == id
        assert (id.type, id.name, id.names, id.scope, id.parent, id.resource_group_id) is not None


def test_text_that_may_be_no_id() -> None:
    """An id is found in it or not; either way it is compared without case."""
    assert id_in("/subscriptions/A/resourcegroups/B/") == ArmId.parse("/subscriptions/a/resourceGroups/b")
    assert id_in("/subscriptions/A/vaults") is None
    assert (key_of("/subscriptions//A"), key_of("Vault A")) == ("/subscriptions/a", "vault a")
