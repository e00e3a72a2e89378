"""What a reader wants to know of a rule."""

from __future__ import annotations

from typing import Any

from azkeep.model.finding import RuleFacts
from azkeep.policy.evaluate import Parameters
from azkeep.policy.rule import Rule
from azkeep.policy.selection import FRAMEWORKS, controls_of


def facts_of(rule: Rule, parameters: Parameters | None = None) -> RuleFacts:
    """The rule in words, with the values of its parameters that are in force."""
    sections = rule.sections
    chosen: dict[str, Any] = (parameters or Parameters()).chosen(rule)
    return RuleFacts(
        id=rule.id,
        title=rule.title,
        severity=rule.severity,
        needs=rule.needs.value,
        types=rule.on,
        paths=rule.paths,
        checks=sections.checks,
        why=sections.why,
        fix=rule.fix,
        source=sections.source,
        bad=_examples(sections.bad),
        good=_examples(sections.good),
        maps={name: controls_of(rule, name) for name in FRAMEWORKS if controls_of(rule, name)}
        | ({"other": rule.maps.other} if rule.maps.other else {}),
        tags=tuple(sorted(rule.tags)),
        parameters={**rule.parameters, **chosen},
    )


def _examples(found: tuple[tuple[str, bool], ...]) -> str:
    """All examples as YAML documents; one of live documents says so."""
    texts = (f"# live\n{text.strip()}" if is_live else text.strip() for text, is_live in found)
    return "\n---\n".join(texts)
