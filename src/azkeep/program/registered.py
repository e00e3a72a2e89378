"""What a run registered, as far as ids and order need it: the engine's events do not say what hangs on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.model.resource import Resource
from azkeep.types import by_token, conversion
from azkeep.types.resource_type import ResourceType

PROVIDER_PREFIX = "pulumi:providers:"
STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Registered:
    """One registration. `known` holds inputs that are plain strings, `depends` the URNs behind each other input that
    an ARM id is made of; `after` are the URNs of all that comes before it."""

    token: str
    provider: str
    known: Mapping[str, str] = field(default_factory=dict)
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: frozenset[str] = frozenset()


def registered_of(request: Any) -> Registered:
    """What to keep of one RegisterResourceRequest."""
    type_ = by_token(request.type) if request.custom else None
    names = set(type_.path_inputs) if type_ else {"subscriptionId"}
    fields = request.object.fields
    known = {name: fields[name].string_value for name in names if name in fields and fields[name].string_value}
    depends = {
        name: tuple(found.urns) for name, found in request.propertyDependencies.items() if name in names and found.urns
    }
    before = (request.parent, request.provider.rpartition("::")[0], *request.dependencies)
    return Registered(request.type, request.provider, known, depends, frozenset(urn for urn in before if urn))


def declared_by(request: Any, urn: str) -> Resource:
    """The resource as a RegisterResourceRequest declares it. `id` is None: the provider may still choose the name."""
    from azkeep.program.wire import decode_struct

    type_ = by_token(request.type)
    inputs = decode_struct(request.object)
    return Resource(
        urn=urn,
        token=request.type,
        type=type_.arm_type if type_ else request.type,
        name=request.name,
        id=None,
        inputs=inputs,
        body=conversion.to_body(type_, inputs) if type_ else None,
        parent=request.parent,
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
    )


def urn_of(prefix: str, type_: str, name: str, parent: str) -> str:
    """Pulumi's URN: the parent's type chain comes first, the root stack's own type does not count."""
    chain = parent.split("::")[2] if parent.count("::") >= 3 else ""
    qualified = type_ if chain in ("", STACK_TYPE) else f"{chain}${type_}"
    return f"{prefix}{qualified}::{name}"


def arm_ids(registered: Mapping[str, Registered], subscription: str) -> dict[str, str]:
    """URN → ARM id of what was registered, wherever its names are known or are another resource's.

    A name that hangs on one resource is taken to be that resource's own, if its type has that very input for a name;
    a scope is taken to be its id. `subscription` counts where no provider instance names another.
    """
    found: dict[str, str | None] = {}
    for urn in registered:
        _resolve(urn, registered, subscription, found)
    return {urn: id for urn, id in found.items() if id}


def _resolve(
    urn: str, registered: Mapping[str, Registered], subscription: str, found: dict[str, str | None]
) -> str | None:
    if urn in found:
        return found[urn]
    found[urn] = None
    made = registered.get(urn)
    type_ = by_token(made.token) if made else None
    if made is None or type_ is None:
        return None
    values: dict[str, str] = {}
    for name in type_.path_inputs:
        value = _value(name, urn, type_, registered, subscription, found)
        if value:
            values[name] = value
    own = registered.get(made.provider.rsplit("::", 1)[0])
    found[urn] = conversion.arm_id(
        type_, values, own.known.get("subscriptionId", subscription) if own else subscription
    )
    return found[urn]


def _value(
    name: str,
    urn: str,
    type_: ResourceType,
    registered: Mapping[str, Registered],
    subscription: str,
    found: dict[str, str | None],
) -> str | None:
    """The path input `name` of `urn`; None while nobody can know it."""
    made = registered[urn]
    if name in made.known and not _is_unknown(made.known[name]):
        return made.known[name]
    urns = made.depends.get(name, ())
    if len(urns) != 1:
        return urn.rsplit("::", 1)[-1] if name == type_.name_input and type_.autoname == "copy" and not urns else None
    if name in ("scope", "scopeId", "resourceUri"):
        return _resolve(urns[0], registered, subscription, found)
    target = registered.get(urns[0])
    target_type = by_token(target.token) if target else None
    if target is None or target_type is None or target_type.name_input != name:
        return None
    return _value(name, urns[0], target_type, registered, subscription, found)


def _is_unknown(text: str) -> bool:
    from azkeep.program.wire import UNKNOWN

    return text == UNKNOWN
