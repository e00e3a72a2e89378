"""What a judgement fills in, what it shows, and that it never shows a secret."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azkeep.model.finding import Finding, Verdict
from azkeep.model.severity import Severity
from azkeep.model.value import Reference, Secret, Unknown, join, split
from azkeep.policy.defaults import with_defaults
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import Parameters, evaluate, judge, masked, shown
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.rule import Needs, rule
from azkeep.policy.truth import Truth
from azkeep.types import all_types, by_arm_type

RULES = load_rules(shipped())
CANARY = "canary-7f3a91"
SECRET_TYPES = [type_ for type_ in all_types() if type_.secrets]
DEFAULTED = [type_ for type_ in all_types() if type_.defaults]
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
URN = "urn:pulumi:dev::shop::azure-native:keyvault:Vault::kv"


def id_of(type_: str) -> str:
    namespace, *kinds = type_.split("/")
    return f"{GROUP}/providers/{namespace}/" + "/".join(f"{kind}/one" for kind in kinds)


def nested(pointer: str, value: Any) -> Any:
    found = value
    for part in reversed(split(pointer)):
        found = [found] if part.isdigit() else {part if part != "*" else "any": found}
    return found


class TestDefaults:
    @pytest.mark.parametrize("type_", DEFAULTED, ids=lambda type_: type_.arm_type)
    def test_filled_once(self, type_: Any) -> None:
        """Filling in again changes nothing, and null is filled in as what is missing."""
        once = with_defaults(type_, {"name": "one"})
        assert with_defaults(type_, once) == once
        for pointer, value in type_.defaults.items():
            if "*" not in pointer:
                empty = with_defaults(type_, nested(pointer, None))
                assert get(empty, pointer) == value

    @pytest.mark.parametrize("type_", DEFAULTED, ids=lambda type_: type_.arm_type)
    @pytest.mark.parametrize("kept", [Unknown(), Reference(URN, "id"), "own", 0, False], ids=repr)
    def test_what_is_said_stays(self, type_: Any, kept: Any) -> None:
        """What is said, be it empty or not known, is left alone."""
        for pointer in type_.defaults:
            if "*" not in pointer:
                assert get(with_defaults(type_, nested(pointer, kept)), pointer) == kept

    def test_live_documents_are_left_alone(self) -> None:
        """What a cloud answered is judged as it is: absent is absent."""
        type_ = next(each for each in DEFAULTED if not any("*" in pointer for pointer in each.defaults))
        document = {"id": id_of(type_.arm_type), "type": type_.arm_type, "name": "one"}
        assert Estate.of_documents([document]).documents[0].body == document
        assert Estate.of_documents([document], is_live=False).documents[0].body == with_defaults(type_, document)


def get(document: Any, pointer: str) -> Any:
    for part in split(pointer):
        document = document[part]
    return document


def texts(findings: tuple[Finding, ...]) -> str:
    return json.dumps([[each.message, each.found, [place.found for place in each.places]] for each in findings])


@rule("EX-ALL-001", "Nothing is there", severity=Severity.LOW, on="*", fix="-", needs=Needs.ATTRIBUTE)
def _reads_everything(document: Any) -> Truth:
    return ~document["properties"].is_set() & ~document["properties.value"].is_set()


class TestSecrets:
    @pytest.mark.parametrize("type_", SECRET_TYPES, ids=lambda type_: type_.arm_type)
    def test_what_the_type_calls_secret(self, type_: Any) -> None:
        """A secret in a document that nobody marked is masked, where it stands and in whatever holds it."""
        for pointer in type_.secrets:
            spelled = pointer.replace("*", "any")
            for form in (spelled, spelled.upper()):
                body = nested(form, CANARY)
                for length in range(len(split(form)) + 1):
                    at = split(form)[:length]
                    held = body if not at else get(body, join(at))
                    assert CANARY not in json.dumps(shown(masked(type_.arm_type, join(at), held))), (pointer, at)

    @pytest.mark.parametrize("type_", SECRET_TYPES, ids=lambda type_: type_.arm_type)
    def test_no_rule_shows_one(self, type_: Any) -> None:
        """No rule's finding holds a secret of the type, read from a cloud or declared."""
        for pointer in type_.secrets:
            body = {"id": id_of(type_.arm_type), "type": type_.arm_type, **nested(pointer, CANARY)}
            declared = Given(type_.arm_type, "one", body["id"], nested(pointer, Secret(CANARY)), urn=URN)
            for estate in (Estate.of_documents([body]), Estate((declared,))):
                assert CANARY not in texts(evaluate((*RULES, _reads_everything), estate)), pointer

    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.data())
    def test_marked_by_the_program(self, data: Any) -> None:
        """What a program marks as secret, at any height of any document, is in no finding."""
        given_rule = data.draw(st.sampled_from([each for each in RULES if each.paths and "/" in each.on[0]]))
        path = data.draw(st.sampled_from([each for each in given_rule.paths if ":" not in each] or ["properties"]))
        parts = path.replace("[*]", ".0").replace("*", "0").split(".")
        height = data.draw(st.integers(0, len(parts) - 1))
        value = data.draw(st.sampled_from([CANARY, [CANARY], {CANARY: CANARY}, {"value": CANARY}]))
        inner = nested(join(tuple(parts[height + 1 :])), value)
        body = nested(join(tuple(parts[: height + 1])), Secret(inner))
        estate = Estate((Given(given_rule.on[0], "one", None, body, urn=URN),))
        found = evaluate((given_rule,), estate)
        assert Verdict.ERROR not in {each.verdict for each in found}
        assert CANARY not in texts(found)

    def test_unknown_and_references_are_told(self) -> None:
        """What is not known hides nothing, and says so."""
        type_ = by_arm_type("Microsoft.KeyVault/vaults/secrets")
        assert type_ is not None
        assert shown(masked(type_.arm_type, type_.secrets[0], Unknown())) == "not known yet"
        assert shown(masked(type_.arm_type, type_.secrets[0], None)) is None
        assert shown(Reference(URN, "id")) == "id of kv"


