"""Conditions: Kleene's tables with WRONG and NOT_APPLICABLE, and what must hold of any of their combinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.policy.truth import (
    FALSE,
    NOT_APPLICABLE,
    TRUE,
    NotDecided,
    State,
    Truth,
    all_of,
    any_of,
    deferred,
    every,
    fact,
    settle,
    some,
    when,
)

LETTERS = {"T": TRUE, "F": FALSE, "W": Truth(State.WRONG), "U": deferred("later"), "N": NOT_APPLICABLE}
NAMES = {truth.state: letter for letter, truth in LETTERS.items()}
ORDER = "TFWUN"
AND = {"T": "TFWUT", "F": "FFFFF", "W": "WFWWW", "U": "UFWUU", "N": "TFWUN"}
"""Row & column, columns in ORDER; NOT_APPLICABLE is left out."""
OR = {"T": "TTTTT", "F": "TFWUF", "W": "TWWUW", "U": "TUUUU", "N": "TFWUF"}
"""Row | column; nothing that applies is nothing that holds."""
NOT = dict(zip(ORDER, "FTWUN", strict=True))
states = st.sampled_from(ORDER)
known = st.sampled_from("TF")


def letter(truth: Truth) -> str:
    return NAMES[truth.state]


@st.composite
def formulas(draw: Any, depth: int = 4) -> Any:
    """A formula as nested tuples over the variables 0 to 3."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.integers(0, 3))
    kind = draw(st.sampled_from(["and", "or", "not"]))
    parts = 1 if kind == "not" else 2
    return (kind, *(draw(formulas(depth=depth - 1)) for _ in range(parts)))


def value(formula: Any, given: str) -> Truth:
    if isinstance(formula, int):
        return LETTERS[given[formula]]
    kind, *parts = formula
    found = [value(part, given) for part in parts]
    if kind == "not":
        return ~found[0]
    return found[0] & found[1] if kind == "and" else found[0] | found[1]


class TestTables:
    @pytest.mark.parametrize("left", ORDER)
    @pytest.mark.parametrize("right", ORDER)
    def test_conjunction(self, left: str, right: str) -> None:
        """FALSE decides, then WRONG, then UNKNOWN; in both orders."""
        wanted = AND[left][ORDER.index(right)]
        assert letter(LETTERS[left] & LETTERS[right]) == wanted
        assert letter(LETTERS[right] & LETTERS[left]) == wanted

    @pytest.mark.parametrize("left", ORDER)
    @pytest.mark.parametrize("right", ORDER)
    def test_disjunction(self, left: str, right: str) -> None:
        """TRUE decides, then UNKNOWN, then WRONG; in both orders."""
        wanted = OR[left][ORDER.index(right)]
        assert letter(LETTERS[left] | LETTERS[right]) == wanted
        assert letter(LETTERS[right] | LETTERS[left]) == wanted

    @pytest.mark.parametrize("given", ORDER)
    def test_negation(self, given: str) -> None:
        """Only what is decided turns round: a mangled value is not mended by a `not`."""
        assert letter(~LETTERS[given]) == NOT[given]

    @pytest.mark.parametrize(
        ("condition", "row"), {"T": "TFWUN", "F": "NNNNN", "W": "WWWWW", "U": "TUUUN", "N": "NNNNN"}.items()
    )
    def test_when(self, condition: str, row: str) -> None:
        """Outside the condition nothing applies; a condition that is not known leaves only what holds anyway."""
        found = [letter(when(LETTERS[condition], LETTERS[required])) for required in ORDER]
        assert "".join(found) == row

    def test_nothing(self) -> None:
        """A conjunction of nothing holds, a disjunction of nothing does not."""
        assert letter(all_of(())) == letter(every((), lambda _: FALSE)) == "T"
        assert letter(any_of(())) == letter(some((), lambda _: TRUE)) == "F"


