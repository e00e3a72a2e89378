"""The JSON of requests: what is read, and in which words the rest is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.json_reader import DEEPEST, read
from azkeep.errors import ArmFault

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
REFUSED = {
    '{"location":': "Unexpected end when deserializing object. Path 'location', line 1, position 12.",
    '{"a":[1,{"b":x}]}': "Unexpected character encountered while parsing value: x. Path 'a[1].b', line 1, position 14.",
    '{"a":"NaN","b":NaN}': "Unexpected character encountered while parsing value: N. Path 'b', line 1, position 16.",
    '{"a"\n:\n 1,\n"b":tru}': "Unexpected character encountered while parsing value: t. Path 'b', line 4, position 5.",
    '{"a":1e999}': "Input string '1e999' is not a valid number. Path 'a', line 1, position 6.",
    '{"a":[9223372036854775808]}': "JSON integer 9223372036854775808 is too large or small for an Int64. Path 'a[0]',"
    " line 1, position 7.",
    "[" * (DEEPEST + 1): f"The reader's MaxDepth of {DEEPEST} has been exceeded. Path '{'[0]' * DEEPEST}', line 1,"
    f" position {DEEPEST + 1}.",
}


def refusal(content: bytes) -> str | None:
    try:
        read(content)
    except ArmFault as fault:
        return fault.message if (fault.status, fault.code) == (400, "InvalidRequestContent") else repr(fault)
    return None


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_words_of_a_refusal(text: str) -> None:
    """A refusal says what stands where, by path, line and position."""
    said = f"The request content was invalid and could not be deserialized: '{REFUSED[text]}'."
    assert refusal(text.encode()) == said


@given(VALUES)
def test_values_come_back(value: Any) -> None:
    """Whatever JSON can hold within ARM's limits is read as it was written, with and without a byte order mark."""
    if any(math.isinf(each) for each in floats(value)):
        return
    text = json.dumps(value).encode()
    assert read(text) == read(b"\xef\xbb\xbf" + text) == value


def floats(value: Any) -> list[float]:
    if isinstance(value, dict | list):
        return [found for each in (value.values() if isinstance(value, dict) else value) for found in floats(each)]
    return [value] if isinstance(value, float) else []


@given(st.binary(max_size=40) | st.text(alphabet='{}[]",:\\u01e.-ntNI \n', max_size=40).map(str.encode))
def test_no_content_breaks_the_reader(content: bytes) -> None:
    """Any bytes are read or refused; what is read, a client can read back, and Python reads the same."""
    if refusal(content) is not None:
        return
    found = read(content)
    assert json.loads(json.dumps(found, ensure_ascii=False, allow_nan=False).encode()) == found
    assert found == json.loads(content.decode("utf-8-sig"))


@given(st.integers(1, 200), st.sampled_from(["[", '{"a":']))
def test_depth(depth: int, opening: str) -> None:
    """Values in each other are read up to ARM's depth and refused beyond it, whatever the interpreter could bear."""
    closing = "]" if opening == "[" else "}"
    said = refusal((opening * depth + "1" + closing * depth).encode())
    assert (said is None) == (depth <= DEEPEST)


def test_brackets_in_text() -> None:
    """Brackets and quotes inside of text are no depth."""
    value = {"a": "[" * 500 + '\\"' * 500}
    assert read(json.dumps(value).encode()) == value
