"""Microsoft.Network/networkSecurityGroups. Source: Network Security Groups REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import (
    CLASSES,
    FLOW_LOGS,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    TARGET,
    duplicate_child,
    in_use,
    referring,
    shown,
    with_value,
)
from azkeep.types._security_rules import conflict, default_rules, rule_fault
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
INTERFACES = "Microsoft.Network/networkInterfaces"
DEFAULT_RULES = "/properties/defaultSecurityRules"
POINTER = "/properties/networkSecurityGroup/id"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    rules = get(write.sent, "/properties/securityRules", None) or []
    twice = duplicate_child(write.id, rules)
    if twice is not None:
        return twice
    for index, rule in enumerate(rules):
        name = str(rule.get("name", ""))
        fault = rule_fault(write.id, name, rule) or conflict(name, rule, rules[:index])
        if fault is not None:
            return fault
    return None


def _complete(write: Write, estate: Estate) -> Body:
    body = with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))
    return with_value(body, DEFAULT_RULES, default_rules(write.id))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    body = shown(body, "flowLogs", referring(estate, id.text, FLOW_LOGS, TARGET))
    body = shown(body, "subnets", referring(estate, id.text, SUBNETS, POINTER))
    # The rules that every group has are part of it, and have its etag.
    defaults = [{**rule, "etag": body.get("etag")} for rule in get(body, DEFAULT_RULES, None) or []]
    body = with_value(body, DEFAULT_RULES, defaults)
    return shown(body, "networkInterfaces", referring(estate, id.text, INTERFACES, POINTER))


def _default_rules(id: ArmId, body: Body, estate: Estate) -> Body:
    return {"value": get(body, DEFAULT_RULES)}


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    users = (*referring(estate, id.text, SUBNETS, POINTER), *referring(estate, id.text, INTERFACES, POINTER))
    return in_use(id, users, "InUseNetworkSecurityGroupCannotBeDeleted", "Network security group", "aka.ms/deletensg")


TYPE = ResourceType(
    arm_type="Microsoft.Network/networkSecurityGroups",
    token="azure-native:network:NetworkSecurityGroup",
    path=IN_RESOURCE_GROUP + "/networkSecurityGroups/{networkSecurityGroupName}",
    maintained=("securityRules",),
    name=NAME,
    read_only=(
        "/properties/defaultSecurityRules",
        "/properties/flowLogs",
        "/properties/networkInterfaces",
        "/properties/resourceGuid",
        "/properties/subnets",
    ),
    # Network Security Groups REST API, create example response: an empty list, and no flush of connections.
    defaults={"/properties/securityRules": [], "/properties/flushConnection": False},
    inline={"/properties/securityRules": "Microsoft.Network/networkSecurityGroups/securityRules"},
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    views={"defaultSecurityRules": _default_rules},
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    volatile=(
        "/etag",
        "/properties/defaultSecurityRules/*/etag",
        "/properties/flowLogs",
        "/properties/securityRules/*/etag",
        "/properties/subnets",
        "/properties/networkInterfaces",
    ),
    unordered=(
        "/properties/securityRules",
        "/properties/defaultSecurityRules",
        "/properties/subnets",
        "/properties/networkInterfaces",
    ),
)
