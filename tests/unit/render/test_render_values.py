from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.model.drift import Who
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.render.values import clean, client, dotted, plain, second, shown, stamp


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ("/properties/networkAcls/ipRules/0/value", "properties.networkAcls.ipRules[0].value"),
        ("/tags/cost.center", 'tags["cost.center"]'),
        ("/tags/a~1b", 'tags["a/b"]'),
        ("/tags/ms-resource-usage", "tags.ms-resource-usage"),
        ("", ""),
    ],
)
def test_pointers_are_shown_as_people_write_them(pointer: str, text: str) -> None:
    """Dotted where the parts are plain names, quoted where they are not."""
    assert dotted(pointer) == text


def test_long_values_are_shortened_and_counted() -> None:
    """A table keeps its shape; the full value is there on demand."""
    assert shown("x" * 500).endswith("… (502 characters)")
    assert shown("x" * 500, full=True) == json.dumps("x" * 500)


def test_whole_floats_are_integers() -> None:
    """The engine's numbers are all floats; 3.0 was typed as 3."""
    assert plain({"a": 3.0, "b": 0.5, "c": float("inf")}) == {"a": 3, "b": 0.5, "c": "inf"}


def test_references_name_their_source() -> None:
    """A reference shows resource and output."""
    reference = Reference("urn:pulumi:dev::p::t::net", "id")
    assert shown(reference) == "net.id"
    assert plain(reference) == {"reference": {"urn": "urn:pulumi:dev::p::t::net", "output": "id"}}


def test_times_are_utc() -> None:
    """Any zone becomes UTC."""
    assert stamp(datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T23:00:00Z"
    assert stamp(datetime(2026, 1, 1, 1, 0, tzinfo=UTC)) == "2026-01-01T01:00:00Z"
    assert stamp(None) is None


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(Unknown())
values = st.recursive(
    leaf | st.text(min_size=1).map(lambda _: Secret("canary-7c1f5b")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values)
def test_any_value_becomes_json_without_secrets(value: object) -> None:
    """No value breaks a document, and no Secret gets into one at any depth."""
    text = json.dumps(plain(value), allow_nan=False)
    assert "canary" not in text
    assert "canary" not in shown(value, full=True)


@given(st.text())
def test_cleaned_text_is_printable(text: str) -> None:
    """Nothing that is left can steer a terminal."""
    assert clean(text).isprintable()


def test_a_client_is_told_where_it_says_more_than_the_caller() -> None:
    """By its name; not as a bare id, and not a second time where the application itself is the caller."""
    guid = "0f3c5dd2-0000-4000-8000-000000000001"
    assert client(Who("eve@example.com", "Azure Portal")) == "Azure Portal"
    assert client(Who("eve@example.com", guid)) == ""
    assert client(Who(guid, guid)) == ""
    assert client(Who("deploy-bot", "Deploy-Bot")) == ""


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-11-21T18:04:00.1234567Z", "2026-11-21T18:04:00Z"),
        ("2026-11-21T19:04:00+01:00", "2026-11-21T18:04:00Z"),
        ("2026-11-21T18:04:00", "2026-11-21T18:04:00Z"),
        ("last week", "last week"),
        ("", ""),
    ],
)
def test_a_recorded_time_is_told_to_the_second(written: str, told: str) -> None:
    """In UTC, however many digits Azure writes; what is no time stays as it is."""
    assert second(written) == told
