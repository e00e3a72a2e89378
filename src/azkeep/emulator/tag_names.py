"""The tag names of a subscription: those that are in use, and those that were predefined.

Source: Resource Manager REST API 2025-04-01, Tags; codes and messages as observed.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from azkeep.emulator import faults, tag_rules
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.locks import check_locks
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resolve import check_manager_version
from azkeep.emulator.resources import recorded
from azkeep.emulator.rights import check_any_role, enter
from azkeep.emulator.tags import of_subscription
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId

NAMES = "Microsoft.Resources/subscriptions/tagNames"
Predefined = dict[str, list[str]]
"""Tag name as spelled → its predefined values, in order of creation."""


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path names tag names of a subscription, one of them or one of its values, else None."""
    lowered, scope = request.target.lowered, request.target.scope
    if request.target.rest is not None or len(lowered) < 3 or (lowered[0], lowered[2]) != ("subscriptions", "tagnames"):
        return None
    subscription = ArmId(scope[:2])
    if len(scope) == 3 and request.method == "GET":
        return _list(cloud, request, subscription)
    if len(scope) == 4:
        return _change(cloud, request, subscription, scope[3])
    if len(scope) > 5 and lowered[4] == "tagvalues":
        return _change(cloud, request, subscription, scope[3], "/".join(scope[5:]))
    return None


def _list(cloud: Cloud, request: Request, subscription: ArmId) -> Reply:
    """GET of all tag names in a subscription, with their values and how often each is used."""
    check_manager_version(cloud.store, enter(cloud, request))
    check_any_role(cloud, request, subscription, f"{NAMES}/read")
    known, used = _predefined(cloud, subscription), _used(cloud, subscription)
    spelled = {name.lower(): name for name in (*used, *known)}
    return Reply(200, {"value": [_name(subscription, spelled[key], known, used) for key in sorted(spelled)]})


def _change(cloud: Cloud, request: Request, subscription: ArmId, name: str, value: str | None = None) -> Reply:
    """PUT or DELETE of a predefined name, or of one of its predefined values."""
    if request.method not in ("PUT", "DELETE"):
        raise faults.method_not_allowed(request.method)
    check_manager_version(cloud.store, enter(cloud, request))
    action = f"{NAMES if value is None else f'{NAMES}/tagValues'}/{'write' if request.method == 'PUT' else 'delete'}"

    def work() -> tuple[Reply, float]:
        check_locks(cloud.store, subscription, "write" if request.method == "PUT" else "delete")
        changed = _put if request.method == "PUT" else _delete
        known = _predefined(cloud, subscription)
        reply = changed(cloud, subscription, known, name, value)
        cloud.facts.put(_fact(subscription), json.dumps(known))
        return reply, 0.0

    return recorded(cloud, request, subscription, action, work)


def _put(cloud: Cloud, subscription: ArmId, known: Predefined, name: str, value: str | None) -> Reply:
    tag_rules.check({name: value or ""})
    used = _used(cloud, subscription)
    spelled = _spelled(known, name)
    if value is None:
        known.setdefault(spelled or name, [])
        return Reply(200 if spelled else 201, _name(subscription, spelled or name, known, used))
    if spelled is None:
        raise _no_name(name)
    is_new = value not in known[spelled]
    if is_new:
        known[spelled].append(value)
    return Reply(201 if is_new else 200, _value(f"{subscription}/tagNames/{spelled}", value, _counted(used, spelled)))


def _delete(cloud: Cloud, subscription: ArmId, known: Predefined, name: str, value: str | None) -> Reply:
    used = _counted(_used(cloud, subscription), name)
    spelled = _spelled(known, name)
    if value is None:
        return _delete_name(known, spelled, name, used)
    if spelled is None:
        raise _no_name(name)
    if used[value]:
        raise _in_use(
            "The tag cannot be deleted. It is associated to one or more resources. Tag name"
            f" '{name}' and tag value '{value}'."
        )
    if value not in known[spelled]:
        return Reply(204)
    known[spelled].remove(value)
    return Reply(200)


def _delete_name(known: Predefined, spelled: str | None, name: str, used: Counter[str]) -> Reply:
    if used:
        raise _in_use(f"The tag name '{name}' cannot be deleted. It is associated to one or more resources.")
    if spelled is None:
        return Reply(204)
    if known[spelled]:
        raise _in_use(f"The tag name '{name}' cannot be deleted. It has one or more predefined values.")
    del known[spelled]
    return Reply(200)


def _no_name(name: str) -> ArmFault:
    return ArmFault(404, "PredefinedTagNameNotFound", f"Predefined tag name '{name}' could not be found.")


def _in_use(message: str) -> ArmFault:
    return ArmFault(409, "Conflict", message)


def _fact(subscription: ArmId) -> str:
    return f"tagnames/{subscription.name}".lower()


def _predefined(cloud: Cloud, subscription: ArmId) -> Predefined:
    found: Predefined = json.loads(cloud.facts.current(_fact(subscription)) or "{}")
    return found


def _spelled(names: Predefined, name: str) -> str | None:
    return next((each for each in names if each.lower() == name.lower()), None)


def _used(cloud: Cloud, subscription: ArmId) -> dict[str, Counter[str]]:
    """Tag name as first spelled → how often each value is used, in the subscription and on everything in it."""
    spelled: dict[str, str] = {}
    counted: dict[str, Counter[str]] = {}
    tagged = (row.body.get("tags") or {} for row in cloud.store.under(subscription.key))
    for found in (of_subscription(cloud, subscription.name), *tagged):
        for name, value in found.items():
            counted.setdefault(spelled.setdefault(name.lower(), name), Counter())[str(value)] += 1
    return counted


def _counted(used: dict[str, Counter[str]], name: str) -> Counter[str]:
    return next((values for each, values in used.items() if each.lower() == name.lower()), Counter())


def _name(subscription: ArmId, name: str, known: Predefined, used: dict[str, Counter[str]]) -> dict[str, Any]:
    id, counted = f"{subscription}/tagNames/{name}", _counted(used, name)
    values = {*counted, *known.get(_spelled(known, name) or "", ())}
    return {
        "id": id,
        "tagName": name,
        "count": {"type": "Total", "value": counted.total()},
        "values": [_value(id, value, counted) for value in sorted(values)],
    }


def _value(name: str, value: str, counted: Counter[str]) -> dict[str, Any]:
    return {
        "id": f"{name}/tagValues/{value}",
        "tagValue": value,
        "count": {"type": "Total", "value": counted[value]},
    }
