"""Definitions of policies: whether one is in the language, and whether an assignment fits it.

Source: refusals of Policy Definitions and Policy Assignments, as clients of Azure Resource Manager report them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model import expressions
from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.expressions import ExpressionError
from azkeep.model.ids import ArmId, id_in
from azkeep.model.value import Body, get
from azkeep.types.azure_policy import rules
from azkeep.types.azure_policy.assignments import CARRIED_OUT, RULE, Assigned
from azkeep.types.azure_policy.fields import alias_of, path_of
from azkeep.types.azure_policy.functions import POLICY_FUNCTIONS, check
from azkeep.types.azure_policy.rules import Condition, RuleError, effect_name

TEMPLATE_FUNCTIONS = rules.OWN_FUNCTIONS | {
    "deployment",
    "extensionresourceid",
    "newguid",
    "reference",
    "resourceid",
    "subscriptionresourceid",
    "tenant",
    "tenantresourceid",
    "variables",
}
"""What the template of a deployment may call besides the common functions."""
CUSTOM_MODES = ("all", "indexed")
SELECTORS = ("resourcelocation", "resourcetype", "resourcewithoutlocation")
UNSUPPORTED = "PolicyNotSupported"
"""The local cloud's own refusal: what Azure would carry out, and this cloud would have to ignore."""


def definition_fault(id: ArmId, body: Body) -> ArmFault | None:
    """The refusal of a custom definition: a rule that is none, an alias that no type has, or an effect that is not
    carried out here."""
    try:
        condition = rules.read(get(body, f"{RULE}/if"))
        check(get(body, f"{RULE}/then/effect"), frozenset({"parameters"}))
        check(get(body, f"{RULE}/then/details"), TEMPLATE_FUNCTIONS)
    except RuleError as error:
        return ArmFault(400, "InvalidPolicyRule", f"Failed to parse policy rule: '{error}'.")
    except ExpressionError as error:
        return _unsupported(f"The rule of policy definition '{id.name}' cannot be evaluated here: {error}.")
    return _alias_fault(id, condition) or _mode_fault(id, body) or _effect_fault(id, body)


def _unsupported(text: str) -> ArmFault:
    return ArmFault(400, UNSUPPORTED, f"{text} The local cloud refuses it, because it would enforce nothing.")


def _alias_fault(id: ArmId, condition: Condition) -> ArmFault | None:
    from azkeep.types import by_arm_type

    for name in sorted(rules.fields_of(condition)):
        alias = alias_of(name)
        type_ = by_arm_type(alias[0]) if alias else None
        if alias is not None and type_ is not None and path_of(type_, alias[1]) is None:
            namespace, kind = alias[0].split("/", 1)
            return ArmFault(
                400,
                "InvalidPolicyAlias",
                f"The policy definition '{id.name}' rule is invalid. The 'field' property '{name}' of the policy rule"
                f" doesn't exist as an alias under provider '{namespace}' and resource type '{kind}'.",
            )
    return None


def _mode_fault(id: ArmId, body: Body) -> ArmFault | None:
    mode = str(get(body, "/properties/mode") or "Indexed")
    if mode.lower() in CUSTOM_MODES:
        return None
    return _unsupported(f"The mode '{mode}' of policy definition '{id.name}' is about another plane than ARM's.")


def _effect_fault(id: ArmId, body: Body) -> ArmFault | None:
    effect = get(body, f"{RULE}/then/effect")
    if not isinstance(effect, str) or not effect:
        return ArmFault(400, "InvalidPolicyRule", "Failed to parse policy rule: the property 'effect' is missing.")
    if expressions.is_expression(effect):
        unknown = _parameters_of(effect) - {name.lower() for name in get(body, "/properties/parameters") or {}}
        if unknown:
            text = (
                f"The policy definition '{id.name}' uses the parameter '{sorted(unknown)[0]}', which it does not have."
            )
            return ArmFault(400, "InvalidPolicyParameters", text)
        return None
    return None if effect_name(effect) in CARRIED_OUT else _no_effect(id, effect)


def _no_effect(id: ArmId, effect: str) -> ArmFault:
    return _unsupported(f"The effect '{effect}' of policy '{id.name}' is not carried out here.")


def _parameters_of(effect: str) -> frozenset[str]:
    match expressions.parsed(effect):
        case expressions.Call(name, (expressions.Literal(str() as parameter),)) if name.lower() == "parameters":
            return frozenset({parameter.lower()})
    return frozenset()


