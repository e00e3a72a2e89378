"""Microsoft.Network/networkSecurityGroups/securityRules. Source: Security Rules REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body
from azkeep.types._linked_access import join
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, SHORT_DELETE, SHORT_PUT
from azkeep.types._security_rules import conflict, rule_fault, with_empty_lists
from azkeep.types.resource_type import Link, ResourceType
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    group = write.id.parent
    if group is None or write.listed:
        return None
    fault = rule_fault(group, write.id.name, write.body)
    return fault or conflict(write.id.name, write.body, estate.children(group.text, "securityRules"))


def _complete(write: Write, estate: Estate) -> Body:
    return with_empty_lists(write.body)


TYPE = ResourceType(
    arm_type="Microsoft.Network/networkSecurityGroups/securityRules",
    token="azure-native:network:SecurityRule",
    path=IN_RESOURCE_GROUP + "/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    required=("/properties/access", "/properties/direction", "/properties/priority", "/properties/protocol"),
    required_code="SecurityRuleMissingRequiredParameters",
    linked=tuple(
        join(
            f"/properties/{side}ApplicationSecurityGroups/*/id", "applicationSecurityGroups", "joinNetworkSecurityRule"
        )
        for side in ("source", "destination")
    ),
    links=(
        Link("/properties/sourceApplicationSecurityGroups/*/id", ("Microsoft.Network/applicationSecurityGroups",)),
        Link("/properties/destinationApplicationSecurityGroups/*/id", ("Microsoft.Network/applicationSecurityGroups",)),
    ),
    check=_check,
    complete=_complete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    tracked=False,
    in_resource_graph=False,
    unordered=(
        "/properties/sourceAddressPrefixes",
        "/properties/destinationAddressPrefixes",
        "/properties/sourcePortRanges",
        "/properties/destinationPortRanges",
        "/properties/sourceApplicationSecurityGroups",
        "/properties/destinationApplicationSecurityGroups",
    ),
)
