"""Questions to a place: what is missing, not known, of another kind, or secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.estate import Estate, Given
from azkeep.policy.node import Node, any_text, first_set
from azkeep.policy.truth import NotDecided, State, Truth, settle

URN = "urn:pulumi:dev::shop::azure-native:network:VirtualNetwork::net"


def root(body: Any) -> Node:
    return Estate((Given("Example/things", "one", None, body),)).documents[0].root


def node(value: Any) -> Node:
    return root({"properties": {"it": value}})["properties.it"]


QUESTIONS: dict[str, Callable[[Node], Truth]] = {
    "is_set": lambda it: it.is_set(),
    "has_text": lambda it: it.has_text(),
    "has_items": lambda it: it.has_items(),
    "has_members": lambda it: it.has_members(),
    "equals": lambda it: it.equals("Disabled"),
    "differs": lambda it: it.differs("Enabled"),
    "is_true": lambda it: it.is_true(),
    "is_false": lambda it: it.is_false(),
    "matches": lambda it: it.matches("dis.*"),
    "at_least": lambda it: it.at_least(3),
    "at_most": lambda it: it.at_most(3),
    "satisfies": lambda it: it.satisfies(lambda text: int(text) > 2),
    "contains": lambda it: it.contains("a"),
    "every": lambda it: it.every(lambda item: item.equals("a")),
    "some": lambda it: it.some(lambda item: item.equals("a")),
}
KINDS = {
    "has_text": str, "equals": str, "differs": str, "matches": str, "satisfies": str, "is_true": bool,
    "is_false": bool, "at_least": int | float, "at_most": int | float, "has_items": list | dict, "has_members": dict,
    "contains": list | dict, "every": list | dict, "some": list | dict,
}  # fmt: skip
values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("question", QUESTIONS)
class TestEveryQuestion:
    def test_unknown(self, question: str) -> None:
        """A value that is not known leaves the answer open, and the place in the evidence."""
        found = QUESTIONS[question](node(Unknown()))
        assert found.state is State.UNKNOWN
        assert [piece.path for piece in found.evidence] == ["/properties/it"]

    def test_below_an_unknown(self, question: str) -> None:
        """So does a place inside one."""
        place = root({"properties": Unknown()})["properties.it"]
        assert QUESTIONS[question](place).state is State.UNKNOWN

    def test_null_is_missing(self, question: str) -> None:
        """Null answers as what is not there at all."""
        absent = root({"properties": {}})["properties.it"]
        assert QUESTIONS[question](node(None)).state is QUESTIONS[question](absent).state
        assert QUESTIONS[question](node(None)).state in (State.TRUE, State.FALSE)

    def test_secret_answers_as_its_value(self, question: str) -> None:
        """A secret is judged by what it holds, and never shown."""
        for value in ("Disabled", "7", True, 3, ["a"], {"b": "a"}, Unknown()):
            assert QUESTIONS[question](node(Secret(value))).state is QUESTIONS[question](node(value)).state

    @given(value=values)
    def test_any_value_gets_an_answer(self, question: str, value: Any) -> None:
        """No JSON value makes a question raise; a value of another kind is WRONG, and so is its negation."""
        found = settle(lambda: QUESTIONS[question](node(value)))
        kind = KINDS.get(question)
        if value is None or kind is None:
            return
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            assert found.state is State.WRONG
            assert (~found).state is State.WRONG


class TestAnswers:
    def test_letter_case(self) -> None:
        """Names and texts have no letter case."""
        place = root({"Properties": {"IT": "DISABLED"}})["properties.it"]
        assert place.equals("disabled").state is State.TRUE
        assert place.path == "/Properties/IT"

    def test_true_is_not_one(self) -> None:
        """A number is no truth value, nor the other way round."""
        assert node(1).is_true().state is State.WRONG
        assert node(True).at_least(0).state is State.WRONG
        assert node(True).equals("true").state is State.WRONG

    def test_missing_is_as_the_rule_says(self) -> None:
        """What a missing value means is the asker's to say."""
        assert node(None).equals("x", missing=True).state is State.TRUE
        assert node(None).every(lambda item: item.equals("a"), missing=False).state is State.FALSE
        assert node([]).every(lambda item: item.equals("a"), missing=False).state is State.TRUE

    def test_reference_counts_as_set(self) -> None:
        """The output of another resource is set, though not known."""
        place = node(Reference(URN, "id"))
        assert (place.is_set().state, place.has_text().state) == (State.TRUE, State.TRUE)
        assert place.equals("x").state is State.UNKNOWN

    def test_blank_text(self) -> None:
        """Blanks are no text."""
        assert node("  ").has_text().state is State.FALSE

    def test_walk(self) -> None:
        """`*` stands for all items and members; a `*` at something missing gives nothing."""
        body = {"rules": {"a": {"ports": [1, 2]}, "b": {"ports": [3]}, "c": {}}}
        assert [place.path for place in root(body).walk("rules.*.ports.*")] == [
            "/rules/a/ports/0", "/rules/a/ports/1", "/rules/b/ports/0",
        ]  # fmt: skip

    def test_walk_over_a_text(self) -> None:
        """A `*` at a text stops the rule."""
        with pytest.raises(NotDecided) as raised:
            list(root({"rules": "all"}).walk("rules.*"))
        assert raised.value.truth.state is State.WRONG

    def test_members_with_dots(self) -> None:
        """A member's key may hold dots and slashes; the path escapes them."""
        place = root({"userAssignedIdentities": {"/a.b/c": {"principalId": "p"}}})["userAssignedIdentities"]
        assert place.member("/a.b/c").path == "/userAssignedIdentities/~1a.b~1c"
        assert [key.value for key in place.keys()] == ["/a.b/c"]  # noqa: SIM118 - a Node is no dict

    def test_first_set_and_any_text(self) -> None:
        """The first place with something in it, and one of several texts."""
        one, other = node(None), node("b")
        assert first_set(one, other) is other
        assert first_set(one) is one
        assert any_text((one, other), "B").state is State.TRUE

    def test_contains_all(self) -> None:
        """A list contains what is asked for when it has each."""
        assert node(["A", "b"]).contains("a", "B").state is State.TRUE
        assert node(["a", Unknown()]).contains("a", "b").state is State.UNKNOWN
        assert node(["a"]).contains("a", "b").state is State.FALSE


class TestInsideSecrets:
    def test_members_of_a_secret_stay_secret(self) -> None:
        """What lies inside a secret object is judged, and hidden."""
        place = root({"properties": Secret({"credentials": {"key": "canary", "list": ["canary"]}})})
        found = place["properties.credentials.key"]
        assert found.equals("other").evidence[0].found == Secret("canary")
        assert found.is_secret().state is State.TRUE
        assert [each.evidence().found for each in place.walk("properties.credentials.list.*")] == [Secret("canary")]

    def test_secret_null_is_missing(self) -> None:
        """A secret that holds nothing is not there."""
        assert node(Secret(None)).is_missing
