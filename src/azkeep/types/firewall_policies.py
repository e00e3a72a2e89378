"""Microsoft.Network/firewallPolicies. Source: Firewall Policies REST API 2024-05-01; azure-firewall features."""

from __future__ import annotations

from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types._linked_access import join
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    in_use,
    is_same,
    references,
    with_value,
)
from azkeep.types.resource_type import Link, ResourceType
from azkeep.types.write import Estate, Write

ARM_TYPE = "Microsoft.Network/firewallPolicies"
FIREWALLS = "Microsoft.Network/azureFirewalls"
BASE = "/properties/basePolicy/id"
PREMIUM = ("intrusionDetection", "transportSecurity")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    tier = get(write.body, "/properties/sku/tier")
    used = next((name for name in PREMIUM if get(write.body, f"/properties/{name}")), None)
    if used is not None and not same_text(tier, "Premium"):
        text = f"Firewall policy {write.id.name} of tier {tier} cannot have {used}: it needs the tier Premium."
        return ArmFault(400, "FirewallPolicyFeatureNotSupportedForSku", text)
    return identity_fault(write, estate)


def _complete(write: Write, estate: Estate) -> Body:
    return with_identity(completed(write), write, estate)


def _users(id: ArmId, arm_type: str, pointer: str, estate: Estate) -> tuple[str, ...]:
    return tuple(str(each["id"]) for each in estate.of_type(arm_type) if is_same(get(each, pointer), id.text))


def _firewalls(id: ArmId, estate: Estate) -> tuple[str, ...]:
    return _users(id, FIREWALLS, "/properties/firewallPolicy/id", estate)


def _children(id: ArmId, estate: Estate) -> tuple[str, ...]:
    return _users(id, ARM_TYPE, BASE, estate)


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    groups = [str(each["id"]) for each in estate.children(id.text, "ruleCollectionGroups")]
    shown: Any = body
    for name, ids in (
        ("firewalls", _firewalls(id, estate)),
        ("childPolicies", _children(id, estate)),
        ("ruleCollectionGroups", groups),
    ):
        shown = with_value(shown, f"/properties/{name}", references(ids))
    return dict(shown)


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    users = (*_firewalls(id, estate), *_children(id, estate))
    return in_use(id, users, "FirewallPolicyInUse", "Firewall policy", "aka.ms/firewallpolicy")


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:network:FirewallPolicy",
    path=IN_RESOURCE_GROUP + "/firewallPolicies/{firewallPolicyName}",
    # A policy's sku stands among its properties, unlike that of other types.
    outside=frozenset({"location", "tags", "identity", "id", "name", "type"}),
    name=NAME,
    linked=(join(BASE, "firewallPolicies"),),
    links=(
        Link(BASE, (ARM_TYPE,)),
        Link("/properties/insights/logAnalyticsResources/workspaces/*/workspaceId/id"),
        Link("/properties/insights/logAnalyticsResources/defaultWorkspaceId/id"),
    ),
    read_only=(
        *READ_ONLY,
        *(f"/properties/{name}" for name in ("firewalls", "childPolicies", "ruleCollectionGroups", "size")),
    ),
    # Answer of FirewallPolicies createOrUpdate in the REST examples.
    defaults={"/properties/sku/tier": "Standard", "/properties/threatIntelMode": "Alert"},
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    in_resource_graph=True,
    volatile=("/etag", "/properties/size"),
    unordered=(
        *(f"/properties/{name}" for name in ("firewalls", "childPolicies", "ruleCollectionGroups")),
        "/properties/threatIntelWhitelist/fqdns",
        "/properties/threatIntelWhitelist/ipAddresses",
    ),
)
