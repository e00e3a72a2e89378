"""How built-in definitions of policies are written down here. Their prose is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Body, put

DEFINITIONS = "Microsoft.Authorization/policyDefinitions"
PREFIX = f"/providers/{DEFINITIONS}/"
EFFECT = "[parameters('effect')]"


def parameter(*, default: Any = None, allowed: tuple[str, ...] = (), kind: str = "String") -> dict[str, Any]:
    """The shape of a parameter, required where it has no default."""
    found: dict[str, Any] = {"type": kind}
    if allowed:
        found["allowedValues"] = list(allowed)
    return found if default is None else {**found, "defaultValue": default}


DENIES = parameter(default="Audit", allowed=("Audit", "Deny", "Disabled"))


def is_type(type_: str) -> dict[str, Any]:
    """The condition that a resource is of an ARM type."""
    return {"field": "type", "equals": type_}


def entry(
    guid: str,
    name: str,
    version: str,
    conditions: list[dict[str, Any]],
    *,
    mode: str = "Indexed",
    effect: Mapping[str, Any] | str = DENIES,
    parameters: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Body:
    """The document of a definition. `effect` is the shape of its parameter, or the effect that it always has."""
    metadata: dict[str, Any] = {"version": version}
    if version.endswith("-preview"):
        metadata["preview"] = True
    condition = conditions[0] if len(conditions) == 1 else {"allOf": conditions}
    asked = {} if isinstance(effect, str) else {"effect": dict(effect)}
    then = {"effect": effect if isinstance(effect, str) else EFFECT, **({"details": details} if details else {})}
    return {
        "id": f"{PREFIX}{guid}",
        "name": guid,
        "type": DEFINITIONS,
        "properties": {
            "displayName": name,
            "policyType": "BuiltIn",
            "mode": mode,
            "description": "",
            "metadata": metadata,
            "version": version.removesuffix("-deprecated"),
            "parameters": {**asked, **(parameters or {})},
            "policyRule": {"if": condition, "then": then},
            "versions": [version.removesuffix("-deprecated")],
        },
    }


def of_category(category: str, *entries: Body) -> tuple[Body, ...]:
    """The documents with the category in their metadata."""
    return tuple(put(each, "/properties/metadata/category", category) for each in entries)