def assignment_fault(assignment: Body, definition: Body) -> ArmFault | None:
    """The refusal of an assignment whose parameters do not fit the definition, or that cannot be carried out here."""
    name = ArmId.parse(str(assignment["id"])).name
    fault = _scopes_fault(assignment, name)
    if fault is not None:
        return fault
    defined: Mapping[str, Any] = get(definition, "/properties/parameters") or {}
    given: Mapping[str, Any] = get(assignment, "/properties/parameters") or {}
    known = {each.lower(): (each, shape) for each, shape in defined.items()}
    strange = [each for each in given if each.lower() not in known]
    if strange:
        return ArmFault(
            400,
            "UndefinedPolicyParameter",
            f"The policy assignment '{name}' has defined parameters '{', '.join(strange)}' which are not defined in the"
            f" policy definition '{definition['name']}'. Please either remove these parameters from the policy"
            " assignment or ensure that they are used in the policy definition.",
        )
    values = {each.lower(): value.get("value") for each, value in given.items() if isinstance(value, Mapping)}
    missing = [each for low, (each, shape) in known.items() if low not in values and "defaultValue" not in shape]
    if missing:
        return ArmFault(
            400,
            "MissingPolicyParameter",
            f"The policy assignment '{name}' is missing the parameter(s) '{', '.join(missing)}' as defined in the"
            f" policy definition '{definition['name']}'.",
        )
    return _value_fault(definition, values, known) or _carried_out(assignment, definition)


def _scopes_fault(assignment: Body, name: str) -> ArmFault | None:
    for scope in get(assignment, "/properties/notScopes") or ():
        if id_in(str(scope)) is None:
            text = f"The excluded scope '{scope}' of the policy assignment '{name}' is no resource id."
            return ArmFault(400, "InvalidCreatePolicyAssignmentRequest", text)
    return None


def _value_fault(
    definition: Body, values: Mapping[str, Any], known: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> ArmFault | None:
    for low, value in values.items():
        shown, shape = known[low]
        allowed = shape.get("allowedValues")
        if allowed and not all(each in allowed for each in (value if isinstance(value, list) else [value])):
            version = get(definition, "/properties/version") or "1.0.0"
            return ArmFault(
                400,
                "PolicyParameterValueNotAllowed",
                f"The value '{value}' is not allowed for policy parameter '{shown}' in policy definition"
                f" '{definition['name']} version {version}'. The allowed values are"
                f" '{', '.join(str(each) for each in allowed)}'.",
            )
    return None


def _carried_out(assignment: Body, definition: Body) -> ArmFault | None:
    id = ArmId.parse(str(assignment["id"]))
    for override in get(assignment, "/properties/overrides") or ():
        if str(override.get("kind", "")).lower() != "policyeffect":
            return _unsupported(f"The override '{override.get('kind')}' of '{id.name}' is not carried out here.")
        if effect_name(str(override.get("value"))) not in CARRIED_OUT:
            return _no_effect(id, str(override.get("value")))
    fault = selector_fault(assignment, "/properties/resourceSelectors/*") or selector_fault(
        assignment, "/properties/overrides/*"
    )
    if fault is not None:
        return fault
    assigned = Assigned(assignment, definition, rules.Group("allOf", ()))
    parameters = assigned.parameters()
    try:
        effect = expressions.resolved(get(definition, f"{RULE}/then/effect"), _only(parameters))
    except EvaluationFailed as error:
        return _unsupported(f"The effect of '{id.name}' cannot be evaluated here: {error}.")
    return None if effect_name(str(effect)) in CARRIED_OUT else _no_effect(id, str(effect))


def _only(parameters: Mapping[str, Any]) -> expressions.Scope:
    return {**POLICY_FUNCTIONS, "parameters": lambda name: parameters.get(name.lower())}


def selector_fault(body: Body, holders: str) -> ArmFault | None:
    """The refusal of a selector that the local cloud cannot follow; `holders` is the list whose items have them."""
    pointer = holders.removesuffix("/*")
    for holder in get(body, pointer) or ():
        for selector in holder.get("selectors") or ():
            if str(selector.get("kind", "")).lower() not in SELECTORS:
                return _unsupported(f"The selector '{selector.get('kind')}' of '{body['id']}' is not followed here.")
    return None


@lru_cache(maxsize=256)
def _read(text: str) -> Condition:
    return rules.read(json.loads(text))


def condition_of(definition: Body) -> Condition:
    """The condition of a stored definition. Raises RuleError, ExpressionError."""
    return _read(json.dumps(get(definition, f"{RULE}/if")))
