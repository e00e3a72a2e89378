"""Microsoft.Network/firewallPolicies/ruleCollectionGroups.

Source: Firewall Policy Rule Collection Groups REST API 2024-05-01; rule-processing.
"""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, SHORT_DELETE, SHORT_PUT
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write

LOWEST, HIGHEST = 100, 65000
COLLECTIONS = "/properties/ruleCollections"
NAT = "FirewallPolicyNatRuleCollection"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for where, priority in _priorities(write.body):
        if not isinstance(priority, int) or not LOWEST <= priority <= HIGHEST:
            text = f"The priority {priority} of {where} must be between {LOWEST} and {HIGHEST}."
            return ArmFault(400, "FirewallPolicyInvalidPriority", text)
    for collection in get(write.body, COLLECTIONS) or ():
        is_nat = same_text(collection.get("ruleCollectionType"), NAT)
        for rule in collection.get("rules") or ():
            if is_nat != same_text(rule.get("ruleType"), "NatRule"):
                text = f"Rule {rule.get('name')} of kind {rule.get('ruleType')} cannot be in {collection.get('name')}."
                return ArmFault(400, "FirewallPolicyRuleCollectionTypeMismatch", text)
    return _names_fault(write)


def _priorities(body: Body) -> Iterator[tuple[str, object]]:
    if get(body, "/properties/priority") is not None:
        yield "the rule collection group", get(body, "/properties/priority")
    for collection in get(body, COLLECTIONS) or ():
        yield f"rule collection {collection.get('name')}", collection.get("priority")


def _names_fault(write: Write) -> ArmFault | None:
    names = [str(each.get("name")).lower() for each in get(write.body, COLLECTIONS) or ()]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is None:
        return None
    text = f"The rule collection name '{twice}' is used more than once."
    return ArmFault(400, "FirewallPolicyRuleCollectionNameNotUnique", text)


TYPE = ResourceType(
    arm_type="Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    token="azure-native:network:FirewallPolicyRuleCollectionGroup",
    path=IN_RESOURCE_GROUP + "/firewallPolicies/{firewallPolicyName}/ruleCollectionGroups/{ruleCollectionGroupName}",
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    required=("/properties/priority",),
    read_only=("/properties/size",),
    check=_check,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    tracked=False,
    regional_write_lock=True,
    volatile=("/etag", "/properties/size"),
)
