"""From a path to the type and the canonical id: what exists, what is known, in ARM's order of checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from azkeep.emulator import faults
from azkeep.emulator.locations import REGIONS
from azkeep.emulator.store import Store
from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.types import all_types, by_arm_type
from azkeep.types.api_versions import api_versions, has_api_version
from azkeep.types.resource_type import ResourceType

_NAMELESS = re.compile(r"/resourcegroups//+(providers(/|$)|$)", re.IGNORECASE)
OWN_NAMESPACE = "microsoft.resources"
_OUTERMOST = 8
"""Segments of the id of a top-level resource: subscription, group, namespace, type and name."""


@lru_cache(maxsize=1)
def namespaces() -> frozenset[str]:
    """Lower-case namespaces of all known types."""
    return frozenset(type_.namespace.lower() for type_ in all_types())


def known_type(store: Store, arm_type: str, version: str, location: Callable[[], str] | None = None) -> ResourceType:
    """The type, at a version it has. Raises ARM's faults for an unknown namespace, type or version.

    `location` tells where the resource is or shall be, which a refusal repeats and nothing else asks for; None where
    the request reaches no region: a list over a whole subscription.
    """
    type_ = by_arm_type(arm_type)
    if type_ is None:
        namespace = arm_type.split("/", maxsplit=1)[0]
        if namespace.lower() not in namespaces():
            raise faults.invalid_namespace(namespace)
        raise faults.invalid_type(namespace, version)
    if not has_api_version(type_, version, lambda: datetime.fromtimestamp(store.seconds(), UTC).date()):
        raise _no_version(type_, version, location)
    return type_


def check_manager_version(store: Store, version: str) -> None:
    """Raises ArmFault unless Resource Manager has `version` for what it answers itself."""
    known_type(store, RESOURCE_GROUP_TYPE, version)


def location_of(store: Store, id: ArmId, named: object = None) -> str:
    """Where Resource Manager looks for a resource: where it says it is, else where its group is; "" for nowhere."""
    if isinstance(named, str) and named:
        return named
    group = id.resource_group_id
    for known in (store.get(id.key), store.get(group.key) if group else None):
        if known is not None and known.body.get("location"):
            return str(known.body["location"])
    return ""


def _no_version(type_: ResourceType, version: str, location: Callable[[], str] | None) -> ArmFault:
    known = api_versions(type_)
    if type_.namespace.lower() == OWN_NAMESPACE:
        return faults.invalid_api_version(version, known)
    kind = type_.arm_type.split("/", 1)[1]
    if type_.is_extension or location is None:
        return faults.no_type_at_version(type_.namespace, kind, version, known)
    where = {"none": [], "global": ["global"]}.get(type_.location, sorted(REGIONS))
    return faults.no_registered_provider(location(), kind, version, known, where)


def check_outermost(store: Store, id: ArmId, arm_type: str, operation: str) -> None:
    """Raises ArmFault where `id` lies in a top-level resource that is not there: a request goes to its region.

    `arm_type` is what is told of the request: the type of `id`, of a list below it, or with an action behind it.
    """
    outermost = ArmId(id.segments[:_OUTERMOST])
    inside = len(id.segments) > _OUTERMOST or arm_type.lower() != id.type.lower()
    if id.resource_group is None or not inside or [part.lower() for part in id.segments].count("providers") != 1:
        return
    if not store.exists(outermost.key):
        raise faults.parent_not_found(arm_type, outermost, operation)


def absent(id: ArmId) -> ArmFault:
    """404 for what is not there, in the words of its service, or of Resource Manager."""
    type_ = by_arm_type(id.type)
    return type_.missing(id) if type_ is not None and type_.missing is not None else faults.resource_not_found(id)


def nameless(path: str) -> bool:
    """True if a path goes on behind `resourceGroups` without the name of one."""
    return _NAMELESS.search(path) is not None


def no_group_version(version: str) -> ArmFault:
    """What ARM says of a path in which the name of a group is empty: it takes it for a version it does not have."""
    type_ = by_arm_type(RESOURCE_GROUP_TYPE)
    return faults.invalid_api_version(version, api_versions(type_)) if type_ else faults.not_found()


def with_stored_casing(store: Store, id: ArmId, type_: ResourceType | None) -> ArmId:
    """`id` as a new resource gets it: enclosing resources as stored, the type as ARM writes it, the name as sent."""
    above = id.parent
    if above is None or len(id.segments) == 4:
        return id
    known = store.get(above.key)
    upper = ArmId.parse(known.id) if known else _group_casing(store, above)
    kinds = (type_.arm_type if type_ else id.type).split("/")
    if len(id.names) > 1:
        return upper.child(kinds[-1], id.name)
    return upper.extension("/".join(kinds), id.name)


def _group_casing(store: Store, id: ArmId) -> ArmId:
    group = id.resource_group_id
    known = store.get(group.key) if group else None
    if known is None:
        return id
    return ArmId((*ArmId.parse(known.id).segments, *id.segments[4:]))
