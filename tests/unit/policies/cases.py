"""Documents written as in a rule's examples, and what one rule says of the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from azkeep.model.finding import Finding
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import judge
from azkeep.policy.examples import estate_of
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.rule import Rule
from azkeep.policy.sections import Example


def rule_of(id: str) -> Rule:
    """The rule of the shipped pack."""
    return next(rule for rule in load_rules(shipped()) if rule.id == id)


def finding(rule_id: str, text: str, *, live: bool = False, **parameters: Any) -> Finding:
    """What the rule says of the first of the documents in `text` (YAML, as in a rule's examples)."""
    given = yaml.safe_load(text)
    documents = tuple(given if isinstance(given, list) else [given])
    return first_finding(rule_id, estate_of(Example(documents, live)), **parameters)


def judged(rule_id: str, *documents: Mapping[str, Any], live: bool = False, **parameters: Any) -> Finding:
    """What the rule says of the first of `documents`, built in Python and written as in a rule's examples."""
    return first_finding(rule_id, estate_of(Example(documents, live)), **parameters)


def finding_of(rule_id: str, *given: Given, **parameters: Any) -> Finding:
    """What the rule says of the first of `given`, for values that YAML cannot hold."""
    return first_finding(rule_id, Estate(given), **parameters)


def first_finding(rule_id: str, estate: Estate, **parameters: Any) -> Finding:
    """What the rule says of the first document of the estate."""
    rule = rule_of(rule_id)
    document = estate.documents[0]
    assert rule.judges(document), document.type
    return judge(rule, document, parameters)


def paths(found: Finding) -> list[str]:
    """The places of a finding, in order."""
    return [place.path for place in found.places]
