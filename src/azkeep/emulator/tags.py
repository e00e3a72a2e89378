"""The tags of any resource, by themselves: `{scope}/providers/Microsoft.Resources/tags/default`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from azkeep.emulator import faults, tag_rules
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deserialization import check_tags
from azkeep.emulator.locks import check_locks
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resolve import check_manager_version
from azkeep.emulator.resources import recorded
from azkeep.emulator.rights import enter, enter_reading
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type

PATH = ("microsoft.resources", "tags", "default")


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path names tags, else None."""
    id = _named(request)
    return None if id is None else _answer(cloud, request, id)


def _named(request: Request) -> ArmId | None:
    """The subscription, group or resource whose tags the path names, if it names tags."""
    rest = request.target.rest
    if rest is None or tuple(part.lower() for part in rest) != PATH or len(request.target.scope) < 2:
        return None
    return ArmId.parse("/".join(request.target.scope))


def _answer(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """GET, PUT, PATCH (Merge, Replace, Delete) and DELETE of the tags of `id`."""
    if request.method in ("GET", "HEAD"):
        check_manager_version(cloud.store, enter_reading(cloud, request, id, "Microsoft.Resources/tags/read"))
        tagged = _tagged(cloud, id)
        return Reply(200, _document(tagged.id, tagged.tags)) if request.method == "GET" else Reply(204)
    verb = "delete" if request.method == "DELETE" else "write"
    if request.method not in ("PUT", "PATCH", "DELETE"):
        raise faults.method_not_allowed(request.method)
    check_manager_version(cloud.store, enter(cloud, request))

    def work() -> tuple[Reply, float]:
        check_locks(cloud.store, id, "write")
        tagged = _tagged(cloud, id)
        tags = _changed(request, tagged.tags)
        tag_rules.check(tags, longest_name=tagged.longest_name)
        _keep(cloud, id, tags)
        return (Reply(200) if verb == "delete" else Reply(200, _document(tagged.id, tags))), 0.0

    return recorded(cloud, request, id, f"Microsoft.Resources/tags/{verb}", work)


@dataclass(frozen=True)
class _Tagged:
    """What carries tags: its id as stored, its tags, and how long their names may be."""

    id: str
    tags: dict[str, str]
    longest_name: int


def _tagged(cloud: Cloud, id: ArmId) -> _Tagged:
    if len(id.segments) == 2:
        found = cloud.subscriptions.get(id.name)
        if found is None:
            raise faults.subscription_not_found(id.name)
        return _Tagged(f"/subscriptions/{found.id}", of_subscription(cloud, found.id), tag_rules.LONGEST_NAME)
    row = cloud.store.get(id.key)
    if row is None:
        raise faults.resource_not_found(id)
    type_ = by_arm_type(row.type)
    longest = type_.longest_tag_name if type_ else tag_rules.LONGEST_NAME
    return _Tagged(row.id, dict(row.body.get("tags") or {}), longest)


def of_subscription(cloud: Cloud, subscription: str) -> dict[str, str]:
    """The tags of a subscription itself."""
    found: dict[str, str] = json.loads(cloud.facts.current(_fact(subscription)) or "{}")
    return found


def _fact(subscription: str) -> str:
    return f"tags/{subscription}".lower()


def _keep(cloud: Cloud, id: ArmId, tags: dict[str, str]) -> None:
    row = cloud.store.get(id.key)
    if row is None:
        cloud.facts.put(_fact(id.name), json.dumps(tags))
        return
    cloud.store.put(ArmId.parse(row.id), {**row.body, "tags": tags}, etag=row.etag, now=cloud.now())


def _document(id: str, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "id": f"{id}/providers/Microsoft.Resources/tags/default",
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": tags},
    }


def _changed(request: Request, before: dict[str, str]) -> dict[str, str]:
    if request.method == "DELETE":
        return {}
    body = request.body()
    check_tags(body)
    properties = body.get("properties")
    if not properties:
        raise ArmFault(
            400, "InvalidRequestContent", "The request content was invalid: required property 'properties' is missing."
        )
    sent: dict[str, str] = dict(properties.get("tags") or {})
    operation = str(body.get("operation", "Merge")) if request.method == "PATCH" else "Replace"
    spelled = {name.lower(): name for name in before}
    match operation.lower():
        case "replace":
            return sent
        case "delete":
            return {name: value for name, value in before.items() if name.lower() not in {n.lower() for n in sent}}
        case "merge":
            return {**before, **{spelled.get(name.lower(), name): value for name, value in sent.items()}}
    raise ArmFault(
        400, "InvalidRequestContent", f"The tags operation '{operation}' is not one of Merge, Replace, Delete."
    )
