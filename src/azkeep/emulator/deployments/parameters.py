"""Parameters of a template: what is given for them, checked and with their defaults. No I/O.

Source: Azure Resource Manager, parameters in templates; error texts as observed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from azkeep.emulator.deployments.expressions import TemplateError, evaluated
from azkeep.model.expressions import Scope
from azkeep.model.value import Body

_KINDS: Mapping[str, type] = {
    "Array": list,
    "Bool": bool,
    "Int": int,
    "Object": dict,
    "SecureObject": dict,
    "SecureString": str,
    "String": str,
}
"""Types of parameters and outputs as deployments show them, however the template writes them. Source: answers that the
Azure CLI's own tests have recorded (test_group_deployment_crossrg)."""
_EXPECTED: Mapping[str, str] = {
    **dict.fromkeys(("String", "SecureString"), "String, Uri"),
    **dict.fromkeys(("Object", "SecureObject"), "Object"),
    "Bool": "Boolean",
    "Int": "Integer",
}
_TOKENS: tuple[tuple[type, str], ...] = (
    (bool, "Boolean"),
    (int, "Integer"),
    (float, "Float"),
    (str, "String"),
    (list, "Array"),
    (dict, "Object"),
)
"""Kinds of JSON values, as refusals name them."""


def kind_of(declared: Body) -> str:
    """The type of a parameter or an output, as it is shown."""
    written = str(declared.get("type", "string"))
    return next((kind for kind in _KINDS if kind.lower() == written.lower()), written)


def is_secret(kind: str) -> bool:
    """True for a type whose values are not shown."""
    return kind.lower().startswith("secure")


def parameters(declared: Body, given: Body, functions: Scope) -> dict[str, Any]:
    """Name → value of every declared parameter. Raises TemplateError."""
    strange = [name for name in given if name.lower() not in {each.lower() for each in declared}]
    if strange:
        raise TemplateError(
            "The template parameters "
            f"'{', '.join(strange)}' in the parameters file are not valid; they are not present in the original"
            " template and can therefore not be provided at deployment time. The only supported parameters for this"
            f" template are '{', '.join(declared)}'."
        )
    sent = {name.lower(): value for name, value in given.items()}
    defaults: dict[str, Callable[..., Any]] = {**functions, "newguid": lambda: str(uuid.uuid4())}
    found: dict[str, Any] = {}
    for name, rule in declared.items():
        defaults["parameters"] = reader("parameter", found)
        found[name] = _parameter(name, rule, sent.get(name.lower()), defaults)
    return found


def _parameter(name: str, rule: Body, sent: Any, functions: Scope) -> Any:
    if isinstance(sent, Mapping) and sent.get("value") is not None:
        value = sent["value"]
    elif "defaultValue" in rule:
        value = evaluated(rule["defaultValue"], functions)
    else:
        raise TemplateError(
            f"The value for the template parameter '{name}' is not provided. Please see"
            " https://aka.ms/arm-create-parameter-file for usage details."
        )
    kind = kind_of(rule)
    right = _KINDS.get(kind, object)
    if not isinstance(value, right) or (kind == "Int" and isinstance(value, bool)):
        raise TemplateError(
            f"Template parameter JToken type is not valid. Expected '{_EXPECTED.get(kind, kind)}'. Actual"
            f" '{_token(value)}'. Please see https://aka.ms/arm-create-parameter-file for usage details."
        )
    allowed = rule.get("allowedValues")
    if allowed is not None and value not in allowed:
        raise TemplateError(
            f"The provided value for the template parameter '{name}' is not valid. The value '{value}' is not part of"
            f" the allowed value(s): '{','.join(map(str, allowed))}'."
        )
    _check_bounds(name, rule, value)
    return value


def _token(value: Any) -> str:
    """What the reader of JSON calls the kind of a value."""
    return next((word for kind, word in _TOKENS if isinstance(value, kind)), "Null")


def _check_bounds(name: str, rule: Body, value: Any) -> None:
    """Raises TemplateError for a number, or the length of a text or array, beyond what its parameter allows."""
    what, least, most = ("value", "minValue", "maxValue")
    if isinstance(value, str | list):
        what, least, most, value = "length of the value", "minLength", "maxLength", len(value)
    said = f"The provided value for the template parameter '{name}' is not valid. The {what} should be"
    if least in rule and value < rule[least]:
        raise TemplateError(f"{said} greater than or equal to '{rule[least]}'.")
    if most in rule and value > rule[most]:
        raise TemplateError(f"{said} less than or equal to '{rule[most]}'.")


def reader(what: str, values: Mapping[str, Any]) -> Callable[[str], Any]:
    """The template function that gives values by name, of any case."""
    lowered = {name.lower(): value for name, value in values.items()}

    def read(name: str) -> Any:
        if name.lower() not in lowered:
            raise TemplateError(f"The template {what} '{name}' is not found.")
        return lowered[name.lower()]

    return read
