"""A rule: a function over one document, with what one has to know about it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from azkeep.model.drift import Severity
from azkeep.policy.document import Document
from azkeep.policy.sections import Sections, read_sections
from azkeep.policy.truth import Truth

ANY = "*"
"""A rule on ANY looks at every resource, and says itself where it is not applicable."""


TOPICS: Mapping[str, tuple[str, ...]] = {
    "network": ("NET", "NSG", "SUB", "DNS", "PE", "NIC", "VNET", "FW", "PIP", "PLS"),
    "identity": ("IDN", "RBAC", "FIC", "MI", "ROLE"),
    "encryption": ("ENC", "KEY"),
    "data": ("DAT", "OUT"),
    "logging": ("LOG", "DIAG", "LA", "AI"),
    "detection": ("ALR", "CON", "DEF"),
    "recovery": ("REC", "REL", "LCK"),
    "cost": ("COST", "CST"),
    "operations": ("OPS", "BAT", "K8S", "CFG"),
    "governance": ("LOC", "NAM", "TAG", "TYP", "POL", "API"),
    "hardening": ("SEC",),
    "registry": ("REG",),
    "images": ("IMG",),
}
"""Tag → the second parts of the ids of the rules that have it."""


class Needs(StrEnum):
    """What a rule reads: one resource, others of the estate, what only Azure can answer, or the program itself."""

    ATTRIBUTE = "attribute"
    GRAPH = "graph"
    LIVE = "live"
    PROGRAM = "program"


@dataclass(frozen=True)
class Maps:
    """The same demand elsewhere. `azure_policy` maps a definition's id to its title; the others name controls."""

    azure_policy: Mapping[str, str] = field(default_factory=dict)
    mcsb: tuple[str, ...] = ()
    cis: tuple[str, ...] = ()
    checkov: tuple[str, ...] = ()
    psrule: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule. `on` holds the ARM types it judges, or ANY. `paths` are the dotted paths it reads.

    `sets` maps a dotted path to the value that puts an attribute rule right. `tags` are words to select rules by: the
    topic that the id names, and the rule's own.
    Keyword-only arguments of `test` are the rule's parameters, with their defaults.
    """

    id: str
    title: str
    severity: Severity
    on: tuple[str, ...]
    needs: Needs
    paths: tuple[str, ...]
    fix: str
    maps: Maps
    sets: Mapping[str, Any]
    tags: frozenset[str]
    test: Callable[..., Truth]

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Name and default of each parameter."""
        found = inspect.signature(self.test).parameters.values()
        return {each.name: each.default for each in found if each.kind is inspect.Parameter.KEYWORD_ONLY}

    @cached_property
    def sections(self) -> Sections:
        """The docstring, taken apart."""
        return read_sections(inspect.getdoc(self.test) or "")

    @cached_property
    def _types(self) -> frozenset[str]:
        return frozenset(type_.casefold() for type_ in self.on)

    def judges(self, document: Document) -> bool:
        """True for documents of the rule's types."""
        return ANY in self.on or document.type.casefold() in self._types

    def may_judge_in(self, type_: str) -> bool:
        """True where a document of `type_`, or a child written inside it, can be one that the rule judges."""
        within = f"{type_.casefold()}/"
        return ANY in self.on or any(each == type_.casefold() or each.startswith(within) for each in self._types)


def topics_of(id: str) -> frozenset[str]:
    """The tags that a rule has by the second part of its id; empty for a part that is no topic."""
    parts = id.split("-")
    return frozenset(topic for topic, codes in TOPICS.items() if parts[1:2] and parts[1] in codes)


def rule(  # noqa: PLR0913 - one argument for each fact about a rule
    id: str,
    title: str,
    *,
    severity: Severity,
    on: str | tuple[str, ...],
    fix: str,
    needs: Needs = Needs.ATTRIBUTE,
    paths: tuple[str, ...] = (),
    maps: Maps | None = None,
    sets: Mapping[str, Any] | None = None,
    tags: tuple[str, ...] = (),
) -> Callable[[Callable[..., Truth]], Rule]:
    """The decorated function as a Rule; the function takes the document and its parameters by keyword."""

    def made(test: Callable[..., Truth]) -> Rule:
        return Rule(
            id=id,
            title=title,
            severity=severity,
            on=(on,) if isinstance(on, str) else on,
            needs=needs,
            paths=paths,
            fix=fix,
            maps=maps or Maps(),
            sets=sets or {},
            tags=frozenset(tags) | topics_of(id),
            test=test,
        )

    return made
