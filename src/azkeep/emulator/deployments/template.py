"""A template with its parameters: what it declares, in which order, under which ids. No I/O.

Source: Azure Resource Manager, structure and syntax of templates; error texts as observed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.emulator.deployments.expressions import TemplateError, evaluated
from azkeep.emulator.deployments.parameters import is_secret, kind_of, parameters, reader
from azkeep.model.expressions import Scope
from azkeep.model.ids import ArmId
from azkeep.model.value import Body

DEPLOYMENTS = "Microsoft.Resources/deployments"
NOT_SENT = frozenset(
    {"apiVersion", "comments", "condition", "copy", "dependsOn", "existing", "metadata", "name", "resourceGroup",
     "resources", "scope", "subscriptionId", "type"}
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a template is deployed: documents of the subscription and the group, as functions give them."""

    subscription: Body
    group: Body
    tenant: str
    deployment: str

    @property
    def scope(self) -> str:
        return str(self.group["id"])


@dataclass(frozen=True)
class Item:
    """One resource of a template. `symbol` is its name in templates that have names for resources."""

    id: ArmId
    version: str
    declared: Body
    wanted: bool
    depends_on: tuple[str, ...]
    symbol: str = ""


@dataclass(frozen=True)
class Plan:
    """A template ready to run: `functions` evaluate what its resources say, but for what only a run knows."""

    items: tuple[Item, ...]
    functions: Scope
    parameters: Mapping[str, Any]
    kinds: Mapping[str, str]
    outputs: Body

    def shown_parameters(self) -> dict[str, Any]:
        """Parameters as a deployment shows them: secret ones without their value."""
        return {
            name: {"type": kind, **({} if is_secret(kind) else {"value": self.parameters[name]})}
            for name, kind in self.kinds.items()
        }


def plan(template: Body, given: Body, place: Place) -> Plan:
    """What the template declares. Raises TemplateError."""
    if not isinstance(template.get("resources"), list | dict):
        raise TemplateError("The template 'resources' property is missing or is not an array.")
    functions = _of_place(place)
    declared = template.get("parameters") or {}
    found_parameters = parameters(declared, given, functions)
    functions["parameters"] = reader("parameter", found_parameters)
    functions["variables"] = _variables(template.get("variables") or {}, functions)
    items = tuple(_items(template["resources"], functions, place, "", ""))
    kinds = {name: kind_of(each) for name, each in declared.items()}
    found = Plan(items, functions, found_parameters, kinds, template.get("outputs") or {})
    _check_names(found)
    _check_dependencies(found)
    return found


def _variables(raw: Body, functions: Scope) -> Callable[[str], Any]:
    """Variables are evaluated when they are asked for, once each: they may name each other."""
    lowered = {name.lower(): value for name, value in raw.items()}
    known: dict[str, Any] = {}
    asked: set[str] = set()

    def read(name: str) -> Any:
        key = name.lower()
        if key not in lowered:
            raise TemplateError(f"The template variable '{name}' is not found.")
        if key not in known:
            if key in asked:
                raise TemplateError(f"The template variable '{name}' is not valid: it needs its own value.")
            asked.add(key)
            try:
                known[key] = evaluated(lowered[key], functions)
            finally:
                asked.remove(key)
        return known[key]

    return read


def _of_place(place: Place) -> dict[str, Callable[..., Any]]:
    def resource_id(*parts: str) -> str:
        at = next((position for position, part in enumerate(parts) if "/" in part), None)
        if at is None or at > 2:
            raise TemplateError("The template function 'resourceId' is not valid: the type of a resource is missing.")
        subscription = parts[0] if at == 2 else place.subscription["subscriptionId"]
        group = parts[at - 1] if at else place.group["name"]
        return _joined(f"/subscriptions/{subscription}/resourceGroups/{group}", parts[at], parts[at + 1 :])

    def subscription_id(*parts: str) -> str:
        own = "/" not in parts[0]
        subscription = parts[0] if own else place.subscription["subscriptionId"]
        return _joined(f"/subscriptions/{subscription}", parts[own], parts[own + 1 :])

    return {
        "resourceid": resource_id,
        "subscriptionresourceid": subscription_id,
        "extensionresourceid": lambda at, type_, *names: _joined(at, type_, names),
        "tenantresourceid": lambda type_, *names: _joined("", type_, names),
        "subscription": lambda: place.subscription,
        "resourcegroup": lambda: place.group,
        "tenant": lambda: {"tenantId": place.tenant},
        "deployment": lambda: {"name": place.deployment},
    }


