"""Resource providers: their lists of types, registration, and what they answer without a resource."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

from azkeep.emulator import checks, faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.locations import REGIONS
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resolve import check_manager_version
from azkeep.emulator.rights import enter, enter_reading
from azkeep.emulator.soft_deletes import check_reserved
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import all_types, by_arm_type
from azkeep.types.api_versions import api_versions
from azkeep.types.resource_type import ResourceType

READ = "Microsoft.Resources/subscriptions/providers/read"
GRAPH = "Microsoft.ResourceGraph"
REGISTERED = "Registered"
REGISTRATION_SECONDS = 15.0
BUILT_IN = frozenset({"microsoft.resources", "microsoft.authorization", GRAPH.lower()})


@cache
def _namespaces() -> dict[str, str]:
    """Lower-case namespace → its spelling; Resource Graph has no resources of its own."""
    names = {GRAPH, *(type_.namespace for type_ in all_types())}
    return {name.lower(): name for name in names}


def _fact(subscription: str, namespace: str) -> str:
    return f"unregistered/{subscription}/{namespace}".lower()


def _state(cloud: Cloud, subscription: str, namespace: str) -> str:
    """Registered, Registering, Unregistering or Unregistered. All are registered at first.

    The fact tells the state that lasts, and until when the one before it does.
    """
    said = cloud.facts.get(_fact(subscription, namespace))
    if said is None:
        return REGISTERED
    lasting, _, until = said.partition(" ")
    moving = bool(until) and cloud.store.seconds() < float(until)
    if lasting == REGISTERED:
        return "Registering" if moving else REGISTERED
    return "Unregistering" if moving else "Unregistered"


def check_registered(cloud: Cloud, id: ArmId) -> None:
    """Raises ArmFault while the namespace is unregistered in the subscription."""
    namespace = id.type.split("/")[0]
    if id.subscription is None or not _state(cloud, id.subscription, namespace).startswith("Unregister"):
        return
    message = (
        f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how"
        " to register subscriptions."
    )
    code = "MissingSubscriptionRegistration"
    raise ArmFault(409, code, message, details=({"code": code, "target": namespace, "message": message},))


def read(cloud: Cloud, request: Request, rest: tuple[str, ...]) -> Reply:
    """GET of all providers of a subscription or the tenant, of one, or of the types of one."""
    check_manager_version(cloud.store, enter_reading(cloud, request, _subscription(request), READ))
    if not rest:
        found = [_provider(cloud, request, name) for name in sorted(_namespaces().values())]
        return Reply(200, {"value": found})
    provider = _provider(cloud, request, _spelled(rest[0]))
    return Reply(200, provider if len(rest) == 1 else {"value": provider["resourceTypes"]})


def _subscription(request: Request) -> ArmId | None:
    return ArmId(request.target.scope[:2]) if request.target.subscription else None


def _spelled(namespace: str) -> str:
    found = _namespaces().get(namespace.lower())
    if found is None:
        raise faults.invalid_namespace(namespace)
    return found


def _provider(cloud: Cloud, request: Request, namespace: str) -> dict[str, Any]:
    subscription = request.target.subscription
    types = [type_ for type_ in all_types() if type_.namespace == namespace]
    document: dict[str, Any] = {"namespace": namespace, "resourceTypes": [_resource_type(type_) for type_ in types]}
    if subscription is None:
        return document
    free = namespace.lower() in BUILT_IN
    return {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        **document,
        "registrationState": _state(cloud, subscription, namespace),
        "registrationPolicy": "RegistrationFree" if free else "RegistrationRequired",
    }


def _resource_type(type_: ResourceType) -> dict[str, Any]:
    known = list(api_versions(type_))
    regions = [] if type_.location in ("none", "global") else list(REGIONS.values())
    return {
        "resourceType": type_.arm_type.split("/", 1)[1],
        "locations": ["global"] if type_.location == "global" else regions,
        "apiVersions": known,
        "defaultApiVersion": type_.api_version,
        "capabilities": "SupportsTags, SupportsLocation" if type_.tags and type_.tracked else "None",
    }


def register(cloud: Cloud, request: Request, namespace: str, *, registered: bool) -> Reply:
    """POST register or unregister: the answer tells that it has begun, a later GET that it is over."""
    check_manager_version(cloud.store, enter(cloud, request))
    spelled, scope = _spelled(namespace), _subscription(request)
    if scope is None:
        raise faults.not_found()
    verb = "register" if registered else "unregister"
    cloud.access.check(request.caller, f"{spelled}/{verb}/action", scope)
    if not registered:
        _check_unused(cloud, scope, spelled)
    if registered == _state(cloud, scope.name, spelled).startswith("Register"):
        return Reply(200, _provider(cloud, request, spelled))
    until = cloud.store.seconds() + cloud.lag(REGISTRATION_SECONDS)
    with cloud.store.transaction():
        cloud.facts.put(_fact(scope.name, spelled), f"{REGISTERED if registered else 'Unregistered'} {until}")
    begun = "Registering" if registered else "Unregistering"
    return Reply(200, {**_provider(cloud, request, spelled), "registrationState": begun})


def _check_unused(cloud: Cloud, subscription: ArmId, namespace: str) -> None:
    """Raises ArmFault while the subscription has resources of the namespace.

    Source: resource providers and types, a provider with resources cannot be unregistered.
    """
    mine = f"{namespace.lower()}/"
    used = next((row for row in cloud.store.under(subscription.key) if row.type.startswith(mine)), None)
    if used is not None:
        raise ArmFault(
            409,
            "Conflict",
            f"The subscription '{subscription.name}' cannot be unregistered from namespace '{namespace}' because it"
            f" still has resources of it: '{used.id}'.",
        )


def name_availability(cloud: Cloud, request: Request, namespace: str) -> Reply:
    """POST checkNameAvailability: the type's own name rule, and whether the name is taken where it must be unique."""
    enter_reading(cloud, request, _subscription(request), f"{namespace}/checknameavailability/read")
    body = request.body()
    type_ = by_arm_type(str(body.get("type", "")))
    if type_ is None or type_.namespace.lower() != namespace.lower() or type_.name.unique != "global":
        raise ArmFault(400, "InvalidParameter", f"The type '{body.get('type')}' cannot be checked here.")
    name = str(body.get("name", ""))
    probe = ArmId((*request.target.scope[:2], "resourceGroups", "-", "providers", *type_.arm_type.split("/"), name))
    try:
        checks.check_name(type_, probe)
    except (ArmFault, ValueError) as fault:
        return _unavailable(type_.name.reason, fault)
    plain = dataclasses.replace(type_, name=dataclasses.replace(type_.name, own_code=""))
    try:
        checks.check_unique(plain, probe, {}, cloud.store)
        check_reserved(cloud.store, type_, probe)
    except ArmFault as fault:
        told = checks.formatted(type_.name.checked_message, name=name)
        return _unavailable("AlreadyExists", dataclasses.replace(fault, message=told or fault.message))
    return Reply(200, {"nameAvailable": True})


def _unavailable(reason: str, fault: Exception) -> Reply:
    message = fault.message if isinstance(fault, ArmFault) else str(fault)
    return Reply(200, {"nameAvailable": False, "reason": reason, "message": message})
