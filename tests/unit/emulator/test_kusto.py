"""Queries over small tables: what they give, and what they are refused for."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.kusto.errors import QueryError
from azkeep.emulator.kusto.execution import run
from azkeep.emulator.kusto.kinds import Kind
from azkeep.emulator.kusto.parser import parse
from azkeep.emulator.kusto.relation import Relation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COLUMNS: dict[str, Kind] = {
    "id": "string",
    "name": "string",
    "type": "string",
    "age": "long",
    "made": "datetime",
    "properties": "dynamic",
    "tags": "dynamic",
}
ROWS: list[dict[str, Any]] = [
    {
        "id": "/a",
        "name": "Alpha",
        "type": "x/y",
        "age": 3,
        "made": NOW - timedelta(days=2),
        "properties": {"open": True, "nested": {"size": 5}, "odd.name": "dot", "list": ["p", "q"]},
        "tags": {"team": "red"},
    },
    {
        "id": "/b",
        "name": "beta-one",
        "type": "X/Y",
        "age": 1,
        "made": NOW - timedelta(hours=1),
        "properties": {"open": False, "nested": {"size": 7}, "when": "2026-02-28T00:00:00Z", "list": []},
        "tags": None,
    },
    {"id": "/c", "name": "gamma", "type": "z", "age": 2, "made": None, "properties": {}, "tags": {}},
]
OTHERS: list[dict[str, Any]] = [
    {"key": "x/y", "owner": "me"},
    {"key": "x/y", "owner": "you"},
    {"key": "q", "owner": "no"},
]


def _tables(name: str) -> Relation:
    if name == "owners":
        return Relation({"key": "string", "owner": "string"}, OTHERS)
    if name != "things":
        raise QueryError("DisallowedLogicalTableName", name)
    return Relation(COLUMNS, ROWS)


def ask(query: str) -> list[dict[str, Any]]:
    """The rows that a query gives."""
    return [dict(row) for row in run(parse(query), _tables, NOW).rows]


def names(condition: str) -> list[str]:
    """Names of the things that a condition holds for, in order."""
    return [row["name"] for row in ask(f"things | where {condition}")]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("type == 'x/y'", ["Alpha"]),
        ("type =~ 'x/y'", ["Alpha", "beta-one"]),
        ("type != 'x/y'", ["beta-one", "gamma"]),
        ("type !~ 'x/y'", ["gamma"]),
        ("type in ('x/y', 'z')", ["Alpha", "gamma"]),
        ("type in~ ('X/y', 'q')", ["Alpha", "beta-one"]),
        ("type !in~ ('x/y')", ["gamma"]),
        ("type in~ (dynamic(['z', 'q']))", ["gamma"]),
        ("name contains 'A'", ["Alpha", "beta-one", "gamma"]),
        ("name contains_cs 'A'", ["Alpha"]),
        ("name !contains 'lph'", ["beta-one", "gamma"]),
        ("name startswith 'BETA'", ["beta-one"]),
        ("name !endswith_cs 'a'", ["beta-one"]),
        ("name has 'one'", ["beta-one"]),
        ("name has 'on'", []),
        ("name has_any ('x', 'one')", ["beta-one"]),
        ("properties.open == true", ["Alpha"]),
        ("properties.open", ["Alpha"]),
        ("properties.open == false and age < 2", ["beta-one"]),
        ("properties['odd.name'] == 'dot'", ["Alpha"]),
        ("properties.nested.size > 5", ["beta-one"]),
        ("properties.nested['size'] between (5 .. 6)", ["Alpha"]),
        ("properties.list[0] == 'p' or properties.list[-1] == 'x'", ["Alpha"]),
        ("isnotempty(tags.team)", ["Alpha"]),
        ("isnull(tags)", ["beta-one"]),
        ("isempty(properties.open)", ["gamma"]),
        ("properties.absent != 'x'", ["Alpha", "beta-one", "gamma"]),
        ("properties.absent == properties.absent", []),
        ("made > ago(1d)", ["beta-one"]),
        ("made <= now() - 1d", ["Alpha"]),
        ("made >= datetime(2026-03-01)", ["beta-one"]),
        ("todatetime(properties.when) < datetime(2026-03-01T00:00:00Z)", ["beta-one"]),
        ("not(age == 3) and (type == 'z' or age == 1)", ["beta-one", "gamma"]),
        ("age == 1 or age == 2 and type == 'nowhere'", ["beta-one"]),
        ("tolower(name) == 'alpha' // the first\n", ["Alpha"]),
        ("array_length(properties.list) == 2", ["Alpha"]),
        ("strcat(name, '-', tostring(age)) == \"gamma-2\"", ["gamma"]),
        ("iff(age > 2, 'old', 'young') == 'old'", ["Alpha"]),
        ("name == @'gamma'", ["gamma"]),
        ("-age == -2", ["gamma"]),
    ],
)
def test_condition(condition: str, expected: list[str]) -> None:
    """A condition holds for these rows, as Kusto defines its operators."""
    assert names(condition) == expected


def test_project_names_paths_and_conversions() -> None:
    """Columns without a name of their own take it from the path; others are numbered."""
    first = ask("things | project name, properties.nested.size, tostring(tags.team), age + 1, open=properties.open")[0]
    assert first == {
        "name": "Alpha",
        "properties_nested_size": 5,
        "tags_team": "red",
        "Column4": 4,
        "open": True,
    }


def test_extend_adds_and_project_away_takes() -> None:
    """extend keeps the other columns, project-away and project-rename change names alone."""
    rows = ask("things | extend old = age >= 2 | project-away id, properties, tags, made, type | project-rename n=name")
    assert rows == [
        {"n": "Alpha", "age": 3, "old": True},
        {"n": "beta-one", "age": 1, "old": False},
        {"n": "gamma", "age": 2, "old": True},
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("things | order by age", ["Alpha", "gamma", "beta-one"]),
        ("things | sort by age asc", ["beta-one", "gamma", "Alpha"]),
        ("things | order by tolower(type) asc, age desc", ["Alpha", "beta-one", "gamma"]),
        ("things | order by made asc", ["gamma", "Alpha", "beta-one"]),
        ("things | order by made asc nulls last", ["Alpha", "beta-one", "gamma"]),
        ("things | top 1 by age", ["Alpha"]),
        ("things | order by age asc | take 2", ["beta-one", "gamma"]),
        ("things | limit 1", ["Alpha"]),
    ],
)
def test_order(query: str, expected: list[str]) -> None:
    """Descending unless asked otherwise, and null is less than everything."""
    assert [row["name"] for row in ask(query)] == expected


def test_count_and_summarize() -> None:
    """count gives one row, summarize one for each group, with Kusto's names."""
    assert ask("things | where age > 5 | count") == [{"Count": 0}]
    assert ask(
        "things | summarize count(), max(age), sizes=make_list(properties.nested.size) by kind=tolower(type)"
    ) == [
        {"kind": "x/y", "count_": 2, "max_age": 3, "sizes": [5, 7]},
        {"kind": "z", "count_": 1, "max_age": 2, "sizes": []},
    ]
    assert ask("things | summarize total=sum(age), countif(age > 1), dcount(type)") == [
        {"total": 6, "countif_": 2, "dcount_type": 3}
    ]


