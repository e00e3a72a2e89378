"""JSON pointers into documents."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from azkeep.model.value import get, join, put, remove, split, texts

KEYS = st.text(max_size=6) | st.sampled_from(["a", "a/b", "~0", "0", "²", "٣", "-1"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
PARTS = st.lists(KEYS, min_size=1, max_size=4).map(tuple)


@given(PARTS)
def test_parts_come_back(parts: tuple[str, ...]) -> None:
    """Any words survive being made a pointer."""
    assert split(join(parts)) == parts


@given(DOCUMENTS, PARTS)
def test_any_pointer_finds_something_or_nothing(document: Any, parts: tuple[str, ...]) -> None:
    """No pointer breaks a look into a document."""
    get(document, join(parts), None)


@given(st.dictionaries(KEYS, DOCUMENTS, max_size=3), PARTS, st.integers())
def test_what_is_put_is_found_and_can_be_taken_out(
    document: dict[str, Any], parts: tuple[str, ...], value: int
) -> None:
    """What was put is found where the way led through objects; taken out it is gone; the original is as it was."""
    before, pointer = repr(document), join(parts)
    if any(isinstance(get(document, join(parts[:count])), list) for count in range(len(parts))):
        return
    found = put(document, pointer, value)
    assert get(found, pointer) == value
    assert get(remove(found, pointer), pointer) is None
    assert repr(document) == before


def test_texts_are_members_too() -> None:
    """An identity stands in a document as the name of a member; numbers and nothing are no texts."""
    assert list(texts({"a": ["b", {"/id": {}}], "c": 1, "d": None})) == ["a", "b", "/id", "c", "d"]
