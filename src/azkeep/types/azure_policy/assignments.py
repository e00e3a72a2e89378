"""What an assignment makes of a definition: where it holds, with which parameters, and with which effect.

Source: "Azure Policy assignment structure"; "Azure Policy exemption structure"; "… effect basics".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from azkeep.model import expressions
from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.value import Body, get
from azkeep.types.azure_policy import rules
from azkeep.types.azure_policy.rules import Condition, Scene, effect_name
from azkeep.types.azure_policy.subject import Subject

DISABLED, DENY, AUDIT = "disabled", "deny", "audit"
DEPLOY, AUDIT_ABSENT = "deployifnotexists", "auditifnotexists"
CARRIED_OUT = frozenset({DISABLED, DENY, AUDIT, AUDIT_ABSENT, DEPLOY})
RULE = "/properties/policyRule"


@dataclass(frozen=True)
class Assigned:
    """An assignment, its definition, and the rule of that."""

    assignment: Body
    definition: Body
    rule: Condition

    @property
    def id(self) -> ArmId:
        return ArmId.parse(str(self.assignment["id"]))

    @property
    def mode(self) -> str:
        return str(get(self.definition, "/properties/mode") or "Indexed").lower()

    def parameters(self) -> dict[str, Any]:
        """Lower-case name → value given, else the definition's default; parameters without either are left out."""
        defined: Mapping[str, Any] = get(self.definition, "/properties/parameters") or {}
        given: Mapping[str, Any] = get(self.assignment, "/properties/parameters") or {}
        found = {name.lower(): each["defaultValue"] for name, each in defined.items() if "defaultValue" in each}
        return found | {name.lower(): each.get("value") for name, each in given.items()}

    def identifiers(self) -> dict[str, str]:
        """What `policy()` tells a rule."""
        return {"assignmentId": str(self.assignment["id"]), "definitionId": str(self.definition["id"])}


@dataclass(frozen=True)
class Judgement:
    """What an assignment says of a resource: its effect as written, and the comparisons that led to it.

    `error` says why a rule could not be evaluated, which is a denial.
    """

    assigned: Assigned
    effect: str
    trace: tuple[Mapping[str, Any], ...]
    error: str = ""

    @property
    def denies(self) -> bool:
        return bool(self.error) or effect_name(self.effect) == DENY


def judged(assigned: Assigned, subject: Subject) -> Judgement | None:
    """The judgement of an assignment that holds for the resource; None where its rule does not, or is disabled."""
    functions = subject.functions(assigned.parameters(), assigned.identifiers())
    scene = Scene(subject.field, functions)
    effect = DENY
    try:
        effect = _effect(assigned, subject, functions)
        if effect_name(effect) == DISABLED or not rules.holds(assigned.rule, scene):
            return None
    except EvaluationFailed as failure:
        return Judgement(assigned, effect, tuple(scene.trace), str(failure))
    return Judgement(assigned, effect, tuple(scene.trace))


def _effect(assigned: Assigned, subject: Subject, functions: expressions.Scope) -> str:
    for override in get(assigned.assignment, "/properties/overrides") or ():
        if _selected(override.get("selectors") or (), subject):
            return str(override.get("value"))
    return str(expressions.resolved(get(assigned.definition, f"{RULE}/then/effect"), functions))


def reaches(assigned: Assigned, subject: Subject) -> bool:
    """True if the assignment is about this resource: scope, excluded scopes, selectors, and the rule's mode."""
    scope = assigned.id.scope
    if scope is not None and not subject.id.is_within(scope):
        return False
    excluded = get(assigned.assignment, "/properties/notScopes") or ()
    if any(subject.id.is_within(ArmId.parse(str(each))) for each in excluded):
        return False
    selectors = get(assigned.assignment, "/properties/resourceSelectors") or ()
    if selectors and not any(_selected(each.get("selectors") or (), subject) for each in selectors):
        return False
    return _has_mode(assigned.mode, subject)


def _has_mode(mode: str, subject: Subject) -> bool:
    if subject.view is not None:
        return subject.kind.lower().startswith(f"{mode}/")
    if mode == "all":
        return True
    group = subject.type.arm_type.lower() == RESOURCE_GROUP_TYPE.lower()
    return mode == "indexed" and subject.type.tags and subject.type.location != "none" and not group


def _selected(selectors: Sequence[Mapping[str, Any]], subject: Subject) -> bool:
    return all(_selects(each, subject) for each in selectors)


def _selects(selector: Mapping[str, Any], subject: Subject) -> bool:
    kind = str(selector.get("kind", "")).lower()
    location = str(subject.document.get("location") or "")
    if kind == "resourcewithoutlocation":
        return not location
    value = (location if kind == "resourcelocation" else subject.kind).lower()
    if "in" in selector:
        return value in {_plain(each, kind) for each in selector["in"] or ()}
    return value not in {_plain(each, kind) for each in selector.get("notIn") or ()}


def _plain(value: Any, kind: str) -> str:
    text = str(value).lower()
    return text.replace(" ", "") if kind == "resourcelocation" else text


def exempts(exemption: Body, assigned: Assigned, subject: Subject, now: str) -> bool:
    """True if an exemption takes the resource out of the assignment at `now`, RFC 3339."""
    if str(get(exemption, "/properties/policyAssignmentId", "")).lower() != assigned.id.key:
        return False
    scope = ArmId.parse(str(exemption["id"])).scope
    if scope is not None and not subject.id.is_within(scope):
        return False
    expires = get(exemption, "/properties/expiresOn")
    if expires and str(expires).rstrip("Z") <= now.rstrip("Z"):
        return False
    selectors = get(exemption, "/properties/resourceSelectors") or ()
    return not selectors or any(_selected(each.get("selectors") or (), subject) for each in selectors)