def test_latest_of_each_group() -> None:
    """arg_max gives the row with the greatest value, with all its columns or the named ones."""
    assert ask("things | summarize arg_max(age, name) by tolower(type)") == [
        {"Column1": "x/y", "age": 3, "name": "Alpha"},
        {"Column1": "z", "age": 2, "name": "gamma"},
    ]
    whole = ask("things | summarize arg_max(age, *)")
    assert (whole[0]["name"], set(whole[0])) == ("Alpha", set(COLUMNS))


def test_distinct() -> None:
    """distinct keeps the first of equal rows."""
    assert ask("things | extend t=tolower(type) | distinct t") == [{"t": "x/y"}, {"t": "z"}]


def test_expand() -> None:
    """mv-expand gives one row for each item, one with null for an empty list, and casts where asked."""
    rows = ask("things | where age != 2 | mv-expand item = properties.list to typeof(string) | project name, item")
    assert rows == [{"name": "Alpha", "item": "p"}, {"name": "Alpha", "item": "q"}, {"name": "beta-one", "item": ""}]
    assert ask("things | where age == 3 | mv-expand tags | project tags.team") == [{"tags_team": "red"}]


def test_join() -> None:
    """inner gives every pair, leftouter the left alone too, innerunique one row of the left for each key."""
    left = "things | extend key=tolower(type) | project name, key"
    right = "(owners | project key, owner)"
    assert [(r["name"], r["owner"]) for r in ask(f"{left} | join kind=inner {right} on key")] == [
        ("Alpha", "me"),
        ("Alpha", "you"),
        ("beta-one", "me"),
        ("beta-one", "you"),
    ]
    outer = ask(f"{left} | join kind=leftouter (owners | where owner != 'you') on $left.key == $right.key")
    assert [(r["name"], r["owner"], r["key1"]) for r in outer] == [
        ("Alpha", "me", "x/y"),
        ("beta-one", "me", "x/y"),
        ("gamma", None, None),
    ]
    assert [(r["name"], r["owner"]) for r in ask(f"{left} | join owners on key")] == [("Alpha", "me"), ("Alpha", "you")]


