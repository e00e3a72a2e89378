"""The engine's JSON values, and its property paths."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from azkeep.engine.values import SECRET, SIGNATURE, UNKNOWNS, contains, decode, find, masked, parse_path
from azkeep.model.value import Secret, Unknown

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN)
def test_plain_values_stay_as_they_are(value: Any) -> None:
    """Decoding changes nothing that is no sentinel and no signature."""
    assert decode(value) == value
    assert masked(value) == value


def test_each_unknown_sentinel_is_unknown() -> None:
    """Every JSON type has a sentinel of its own, and each is read, however deep."""
    assert len(UNKNOWNS) == 7
    assert decode({"a": [*sorted(UNKNOWNS)]}) == {"a": [Unknown()] * 7}


def test_a_secret_is_opened_only_where_its_plain_text_stands() -> None:
    """Exported with plain text a secret holds the value, else its ciphertext; masked it holds nothing."""
    opened = {SIGNATURE: SECRET, "plaintext": '{"key": "abc"}'}
    sealed = {SIGNATURE: SECRET, "ciphertext": "v1:abc"}
    assert decode(opened) == Secret({"key": "abc"})
    assert decode([sealed]) == [Secret("v1:abc")]
    assert masked(decode({"a": sealed})) == {"a": Secret(None)}
    assert contains(decode({"a": [sealed]}), Secret)
    assert not contains({"a": 1}, Secret)


def test_paths_as_the_engine_writes_them() -> None:
    """Dots, indices and quoted keys, which may hold dots, brackets and escaped quotes."""
    assert parse_path("subnets[0].addressPrefix") == ("subnets", 0, "addressPrefix")
    assert parse_path('tags["cost.centre"]') == ("tags", "cost.centre")
    assert parse_path('tags["say \\"hi\\""].x') == ("tags", 'say "hi"', "x")
    assert parse_path("rules[*].name") == ("rules", "*", "name")
    assert parse_path("") == ()


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_quoted_keys_come_back(keys: list[str]) -> None:
    """A path made of quoted keys is read back as those keys, whatever they hold."""
    quoted = "".join('["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]' for key in keys)
    assert parse_path(quoted) == tuple(keys)


def test_find_stops_at_what_hides_its_inside() -> None:
    """Below an unknown or a secret there is only that; a missing part is None."""
    value = {"a": Unknown(), "b": [{"c": 1}], "d": Secret(None)}
    assert find(value, ("a", "x", 0)) == Unknown()
    assert find(value, ("d", "x")) == Secret(None)
    assert find(value, ("b", 0, "c")) == 1
    assert find(value, ("b", 3)) is None
