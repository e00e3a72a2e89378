"""Subscriptions, tenants and locations, as clients read them."""

from __future__ import annotations

from typing import Any

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.locations import REGIONS
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resolve import check_manager_version
from azkeep.emulator.rights import check_any_role, enter
from azkeep.emulator.store_principals import Subscription
from azkeep.emulator.tags import of_subscription
from azkeep.model.ids import ArmId

READ = "Microsoft.Resources/subscriptions/read"


def subscription_list(cloud: Cloud, request: Request) -> Reply:
    """GET of the subscriptions in which the caller holds any role."""
    check_manager_version(cloud.store, enter(cloud, request))
    held = [f"{scope}/" for scope in cloud.access.scopes(request.caller)]
    found = [
        _document(cloud, each)
        for each in cloud.subscriptions.all()
        if any(scope.startswith(f"/subscriptions/{each.id.lower()}/") for scope in held)
    ]
    return Reply(200, {"value": found, "count": {"type": "Total", "value": len(found)}})


def subscription(cloud: Cloud, request: Request) -> Reply:
    """GET of one subscription."""
    check_manager_version(cloud.store, enter(cloud, request))
    id = ArmId(request.target.scope[:2])
    check_any_role(cloud, request, id, READ)
    found = cloud.subscriptions.get(id.name)
    return Reply(200, _document(cloud, found) if found else None)


def _document(cloud: Cloud, each: Subscription) -> dict[str, Any]:
    tags = of_subscription(cloud, each.id)
    return {
        "id": f"/subscriptions/{each.id}",
        **({"tags": tags} if tags else {}),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": each.id,
        "tenantId": cloud.identity.tenant,
        "displayName": each.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def tenants(cloud: Cloud, request: Request) -> Reply:
    """GET of the one tenant."""
    check_manager_version(cloud.store, enter(cloud, request))
    tenant = cloud.identity.tenant
    document = {
        "id": f"/tenants/{tenant}",
        "tenantId": tenant,
        "displayName": "azkeep local",
        "defaultDomain": "azkeep.localhost",
        "domains": ["azkeep.localhost"],
        "tenantCategory": "Home",
        "tenantType": "AAD",
    }
    return Reply(200, {"value": [document]})


def locations(cloud: Cloud, request: Request) -> Reply:
    """GET of the regions of a subscription."""
    check_manager_version(cloud.store, enter(cloud, request))
    scope = ArmId(request.target.scope[:2])
    check_any_role(cloud, request, scope, "Microsoft.Resources/subscriptions/locations/read")
    found = [
        {
            "id": f"{scope}/locations/{name}",
            "name": name,
            "type": "Region",
            "displayName": shown,
            "regionalDisplayName": shown,
            "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
        }
        for name, shown in REGIONS.items()
    ]
    return Reply(200, {"value": found})