class TestRuleThatRaises:
    def test_is_an_error(self) -> None:
        """A rule that raises gives a finding about itself, never a pass."""

        @rule("EX-ERR-001", "Broken", severity=Severity.HIGH, on="Example/things", fix="-")
        def broken(document: Any) -> Truth:
            return document["properties.a"].no_such_question()  # type: ignore[no-any-return]

        document = Estate.of_documents([{"type": "Example/things", "name": "one"}]).documents[0]
        found = judge(broken, document)
        assert found.verdict is Verdict.ERROR
        words = "the rule raised AttributeError: 'Node' object has no attribute 'no_such_question'\nat "
        assert found.message.startswith(words)
        assert re.search(r"tests/unit/policy/test_judging_values.py:\d+, in broken$", found.message)
        assert found.fix == "Mend EX-ERR-001; one is not judged by it."

    def test_words_that_could_hold_a_secret_are_left_out(self) -> None:
        """Where the estate holds a secret, what a rule raised is told by its kind and its place alone."""

        @rule("EX-ERR-002", "Broken", severity=Severity.HIGH, on="Example/things", fix="-")
        def broken(document: Any) -> Truth:
            raise ValueError(document.body["key"].value)

        given = Given("Example/things", "one", None, {"key": Secret(CANARY)}, urn=URN)
        found = judge(broken, Estate((given,)).documents[0])
        assert found.message.startswith("the rule raised ValueError\nat ")
        assert CANARY not in texts((found,))

    def test_parameters(self) -> None:
        """A parameter of the rule wins over one that all rules share; others are left alone."""

        @rule("EX-PAR-001", "Limits", severity=Severity.HIGH, on="Example/things", fix="-")
        def limited(document: Any, *, most: int = 3, least: int = 1) -> Truth:
            return document["n"].at_most(most) & document["n"].at_least(least)  # type: ignore[no-any-return]

        parameters = Parameters({"most": 5, "other": 9}, {"EX-PAR-001": {"least": 4}})
        assert parameters.chosen(limited) == {"most": 5, "least": 4}
        estate = Estate.of_documents([{"type": "Example/things", "name": "one", "n": 3}])
        assert [each.verdict for each in evaluate((limited,), estate, parameters)] == [Verdict.FAIL]
        assert [each.verdict for each in evaluate((limited,), estate)] == [Verdict.PASS]
