"""Policies: what a rule is written with. `policies/` holds the rules themselves, as functions over ARM documents."""

from azkeep.model.drift import Severity
from azkeep.policy.candidates import Candidates
from azkeep.policy.document import Document
from azkeep.policy.estate import Estate
from azkeep.policy.node import Node
from azkeep.policy.rule import ANY, Maps, Needs, Rule, rule
from azkeep.policy.truth import (
    FALSE,
    NOT_APPLICABLE,
    TRUE,
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

__all__ = [
    "ANY",
    "FALSE",
    "NOT_APPLICABLE",
    "TRUE",
    "Candidates",
    "Document",
    "Estate",
    "Maps",
    "Needs",
    "Node",
    "Rule",
    "Severity",
    "Truth",
    "all_of",
    "any_of",
    "deferred",
    "every",
    "fact",
    "rule",
    "settle",
    "some",
    "when",
]
