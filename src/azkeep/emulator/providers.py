"""Resource providers: their lists of types, registration, and what they answer without a resource."""

from __future__ import annotations

from functools import cache
from typing import Any

from azkeep.emulator import checks, faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.locations import REGIONS
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resolve import versions
from azkeep.emulator.rights import enter, enter_reading
from azkeep.emulator.soft_deletes import check_reserved
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import all_types, by_arm_type
from azkeep.types.resource_type import ResourceType

READ = "Microsoft.Resources/subscriptions/providers/read"
GRAPH = "Microsoft.ResourceGraph"
BUILT_IN = frozenset({"microsoft.resources", "microsoft.authorization", GRAPH.lower()})


@cache
def _namespaces() -> dict[str, str]:
    """Lower-case namespace → its spelling; Resource Graph has no resources of its own."""
    names = {GRAPH, *(type_.namespace for type_ in all_types())}
    return {name.lower(): name for name in names}


def _fact(subscription: str, namespace: str) -> str:
    return f"unregistered/{subscription}/{namespace}".lower()


def check_registered(cloud: Cloud, id: ArmId) -> None:
    """Raises ArmFault while the namespace is unregistered in the subscription. All are registered at first."""
    namespace = id.type.split("/")[0]
    if id.subscription is None or cloud.facts.get(_fact(id.subscription, namespace)) is None:
        return
    message = (
        f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how"
        " to register subscriptions."
    )
    code = "MissingSubscriptionRegistration"
    raise ArmFault(409, code, message, details=({"code": code, "target": namespace, "message": message},))


def provider_list(cloud: Cloud, request: Request) -> Reply:
    """GET of all providers of a subscription, or of the tenant."""
    enter_reading(cloud, request, _subscription(request), READ)
    found = [_provider(cloud, request, name) for name in sorted(_namespaces().values())]
    return Reply(200, {"value": found})


def provider(cloud: Cloud, request: Request, namespace: str) -> Reply:
    """GET of one provider."""
    enter_reading(cloud, request, _subscription(request), READ)
    return Reply(200, _provider(cloud, request, _spelled(namespace)))


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
    absent = cloud.facts.get(_fact(subscription, namespace)) is not None
    free = namespace.lower() in BUILT_IN
    return {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        **document,
        "registrationState": "NotRegistered" if absent else "Registered",
        "registrationPolicy": "RegistrationFree" if free else "RegistrationRequired",
    }


def _resource_type(type_: ResourceType) -> dict[str, Any]:
    known = list(versions(type_))
    regions = [] if type_.location in ("none", "global") else list(REGIONS.values())
    return {
        "resourceType": type_.arm_type.split("/", 1)[1],
        "locations": ["global"] if type_.location == "global" else regions,
        "apiVersions": known,
        "defaultApiVersion": type_.api_version,
        "capabilities": "SupportsTags, SupportsLocation" if type_.tags and type_.tracked else "None",
    }


def register(cloud: Cloud, request: Request, namespace: str, *, registered: bool) -> Reply:
    """POST register or unregister."""
    enter(cloud, request)
    spelled, scope = _spelled(namespace), _subscription(request)
    if scope is None:
        raise faults.not_found()
    verb = "register" if registered else "unregister"
    cloud.access.check(request.caller, f"{spelled}/{verb}/action", scope)
    fact = _fact(scope.name, spelled)
    with cloud.store.transaction():
        if registered:
            cloud.facts.remove(fact)
        else:
            cloud.facts.put(fact, "true")
    return Reply(200, _provider(cloud, request, spelled))


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
    try:
        checks.check_unique(type_, probe, {}, cloud.store)
        check_reserved(cloud.store, type_, probe)
    except ArmFault as fault:
        return _unavailable("AlreadyExists", fault)
    return Reply(200, {"nameAvailable": True})


def _unavailable(reason: str, fault: Exception) -> Reply:
    message = fault.message if isinstance(fault, ArmFault) else str(fault)
    return Reply(200, {"nameAvailable": False, "reason": reason, "message": message})
