"""The managed network of a workspace: its outbound rules as resources, and when it becomes active. Pure.

Source: how-to-managed-network. The network is made lazily, by the first compute or by `provisionManagedNetwork`;
until then its rules are Inactive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import made_by
from azkeep.types._machine_learning import has_managed_network, isolation
from azkeep.types._managed_endpoints import connection_puts
from azkeep.types.write import Effect, Estate, PutEffect, Write

RULES = "/properties/managedNetwork/outboundRules"
STATUS = "/properties/managedNetwork/status"
INACTIVE: Mapping[str, Any] = {"status": "Inactive", "sparkReady": False}

# What the service adds a private endpoint rule for: pointer of the dependent resource → its private link groups.
DEPENDENT_GROUPS: Mapping[str, tuple[str, ...]] = {
    "storageAccount": ("blob", "file"),
    "keyVault": ("vault",),
    "containerRegistry": ("registry",),
}


def is_active(workspace: Body | None) -> bool:
    """True once the managed network of `workspace` has been provisioned."""
    return str(get(workspace, f"{STATUS}/status") or "").lower() == "active"


def network_effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    """The outbound rules that a workspace's own document names, and the ones the service requires."""
    if not has_managed_network(write.body):
        return ()
    named = get(write.sent, RULES) or {}
    wanted = {**_required(write, estate), **{name: _user_rule(rule) for name, rule in named.items()}}
    connections = connection_puts(write.id, write.body, wanted, estate) if is_active(write.body) else ()
    return (
        *(
            PutEffect(write.id.child("outboundRules", name).text, {"properties": rule, "systemData": made_by(write)})
            for name, rule in wanted.items()
        ),
        *connections,
    )


def provisioning_effects(workspace: Body, estate: Estate) -> tuple[Effect, ...]:
    """What making the managed network of `workspace` does to the targets of its rules."""
    id = ArmId.parse(str(workspace["id"]))
    rules = {str(rule["name"]): rule.get("properties", {}) for rule in estate.children(id.text, "outboundRules")}
    return tuple(connection_puts(id, workspace, rules, estate))


def provisioned(workspace: Body, *, spark: bool = False) -> Body:
    """`workspace` with its managed network active; what was ready for Spark stays so."""
    ready = spark or get(workspace, f"{STATUS}/sparkReady") is True
    shown: Body = put(workspace, STATUS, {"status": "Active", "sparkReady": ready})
    return shown


def shown_rules(id: ArmId, workspace: Body, estate: Estate) -> dict[str, Any]:
    """The outbound rules as `managedNetwork.outboundRules` of the workspace shows them, by name."""
    return {
        str(rule["name"]): rule_status(rule.get("properties", {}), workspace)
        for rule in estate.children(id.text, "outboundRules")
    }


def rule_status(properties: Mapping[str, Any], workspace: Body | None) -> dict[str, Any]:
    """A rule's properties with the status that the network gives it."""
    return {**properties, "status": "Active" if is_active(workspace) else "Inactive"}


def _user_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {"category": "UserDefined", **rule}


def _required(write: Write, estate: Estate) -> dict[str, dict[str, Any]]:
    """Private endpoint rules to the dependents: all under approved-only isolation, else those without public access."""
    every = isolation(write.body).lower() == "allowonlyapprovedoutbound"
    found: dict[str, dict[str, Any]] = {}
    for name, groups in DEPENDENT_GROUPS.items():
        target = get(write.body, f"/properties/{name}")
        document = estate.get(target) if isinstance(target, str) else None
        closed = str(get(document, "/properties/publicNetworkAccess") or "").lower() == "disabled"
        if document is None or not (every or closed):
            continue
        for group in groups:
            found[f"__SYS_PE_{ArmId.parse(target).name}_{group}_{write.guid('workspaceId')}"] = {
                "type": "PrivateEndpoint",
                "category": "Required",
                "destination": {"serviceResourceId": target, "subresourceTarget": group, "sparkEnabled": False},
            }
    return found
