"""What every rule of the pack promises: its own examples, and no pass by accident on a mangled document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from azkeep.model.finding import Verdict
from azkeep.model.value import Unknown, leaves, put, remove
from azkeep.policy.evaluate import judge
from azkeep.policy.examples import estate_of
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.rule import Rule
from azkeep.policy.sections import Example

RULES = load_rules(shipped())
FAULTY = (Verdict.FAIL, Verdict.UNKNOWN)
RETYPED: tuple[Any, ...] = ({"odd": "value"}, ["odd"], 12345, "odd value")


def verdicts(rule: Rule, example: Example) -> set[Verdict]:
    """Of every document of the example that the rule judges."""
    estate = estate_of(example)
    judged = dict.fromkeys(each for each in estate.documents if rule.judges(each))
    judged.update(dict.fromkeys(each for type_ in rule.on for each in estate.of_type(type_)))
    return {judge(rule, each, example.parameters).verdict for each in judged}


def mangled(example: Example) -> Iterator[tuple[str, Example]]:
    """The example with one value dropped, null, not known or of another kind, each in turn."""
    for index, document in enumerate(example.documents):
        for path, value in leaves(document):
            if path.split("/")[1] in ("id", "type", "name", "scope", "program"):
                continue
            changed = [remove(document, path), put(document, path, None), put(document, path, Unknown())]
            changed += [put(document, path, odd) for odd in RETYPED if type(odd) is not type(value)]
            for each in changed:
                documents = (*example.documents[:index], each, *example.documents[index + 1 :])
                yield path, replace(example, documents=documents)


def not_known(example: Example) -> Iterator[tuple[str, Example]]:
    for index, document in enumerate(example.documents):
        for path, _ in leaves(document):
            if path.split("/")[1] in ("id", "type", "name", "scope", "program"):
                continue
            documents = (*example.documents[:index], put(document, path, Unknown()), *example.documents[index + 1 :])
            yield path, replace(example, documents=documents)


def retyped(example: Example) -> Iterator[tuple[str, Example]]:
    for index, document in enumerate(example.documents):
        for path, value in leaves(document):
            if path.split("/")[1] in ("id", "type", "name", "scope", "program"):
                continue
            for odd in RETYPED:
                if type(odd) is not type(value) and not (isinstance(odd, str | int) and isinstance(value, str | int)):
                    changed = put(document, path, odd)
                    documents = (*example.documents[:index], changed, *example.documents[index + 1 :])
                    yield path, replace(example, documents=documents)


def recased(document: Any) -> dict[str, Any]:
    """The document with the first letter of every name below `properties` in upper case."""
    properties = document.get("properties")
    return dict(document) if properties is None else {**document, "properties": _recased(properties)}


def _recased(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _recased(item) for key, item in value.items()}
    return [_recased(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestEveryRule:
    def test_has_every_section(self, rule: Rule) -> None:
        """Checks, Why, Source, and at least one Bad and one Good example."""
        found = rule.sections
        assert found.checks
        assert found.why
        assert found.source
        assert found.bad
        assert found.good

    def test_bad_fails(self, rule: Rule) -> None:
        """Each Bad example has a document that fails, and none that the rule raises on."""
        for example in rule.sections.bad_examples():
            found = verdicts(rule, example)
            assert Verdict.FAIL in found, (found, example)
            assert Verdict.ERROR not in found

    def test_good_passes(self, rule: Rule) -> None:
        """Each Good example has a document that passes, and none that fails, is open or raises."""
        for example in rule.sections.good_examples():
            found = verdicts(rule, example)
            assert Verdict.PASS in found, (found, example)
            assert found <= {Verdict.PASS, Verdict.NOT_APPLICABLE}, (found, example)

    def test_never_raises(self, rule: Rule) -> None:
        """A document mangled in any one place gives a verdict."""
        for example in (*rule.sections.bad_examples(), *rule.sections.good_examples()):
            for path, changed in mangled(example):
                assert Verdict.ERROR not in verdicts(rule, changed), path

    def test_unknown_never_mends(self, rule: Rule) -> None:
        """A Bad example in which one value is not known never passes altogether."""
        for example in rule.sections.bad_examples():
            for path, changed in not_known(example):
                found = verdicts(rule, changed)
                assert found & {Verdict.FAIL, Verdict.UNKNOWN}, (path, found)

    def test_wrong_kind_never_mends(self, rule: Rule) -> None:
        """A Bad example in which one value is of another kind never passes altogether."""
        for example in rule.sections.bad_examples():
            for path, changed in retyped(example):
                found = verdicts(rule, changed)
                assert found & {Verdict.FAIL, Verdict.UNKNOWN}, (path, found)

    def test_letter_case_does_not_matter(self, rule: Rule) -> None:
        """Examples whose property names are written in another letter case are judged alike."""
        for example in (*rule.sections.bad_examples(), *rule.sections.good_examples()):
            changed = replace(example, documents=tuple(recased(document) for document in example.documents))
            assert verdicts(rule, changed) == verdicts(rule, example)
