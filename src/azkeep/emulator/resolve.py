"""From a path to the type and the canonical id: what exists, what is known, in ARM's order of checks."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from azkeep.emulator import faults
from azkeep.emulator.locations import REGIONS
from azkeep.emulator.store import Store
from azkeep.errors import ArmFault
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.types import all_types, by_arm_type
from azkeep.types.resource_type import ResourceType

_VERSION = re.compile(r"(\d{4})-(\d{2})-(\d{2})(-(preview|privatepreview|beta|alpha))?\Z", re.IGNORECASE | re.ASCII)
_NAMELESS = re.compile(r"/resourcegroups//+(providers(/|$)|$)", re.IGNORECASE)
OLDEST = date(2014, 1, 1)
OWN_NAMESPACE = "microsoft.resources"


@lru_cache(maxsize=1)
def namespaces() -> frozenset[str]:
    """Lower-case namespaces of all known types."""
    return frozenset(type_.namespace.lower() for type_ in all_types())


def known_type(arm_type: str, version: str, location: object = "") -> ResourceType:
    """The type, at a version it has. Raises ARM's faults for an unknown namespace, type or version.

    `location` is what the request says of the place, which ARM repeats.
    """
    type_ = by_arm_type(arm_type)
    if type_ is None:
        namespace = arm_type.split("/", maxsplit=1)[0]
        if namespace.lower() not in namespaces():
            raise faults.invalid_namespace(namespace)
        raise faults.invalid_type(namespace, version)
    if not _has_version(type_.arm_type, version):
        raise _no_version(type_, version, location)
    return type_


def versions(type_: ResourceType) -> tuple[str, ...]:
    """api-versions that are shown for a type, newest first."""
    return tuple(sorted({*type_.api_versions, type_.api_version}, reverse=True))


@lru_cache(maxsize=4096)
def _has_version(arm_type: str, version: str) -> bool:
    """True for the versions the type lists; a type that lists none takes every well-formed date up to today."""
    type_ = by_arm_type(arm_type)
    if type_ is not None and type_.api_versions:
        return version.lower() in versions(type_)
    found = _VERSION.match(version)
    if not found:
        return False
    try:
        day = date(*(int(part) for part in found.groups()[:3]))
    except ValueError:
        return False
    return OLDEST <= day <= datetime.now(UTC).date()


def _no_version(type_: ResourceType, version: str, location: object = "") -> ArmFault:
    supported = ", ".join(versions(type_))
    if type_.namespace.lower() == OWN_NAMESPACE:
        return ArmFault(
            400,
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are '{supported}'.",
        )
    kind = type_.arm_type.split("/", 1)[1]
    where = "" if type_.location == "none" else ", ".join(sorted(REGIONS))
    place = location if isinstance(location, str) else ""
    return ArmFault(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{place}' and API version '{version}' for type '{kind}'."
        f" The supported api-versions are '{supported}'. The supported locations are '{where}'.",
    )


def nameless(path: str) -> bool:
    """True if a path goes on behind `resourceGroups` without the name of one."""
    return _NAMELESS.search(path) is not None


def no_group_version(version: str) -> ArmFault:
    """What ARM says of a path in which the name of a group is empty: it takes it for a version it does not have."""
    type_ = by_arm_type(RESOURCE_GROUP_TYPE)
    return _no_version(type_, version) if type_ else faults.not_found()


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