def _joined(scope: str, type_: str, names: tuple[str, ...]) -> str:
    namespace, *kinds = type_.split("/")
    names = tuple(name for each in names for name in each.split("/")) if len(names) != len(kinds) else names
    if len(kinds) != len(names):
        raise TemplateError(
            f"Unable to evaluate template language function 'resourceId': the type '{type_}' must have as many"
            " segments as there are names."
        )
    pairs = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, names, strict=True))
    return f"{scope}/providers/{namespace}/{pairs}"


def _items(resources: Any, functions: Scope, place: Place, type_: str, name: str) -> Iterator[Item]:
    """Items of a list, or of an object by symbol, below the resource of type `type_` called `name`."""
    named = resources.items() if isinstance(resources, Mapping) else (("", each) for each in resources)
    for symbol, each in named:
        if "copy" in each:
            raise TemplateError("The local cloud does not evaluate 'copy' of resources.")
        own_type = f"{type_}/{each['type']}" if type_ else str(each["type"])
        own_name = str(evaluated(each["name"], functions))
        own_name = f"{name}/{own_name}" if name else own_name
        yield Item(
            id=ArmId.parse(_joined(_scope(each, functions, place), own_type, tuple(own_name.split("/")))),
            version=str(each.get("apiVersion", "")),
            declared=each,
            wanted=evaluated(each.get("condition", True), functions) is True and each.get("existing") is not True,
            depends_on=tuple(str(evaluated(one, functions)) for one in each.get("dependsOn") or ()),
            symbol=symbol,
        )
        yield from _items(each.get("resources") or (), functions, place, own_type, own_name)


def _scope(resource: Body, functions: Scope, place: Place) -> str:
    if "scope" in resource:
        scope = str(evaluated(resource["scope"], functions))
        return scope if scope.startswith("/") else _joined(place.scope, *_relative(scope))
    subscription = evaluated(resource.get("subscriptionId", place.subscription["subscriptionId"]), functions)
    group = evaluated(resource.get("resourceGroup", place.group["name"]), functions)
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def _relative(scope: str) -> tuple[str, tuple[str, ...]]:
    """(type, names) of `Microsoft.Storage/storageAccounts/name`."""
    namespace, *rest = scope.split("/")
    return "/".join((namespace, *rest[::2])), tuple(rest[1::2])


def _check_names(found: Plan) -> None:
    """Raises TemplateError for a resource that a template makes twice."""
    seen: set[str] = set()
    for item in found.items:
        if not item.wanted:
            continue
        if item.id.key in seen:
            kind, names = item.id.type.split("/"), item.id.names
            path = "/".join((kind[0], *(f"{one}/{name}" for one, name in zip(kind[1:], names, strict=True))))
            raise TemplateError(
                f"The resource '{path}' is defined multiple times in a template. Please see"
                " https://aka.ms/arm-syntax-resources for usage details."
            )
        seen.add(item.id.key)


def _check_dependencies(found: Plan) -> None:
    for item in found.items:
        for each in item.depends_on:
            if item.wanted and not each.endswith("/") and not any(meets(other, each) for other in found.items):
                raise TemplateError(
                    f"The resource '{each}' is not defined in the template. Please see https://aka.ms/arm-syntax for"
                    " usage details."
                )


def meets(item: Item, dependency: str) -> bool:
    """True if `dependency` means the item: its id, its symbol, its type and name, or its name alone."""
    wanted = dependency.strip("/").lower()
    names = "/".join(item.id.names).lower()
    forms = (item.id.key.strip("/"), item.symbol.lower(), names, item.id.name.lower())
    typed = re.sub(r"^.*/providers/", "", item.id.key)
    return bool(wanted) and wanted in (*forms, typed, f"{item.id.type.lower()}/{names}")
