"""GETs that are neither a resource nor a list of resources: what a type tells beside its documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.locations import REGIONS, normalised
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import shown
from azkeep.emulator.resolve import absent, check_outermost, known_type, location_of
from azkeep.emulator.rights import enter_reading
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body
from azkeep.types import all_types, by_arm_type

T = TypeVar("T")


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path names such a view, one item of a view included, else None."""
    target = request.target
    if request.method != "GET" or not target.rest:
        return None
    if len(target.rest) == 4 and len(target.scope) == 2 and target.rest[1].lower() == "locations":
        return _regional(cloud, request, *target.rest)
    if target.collection is not None:
        parent, arm_type = target.collection
        if parent is None:
            return None
        return _view(cloud, request, parent, arm_type) or _beside(cloud, request, parent, arm_type)
    id = target.resource
    if id is None or id.parent is None or by_arm_type(id.type) is not None:
        return None
    found = _view(cloud, request, id.parent, id.type) or _beside(cloud, request, id.parent, id.type)
    return None if found is None else _item(id, found)


def _beside(cloud: Cloud, request: Request, scope: ArmId, arm_type: str) -> Reply | None:
    """A list of what an extension type tells beside its own resources, on anything that is there."""
    found = ((type_, _named(type_.beside, arm_type)) for type_ in all_types() if type_.beside)
    type_, view = next(((each, view) for each, view in found if view is not None), (None, None))
    if type_ is None or view is None:
        return None
    version = enter_reading(cloud, request, scope, f"{arm_type}/read")
    row = cloud.store.get(scope.key)
    if row is None and len(scope.segments) > 2:
        raise faults.resource_not_found(scope)
    known_type(cloud.store, type_.arm_type, version)
    return _told(view(ArmId.parse(row.id) if row else scope, row.body if row else {}, cloud.estate))


def _view(cloud: Cloud, request: Request, parent: ArmId, arm_type: str) -> Reply | None:
    type_ = by_arm_type(parent.type) if len(parent.segments) > 4 else None
    name = arm_type.rsplit("/", 1)[-1]
    view = _named(type_.views, name) if type_ else None
    asked = _named(type_.asked, name) if type_ else None
    if view is None and asked is None:
        return None
    version = enter_reading(cloud, request, parent, f"{arm_type}/read")
    row = cloud.store.get(parent.key)
    group = parent.resource_group_id
    if row is None and group is not None and not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    known_type(cloud.store, parent.type, version, lambda: location_of(cloud.store, parent))
    check_outermost(cloud.store, parent, arm_type, "read")
    if row is None:
        raise absent(parent)
    id, body = ArmId.parse(row.id), shown(cloud, row)
    if view is not None:
        return _told(view(id, body, cloud.estate))
    return _told(asked(id, body, request.query, cloud.estate) if asked else {})


def _named(known: Mapping[str, T], name: str) -> T | None:
    return next((each for spelled, each in known.items() if spelled.lower() == name.lower()), None)


def _told(answer: Body | ArmFault) -> Reply:
    if isinstance(answer, ArmFault):
        raise answer
    return Reply(200, answer)


def _item(id: ArmId, view: Reply) -> Reply:
    items: list[Any] = view.body.get("value", [])
    one = next((each for each in items if str(each.get("name", "")).lower() == id.name.lower()), None)
    if one is None:
        raise faults.resource_not_found(id)
    return Reply(200, one)


def _regional(cloud: Cloud, request: Request, namespace: str, _: str, place: str, name: str) -> Reply | None:
    types = (type_ for type_ in all_types() if type_.namespace.lower() == namespace.lower())
    found = [
        (type_, answer) for type_ in types for known, answer in type_.regional.items() if known.lower() == name.lower()
    ]
    if not found:
        return None
    type_, answer = found[0]
    subscription = ArmId(request.target.scope)
    version = enter_reading(cloud, request, subscription, f"{type_.namespace}/locations/{name}/read")
    location = normalised(place)
    known_type(cloud.store, type_.arm_type, version, lambda: location)
    if location not in REGIONS:
        raise ArmFault(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{place}' is not available for resource type '{type_.namespace}/locations/{name}'."
            f" List of available regions for the resource type is '{','.join(sorted(REGIONS))}'.",
        )
    return _told(answer(subscription.name, location, request.query, cloud.estate))
