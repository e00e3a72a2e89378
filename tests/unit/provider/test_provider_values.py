"""Property bags of the engine and plain values."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from azkeep.model.value import Secret, Unknown
from azkeep.provider import values

NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name != values.SIGNATURE)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    st.text(max_size=12).filter(lambda text: text not in values.SENTINELS),
    st.just(Unknown()),
)
BAGS = st.recursive(
    st.dictionaries(NAMES, SCALARS, max_size=4),
    lambda inner: st.dictionaries(NAMES, st.one_of(SCALARS, inner, st.lists(st.one_of(SCALARS, inner))), max_size=4),
    max_leaves=20,
)


def bag(**fields: Any) -> Struct:
    struct = Struct()
    struct.update(fields)
    return struct


@given(BAGS)
def test_what_is_written_is_read_again(given_values: dict[str, Any]) -> None:
    """Every value but None and Secret survives the way to the engine and back, with its type."""
    found = values.read(values.write(given_values))
    assert found == given_values
    assert repr(found) == repr({name: found[name] for name in found})


@given(BAGS)
def test_unknowns_are_found_at_any_depth(given_values: dict[str, Any]) -> None:
    """has_unknown agrees with what the bag shows."""
    assert values.has_unknown(given_values) == ("unknown" in _shown(given_values))


def _shown(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _shown(item)]
    if isinstance(value, list):
        return [text for item in value for text in _shown(item)]
    return ["unknown" if isinstance(value, Unknown) else "known"]


def test_whole_numbers_become_int() -> None:
    """The engine has doubles only; ARM must not see 5.0 for 5."""
    found = values.read(bag(count=5.0, share=0.5))
    assert repr(found["count"]) == "5"
    assert repr(found["share"]) == "0.5"


def test_nulls_are_left_out_of_objects() -> None:
    """A null is the same as nothing."""
    assert values.read(bag(a=None, b={"c": None, "d": 1})) == {"b": {"d": 1}}


def test_secrets_come_bare() -> None:
    """A secret that the engine sends in spite of acceptSecrets=false is taken for its value."""
    assert values.read(bag(a={values.SIGNATURE: values.SECRET, "value": {"b": "c"}})) == {"a": {"b": "c"}}


def test_an_output_without_a_value_is_unknown() -> None:
    """Output values are unwrapped; the one without a value is not known yet."""
    found = values.read(
        bag(
            a={values.SIGNATURE: values.OUTPUT, "value": 1, "secret": True},
            b={values.SIGNATURE: values.OUTPUT, "dependencies": ["urn"]},
        )
    )
    assert found == {"a": 1, "b": Unknown()}


def test_a_reference_is_its_id() -> None:
    """A resource passed as an input stands for its id, one without an id for its URN."""
    found = values.read(
        bag(
            a={values.SIGNATURE: values.RESOURCE, "urn": "urn:a", "id": "/a"},
            b={values.SIGNATURE: values.RESOURCE, "urn": "urn:b"},
        )
    )
    assert found == {"a": "/a", "b": "urn:b"}


@pytest.mark.parametrize("signature", [values.ASSET, values.ARCHIVE])
def test_assets_are_refused_by_path(signature: str) -> None:
    """The message names the property."""
    with pytest.raises(values.AssetError, match=r"'a\.b\[0\]' is an asset or archive"):
        values.read(bag(a={"b": [{values.SIGNATURE: signature, "text": "x"}]}))


@pytest.mark.parametrize("sentinel", sorted(values.SENTINELS))
def test_every_sentinel_is_unknown(sentinel: str) -> None:
    """Unknown booleans, numbers, arrays and objects have sentinels of their own."""
    assert values.read(bag(a=[sentinel])) == {"a": [Unknown()]}


def test_a_secret_of_ours_is_written_bare() -> None:
    """The engine marks secrets itself for a provider that does not accept them."""
    assert values.read(values.write({"a": Secret("x"), "b": None})) == {"a": "x"}
