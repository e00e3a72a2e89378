"""The language of ARM's expressions. Source of the cases: the reference of template functions."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.expressions import ExpressionError, Scope, functions_of, parsed, resolved

SCOPE: Scope = {
    "parameters": {"list": ["x", "y"], "object": {"inner": ["first", "second"], "Inner": "other"}}.__getitem__,
    "list*": lambda name, *values: [name, *values],
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("[[not one]", "[not one]"),
        ("[[not] one", "[[not] one"),
        ("[not] one", "[not] one"),
        ("[ CONCAT( 'It''s' , ' ' , 'ME' ) ]", "It's ME"),
        ("[replace(substring('it''s', 0, 3), '''', '-')]", "it-"),
        ("[concat('a', 'b', string(-3))]", "ab-3"),
        ("[parameters('object').inner[1]]", "second"),
        ("[parameters('object')['inner'][sub(1, 1)]]", "first"),
        ("[parameters('object').Inner]", "other"),
        ("[parameters('object').INNER[0]]", "first"),
        ('[json(\'{"a": {"b": [[10, 20]]}}\').a.b[0][1]]', 20),
        ("[if(true(), 'yes', div(1, 0))]", "yes"),
        ("[if(false(), json('no json'), 'no')]", "no"),
        ("[and(false(), div(1, 0))]", False),
        ("[or(empty(parameters('list')), equals(parameters('list')[0], 'x'), div(1, 0))]", True),
        ("[listKeys('id', '2024-01-01')]", ["listKeys", "id", "2024-01-01"]),
        ({"a": ["[add(1, 2)]"], "[concat('b', 'c')]": None}, {"a": [3], "bc": None}),
    ],
)
def test_language(text: Any, wanted: Any) -> None:
    """Escapes, quotes, members and items; names in any case; `if`, `and` and `or` look no further than they must."""
    assert resolved(text, SCOPE) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("array('a')", ["a"]),
        ("base64ToString(base64('ü'))", "ü"),
        ("base64ToJson(base64('{}'))", {}),
        ("bool('TRUE')", True),
        ("bool(0)", False),
        ("coalesce(null(), '', 'b')", ""),
        ("concat(createArray(1), createArray(2, 3))", [1, 2, 3]),
        ("contains('OneTwo', 'one')", False),
        ("contains(createArray('One'), 'one')", False),
        ("contains(createArray('One', 2), 2)", True),
        ("contains(createObject('One', 1), 'ONE')", True),
        ("div(-7, 2)", -3),
        ("mod(-7, 2)", -1),
        ("empty(json('{}'))", True),
        ("empty(null())", True),
        ("endsWith('abcdef', 'F')", True),
        ("equals('Same', 'same')", False),
        ("equals(1, true())", False),
        ("equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))", True),
        ("first('')", ""),
        ("first(createArray())", None),
        ("last('One')", "e"),
        ("format('{0}-{1}{{}}', '{1}', 7)", "{1}-7{}"),
        ("greater('A', 'a')", True),
        ("less('A', 'b')", True),
        ("length(guid('a', 'b'))", 36),
        ("length(uniqueString('a'))", 13),
        ("indexOf('testing', 'T')", 0),
        ("lastIndexOf('test', 'T')", 3),
        ("indexOf(createArray('one', 'two'), 'Two')", -1),
        ("lastIndexOf(createArray(1, 2, 3, 1), 1)", 3),
        ("int('-12')", -12),
        (
            "intersection(createObject('one', 'a', 'two', 'b'), createObject('one', 'a', 'two', 'z'))",
            {"one": "a"},
        ),
        ("intersection(createArray(1, 2, 3), createArray(2, 3), createArray(3))", [3]),
        ("items(createObject('b', 2, 'a', 1))", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
        ("join(createArray('a', 1), '-')", "a-1"),
        ("max(createArray(1, 5, 3))", 5),
        ("min(4, 2)", 2),
        ("padLeft(7, 3, '0')", "007"),
        ("range(5, 3)", [5, 6, 7]),
        ("take(skip(createArray(1, 2, 3, 4), 1), 2)", [2, 3]),
        ("skip('abc', -1)", "abc"),
        ("split('a;b,c', createArray(';', ','))", ["a", "b", "c"]),
        ("string(true())", "True"),
        ("string(createArray('a', 1))", '["a",1]'),
        ("substring('abcdef', 2, 3)", "cde"),
        ("union(createArray('a', 'b'), createArray('b', 'c'))", ["a", "b", "c"]),
        (
            "union(createObject('p', createObject('a', 1, 'b', 2)), createObject('p', createObject('b', 3)))",
            {"p": {"a": 1, "b": 3}},
        ),
        ("uri('http://a/b/', '/c')", "http://a/b/c"),
    ],
)
def test_functions(text: str, wanted: Any) -> None:
    """What each gives. Source: the remarks and examples of the reference, casing and signs among them."""
    assert resolved(f"[{text}]", {}) == wanted


@pytest.mark.parametrize(
    "text",
    ["[concat('a']", "[concat('a') b]", "[a b]", "[1..2]", "['open]", "['a' 'b']", "[1 + 1]", "[]", "[concat('a',)]",
     f"[{'f(' * 70}{')' * 70}]"],
)  # fmt: skip
def test_broken_expressions(text: str) -> None:
    """What cannot be read is refused, also when it is nested without end."""
    with pytest.raises(ExpressionError):
        parsed(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing()", "The template function 'nothing' is not valid."),
        ("json('{\"a\": 1}').b", "The language expression property 'b' doesn't exist, available properties are 'a'."),
        ("createArray(1)[1]", "The language expression property array index '1' is out of bounds."),
        ("createArray(1)[-1]", "The language expression property array index '-1' is out of bounds."),
        ("string(1).b", "The language expression property 'b' can't be evaluated."),
        ("if('true', 1, 2)", "The arguments of the template language function 'if' are not valid."),
        ("if(true(), 1)", "The arguments of the template language function 'if' are not valid."),
        ("and(1, 1)", "The arguments of the template language function 'and' are not valid."),
        ("or()", "The arguments of the template language function 'or' are not valid."),
        ("add('a', 'b')", "The arguments of the template language function 'add' are not valid."),
        ("mul(9223372036854775807, 2)", "The arguments of the template language function 'mul' are not valid."),
        ("concat('a', createArray('b'))", "The arguments of the template language function 'concat' are not valid."),
        ("int('1_0')", "The arguments of the template language function 'int' are not valid."),
        ("bool('yes')", "The arguments of the template language function 'bool' are not valid."),
        ("first(0)", "The arguments of the template language function 'first' are not valid."),
        ("less('a', 1)", "The arguments of the template language function 'less' are not valid."),
        ("format('{1}', 'a')", "The arguments of the template language function 'format' are not valid."),
        ("json('no json')", "The template language function 'json' expects valid JSON."),
        ("substring('rt', 0, 5)", "the index of substring lies outside 'rt'"),
        ("range(0, 1000000000)", "1000000000 is more than range takes"),
        ("padLeft('x', 1000000000)", "1000000000 is more than padLeft takes"),
        ("replace(padLeft('', 100000), ' ', 'ab')", "A function gives a text of more than 131072 characters."),
    ],
)
def test_expressions_that_fail(text: str, said: str) -> None:
    """What has no value, or would grow without end, is told by name."""
    with pytest.raises(EvaluationFailed) as failure:
        resolved(f"[{text}]", {})
    assert str(failure.value) == said


def test_functions_are_known_before_they_run() -> None:
    """Every function that a text calls, arguments and indexes included."""
    assert functions_of(parsed("[if(f(), G()[h('x')].name, 1)]")) == {"if", "f", "g", "h"}
