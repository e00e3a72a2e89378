"""What the caller may do at a scope. Source: Authorization REST API 2022-04-01, Permissions."""

from __future__ import annotations

from azkeep.emulator import faults, rbac
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.rights import enter
from azkeep.model.ids import ArmId

PATH = ("microsoft.authorization", "permissions")


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if the path asks for the caller's own permissions in a subscription, a group or at a resource."""
    rest, scope = request.target.rest, request.target.scope
    if request.method != "GET" or rest is None or tuple(part.lower() for part in rest) != PATH or len(scope) < 2:
        return None
    enter(cloud, request)
    at = ArmId(scope)
    roles = cloud.access.roles(request.caller, at)
    if not roles:
        raise rbac.forbidden(request.caller, "Microsoft.Authorization/permissions/read", at)
    if len(scope) > 2 and not cloud.store.exists(at.key):
        raise faults.resource_not_found(at)
    return Reply(200, {"value": [rbac.permissions(role) for role in roles]})
