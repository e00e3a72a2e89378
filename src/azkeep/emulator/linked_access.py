"""Linked access checks: rights on what the body of a write names, beside the right to write.

ARM asks for them at every write whose body names the resource, also where the stored document names it already: a
client that sends a whole document back needs them all again. Source: the answers LinkedAuthorizationFailed of Azure
Resource Manager; Microsoft Learn, "Azure permissions for Networking".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.emulator import rbac
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.documents import matches
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types import by_arm_type
from azkeep.types.resource_type import LinkedAccess, ResourceType
from azkeep.types.write import Caller

CODE = "LinkedAuthorizationFailed"


def check(cloud: Cloud, caller: Caller, id: ArmId, action: str, sent: Body) -> None:
    """Raises ArmFault 403 where `caller`, who may do `action` at `id`, lacks a right on what `sent` names."""
    type_ = by_arm_type(id.type)
    lacking: dict[tuple[str, str], None] = {}
    for wanted, target in _needs(type_, sent) if type_ is not None else ():
        if target.subscription is not None and cloud.subscriptions.get(target.subscription) is None:
            raise _no_such_subscription(caller, wanted, id, target.subscription)
        if not cloud.access.allows(caller, wanted, target):
            lacking[wanted, target.text] = None
    if lacking:
        raise _forbidden(caller, action, id, tuple(lacking))


def _needs(type_: ResourceType, sent: Body) -> Iterator[tuple[str, ArmId]]:
    """(action, on what) for all that a document names, items of its lists that are resources included."""
    for access in type_.linked_accesses:
        for _, value in matches(sent, access.path):
            for text in _named(value):
                yield from _need(access, text)
    for pointer, child_type in type_.inline.items():
        child, items = by_arm_type(child_type), get(sent, pointer)
        if child is not None and isinstance(items, list):
            for item in items:
                if isinstance(item, Mapping):
                    yield from _needs(child, item)


def _named(value: Any) -> Iterator[str]:
    """Ids in a value: itself, or the names of its members; one with null takes its resource away."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (name for name, inner in value.items() if inner is not None)


def _need(access: LinkedAccess, text: str) -> Iterator[tuple[str, ArmId]]:
    """What is no id is left to the checks of the document."""
    if not text.startswith("/"):
        return
    try:
        target = ArmId.parse(text)
    except ValueError:
        return
    scope = target.parent if access.enclosing else target
    if scope is not None:
        known = by_arm_type(scope.type)
        yield access.action.replace("{type}", known.arm_type if known else scope.type), scope


def _forbidden(caller: Caller, action: str, id: ArmId, lacking: tuple[tuple[str, str], ...]) -> ArmFault:
    actions, scopes = (",".join(each) for each in zip(*lacking, strict=True))
    return ArmFault(
        403,
        CODE,
        f"The client '{rbac.client_of(caller)}' with object id '{caller.object_id}' has permission to perform action"
        f" '{action}' on scope '{id}'; however, it does not have permission to perform action(s) '{actions}' on the"
        f" linked scope(s) '{scopes}' (respectively) or the linked scope(s) are invalid.",
    )


def _no_such_subscription(caller: Caller, wanted: str, id: ArmId, subscription: str) -> ArmFault:
    return ArmFault(
        403,
        CODE,
        f"The client has permission to perform action '{wanted}' on scope '{id}', however the current tenant"
        f" '{caller.tenant}' is not authorized to access linked subscription '{subscription}'.",
    )
