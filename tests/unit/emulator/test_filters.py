"""The grammar of $filter."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.filters import Comparison, FilterError, parse_filter


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_can_be_a_value(first: str, second: str) -> None:
    """A quoted value comes back as it was, quotes inside it doubled."""
    quoted = [text.replace("'", "''") for text in (first, second)]
    assert parse_filter(f"name eq '{quoted[0]}' and location ne '{quoted[1]}'") == (
        Comparison("name", "eq", first),
        Comparison("location", "ne", second),
    )


def test_calls() -> None:
    """A call has the function as operator; the order of its arguments does not matter."""
    assert parse_filter("atScope()") == (Comparison("", "atscope", ""),)
    assert parse_filter("substringof('x', name) and startswith(name, 'y')") == (
        Comparison("name", "substringof", "x"),
        Comparison("name", "startswith", "y"),
    )


@pytest.mark.parametrize(
    "text", ["", "name", "name eq", "name eq a", "name eq 'a' or name eq 'b'", "f('a'", "'a' eq name", "name ~ 'a'"]
)
def test_everything_else_is_refused(text: str) -> None:
    """What is not of the grammar raises FilterError with a reason."""
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert str(caught.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is either parsed or refused, never worse."""
    with suppress(FilterError):
        assert parse_filter(text)
