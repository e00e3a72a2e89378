"""What every request to a subscription passes first, and the names of RBAC's actions."""

from __future__ import annotations

import re

from azkeep.emulator import faults, rbac
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Request
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SUBSCRIPTION_GROUPS = "Microsoft.Resources/subscriptions/resourcegroups"


def action_name(type_: str, verb: str) -> str:
    """`Microsoft.Network/virtualNetworks/write`, as RBAC and the activity log call it."""
    return f"{SUBSCRIPTION_GROUPS if type_.lower() == RESOURCE_GROUP_TYPE.lower() else type_}/{verb}"


def enter(cloud: Cloud, request: Request) -> str:
    """The api-version, once it and the subscription were checked. Raises ArmFault."""
    version = request.api_version
    subscription = request.target.subscription
    if subscription is not None and cloud.subscriptions.get(subscription) is None:
        if not GUID.fullmatch(subscription):
            raise faults.invalid_subscription(subscription)
        raise faults.subscription_not_found(subscription)
    return version


def enter_reading(cloud: Cloud, request: Request, scope: ArmId | None, action: str) -> str:
    """`enter`, and the caller's right to `action` at `scope`. What belongs to the tenant may be read by everyone."""
    version = enter(cloud, request)
    if scope is not None and scope.subscription is not None:
        cloud.access.check(request.caller, action, scope)
    return version


def check_any_role(cloud: Cloud, request: Request, subscription: ArmId, action: str) -> None:
    """Raises ArmFault 403 unless the caller holds some role at, above or below the subscription."""
    for scope in cloud.access.scopes(request.caller):
        if f"{scope}/".startswith(f"{subscription.key}/"):
            return
    raise rbac.forbidden(request.caller, action, subscription)