class TestLaws:
    @given(states)
    def test_double_negation(self, one: str) -> None:
        """`not not x` is `x`."""
        assert letter(~~LETTERS[one]) == one

    @given(states, states)
    def test_de_morgan(self, one: str, other: str) -> None:
        """De Morgan holds but where a mangled value meets an unknown one, and where nothing applies."""
        left, right = LETTERS[one], LETTERS[other]
        if {one, other} not in ({"W", "U"}, {"N"}):
            assert letter(~(left & right)) == letter(~left | ~right)
        if {one, other} not in ({"W", "U"}, {"N"}):
            assert letter(~(left | right)) == letter(~left & ~right)

    @pytest.mark.parametrize("join", [all_of, any_of])
    @given(given=st.lists(states, max_size=5), order=st.randoms())
    def test_order_does_not_matter(self, join: Callable[..., Truth], given: list[str], order: Any) -> None:
        """The same states in any order come to the same."""
        shuffled = order.sample(given, len(given))
        assert join(LETTERS[each] for each in given).state is join(LETTERS[each] for each in shuffled).state

    @given(formulas(), st.lists(states, min_size=4, max_size=4).map("".join), st.integers(0, 3))
    def test_unknown_never_makes_true(self, formula: Any, given: str, place: int) -> None:
        """Whatever is written with and, or, not: what did not hold does not hold because an input is not known."""
        before = letter(value(formula, given))
        after = letter(value(formula, f"{given[:place]}U{given[place + 1 :]}"))
        assert after != "T" or before == "T"

    @given(formulas(), st.lists(st.sampled_from("TFU"), min_size=4, max_size=4).map("".join), st.integers(0, 3), known)
    def test_decided_stays(self, formula: Any, given: str, place: int, learnt: str) -> None:
        """What is decided in spite of an unknown is what it comes to once the unknown is known."""
        before = letter(value(formula, f"{given[:place]}U{given[place + 1 :]}"))
        after = letter(value(formula, f"{given[:place]}{learnt}{given[place + 1 :]}"))
        assert before in ("U", after)

    @given(formulas(), st.lists(states, min_size=4, max_size=4).map("".join), st.integers(0, 3))
    def test_wrong_never_makes_both_true(self, formula: Any, given: str, place: int) -> None:
        """No formula and its negation both hold, however mangled the values are."""
        spoilt = f"{given[:place]}W{given[place + 1 :]}"
        assert {letter(value(formula, spoilt)), letter(value(("not", formula), spoilt))} != {"T"}


class TestAsking:
    @pytest.mark.parametrize("open_", "WUN")
    def test_open_truth_stops_the_rule(self, open_: str) -> None:
        """A Truth that is not decided is no bool: the question ends there, with it as the answer."""
        with pytest.raises(NotDecided):
            bool(LETTERS[open_])
        assert settle(lambda: TRUE if LETTERS[open_] else FALSE) is LETTERS[open_]

    def test_decided_truth_is_a_bool(self) -> None:
        """TRUE and FALSE may be asked as Python asks."""
        assert (bool(TRUE), bool(FALSE)) == (True, False)

    def test_one_item_stops_alone(self) -> None:
        """An item that stops at an unknown leaves a later fault to be found, and a later hit."""
        items = [deferred("open"), TRUE, FALSE]
        assert every(items, lambda each: TRUE if each else FALSE).state is State.FALSE
        assert some(items, lambda each: TRUE if each else FALSE).state is State.TRUE

    def test_requirement_is_not_asked_outside(self) -> None:
        """Where the condition does not hold the requirement is not even read."""

        def never() -> Truth:
            raise AssertionError

        assert when(FALSE, never) is NOT_APPLICABLE

    def test_evidence_of_what_decided(self) -> None:
        """Only the places that decided are kept, each once, and the first reason."""
        from azkeep.policy.estate import Estate

        document = Estate.of_documents([{"type": "Example/things", "name": "one", "a": 1, "b": 2}]).documents[0]
        bad, fine = document["a"].equals(5), document["b"].equals(2)
        found = all_of((bad, fine, bad.because("five is due")))
        assert [piece.path for piece in found.evidence] == ["/a"]
        assert found.reason == "five is due"
        assert fact(True).otherwise("not said") == fact(True)
