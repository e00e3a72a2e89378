"""Differences between two documents, as change records name them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.changes import differences
from azkeep.types.resource_graph import Item, change_parts, change_path

JSON = st.recursive(
    st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab./"), inner, max_size=3),
    max_leaves=12,
)


def changed(old: Any, new: Any) -> dict[str, tuple[Any, Any]]:
    return {path: pair for path, (_, pair) in differences(old, new).items()}


def test_named_items_go_by_name() -> None:
    """An item that moves within a list of named objects is no change, one that changes is named."""
    old = {"rules": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}
    new = {"rules": [{"name": "b", "port": 3}, {"name": "a", "port": 1}]}
    assert changed(old, new) == {'rules["b"].port': (2, 3)}


def test_other_items_go_by_number() -> None:
    """Scalars are compared place by place, added and removed ones with no value on the other side."""
    assert changed({"p": ["x", "y"]}, {"p": ["x"]}) == {"p[1]": ("y", None)}
    assert changed({"p": []}, {"p": ["x"]}) == {"p[0]": (None, "x")}
    assert changed({"p": ["x"]}, {"p": []}) == {"p[0]": ("x", None)}
    assert changed({}, {"p": []}) == {"p": (None, [])}


def test_names_that_are_no_words_stand_in_brackets() -> None:
    """A dot, a slash or a quote in a name does not end it."""
    parts = ("tags", 'a.b"c', "x[0]", 3, Item("n/1"), "last")
    path = change_path(parts)
    assert path == 'tags["a.b\\"c"]["x[0]"][3]["n/1"].last'
    assert change_parts(path) == ("tags", 'a.b"c', "x[0]", "3", "n/1", "last")


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5))
def test_any_names_come_back_from_their_path(names: list[str]) -> None:
    """Whatever members are called, the path leads to them again."""
    assert change_parts(change_path(tuple(names))) == tuple(names)


def test_unseen_members_do_not_count() -> None:
    """What is secret or moves with every write is no change, however deep, and not shown where its parent is new."""
    unseen = frozenset({"etag", "key"})
    old = {"etag": "1", "rules": [{"name": "a", "etag": "1"}]}
    new = {"etag": "2", "rules": [{"name": "a", "etag": "2"}], "deep": {"key": "x", "open": "y"}}
    assert {path: pair for path, (_, pair) in differences(old, new, unseen).items()} == {"deep.open": (None, "y")}
    assert differences({"p": {"key": "1"}}, {"p": {"key": "2"}}, unseen) == {}
    assert differences({}, {"p": {"key": "2"}}, unseen) == {"p": (("p",), (None, {}))}


@given(JSON)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    """No difference, no record."""
    assert differences({"p": document}, {"p": document}) == {}


@given(JSON, JSON)
def test_what_differs_has_a_path(old: Any, new: Any) -> None:
    """Two documents differ exactly if some path is named, and it leads to the two values."""
    found = changed({"p": old}, {"p": new})
    assert bool(found) == (old != new)
    for path, (before, after) in found.items():
        assert _at({"p": old}, path) == before
        assert _at({"p": new}, path) == after


def _at(document: Any, path: str) -> Any:
    """What a path leads to: a scalar or an empty container, else None."""
    for part in change_parts(path):
        if isinstance(document, list):
            document = document[int(part)] if part.isdigit() and int(part) < len(document) else None
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return None if document and isinstance(document, dict | list) else document