def test_union() -> None:
    """union appends the rows of other queries, with the columns of both."""
    rows = ask("things | project name | union (owners | project owner | take 1)")
    assert rows[-1] == {"name": None, "owner": "me"}
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("things | where", "ParserFailure", "an expression, found '<EOF>'"),
        ("things | where name ==", "ParserFailure", "an expression"),
        ("things | where (name == 'a'", "ParserFailure", "')'"),
        ("things | where name == 'a", "ParserFailure", "found '''"),
        ("things name", "ParserFailure", "'|' or the end"),
        ("things | take many", "ParserFailure", "a whole number"),
        ("things | where name ? 'a'", "ParserFailure", "found '?'"),
        ("things | join owners on $left.key > $right.key", "ParserFailure", "$left.column == $right.column"),
        ("things | evaluate bag_unpack(properties)", "NotSupported", "The operator 'evaluate'"),
        ("things | where name matches regex 'a+'", "NotSupported", "The operator 'matches'"),
        ("things | join kind=fullouter owners on key", "NotSupported", "The join kind 'fullouter'"),
        ("things | where tollower(name) == 'a'", "UnknownFunction", "Unknown function: 'tollower'."),
        ("things | where Name == 'a'", "SemanticError", "Failed to resolve scalar expression named 'Name'"),
        ("things | where name.first == 'a'", "SemanticError", "has no members"),
        ("things | where strlen(name)", "SemanticError", "of kind 'bool', not 'long'"),
        ("things | project-away nothing", "SemanticError", "Failed to resolve column named 'nothing'"),
        ("things | summarize count() by properties.open", "SemanticError", "explicit cast"),
        ("things | order by properties.open", "SemanticError", "key can't be of dynamic type"),
        (
            "things | extend k=properties.open | join kind=inner owners on k",
            "SemanticError",
            "join key 'k' is of a 'dynamic' type",
        ),
        ("things | where iff(true) == 1", "SemanticError", "expects 3 argument(s)"),
        ("things | where name + 'a' == 'b'", "SemanticError", "strcat() joins text"),
        ("nothing | take 1", "DisallowedLogicalTableName", "nothing"),
        ("things | where " + "(" * 200 + "true" + ")" * 200, "QueryTooComplex", "nested too deeply"),
        ("things | where age == " + "-" * 5000 + "1", "QueryTooComplex", "nested too deeply"),
        ("things | where dynamic(" + "[" * 5000 + ") == 1", "ParserFailure", "a JSON value"),
    ],
)
def test_refusal(query: str, code: str, words: str) -> None:
    """What is wrong is named with its code; nothing is quietly passed over."""
    with pytest.raises(QueryError) as caught:
        ask(query)
    assert caught.value.code == code
    assert words in caught.value.message


def test_place_of_a_failure() -> None:
    """A parser failure says line, column and token, as Azure does."""
    with pytest.raises(QueryError) as caught:
        ask("things\n| where name = 'a'")
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column, caught.value.place.token) == (2, 13, "=")


WORDS = st.sampled_from(
    ["things", "|", "where", "project", "extend", "summarize", "count()", "by", "name", "age", "properties", ".", "[0]",
     "==", "=~", "in~", "(", ")", "'a'", "1", "1d", "ago(1d)", "and", "-", ",", "order", "asc", "mv-expand", "join",
     "owners", "on", "*", "tostring(", "dynamic(", "{", "]", "arg_max(", "take", "99999999999999999999d", "/ 0", "true"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14))
def test_any_words_give_rows_or_a_query_error(words: list[str]) -> None:
    """However the words of the language are thrown together, the answer is rows or a QueryError."""
    with suppress(QueryError):
        assert isinstance(ask("things | " + " ".join(words)), list)


@given(st.text(max_size=60))
def test_any_text_as_a_literal_survives(text: str) -> None:
    """Text in quotes, escaped, is the same text again."""
    quoted = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    assert ask(f"things | take 1 | project found='{quoted}'") == [{"found": text}]
