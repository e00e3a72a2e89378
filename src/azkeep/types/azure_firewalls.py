"""Microsoft.Network/azureFirewalls. Source: Azure Firewalls REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._gateways import configurations, first_subnet, place_fault
from azkeep.types._linked_access import join, join_subnet
from azkeep.types._network import CLASSES, IN_RESOURCE_GROUP, NAME, free_addresses, with_value
from azkeep.types.resource_type import Link, ResourceType, Timing
from azkeep.types.write import Estate, Write

ARM_TYPE = "Microsoft.Network/azureFirewalls"
ADDRESS = "/properties/ipConfigurations/0/properties/privateIPAddress"
COLLECTIONS = ("applicationRuleCollections", "natRuleCollections", "networkRuleCollections")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if get(write.body, "/properties/firewallPolicy/id") and any(
        get(write.body, f"/properties/{name}") for name in COLLECTIONS
    ):
        text = f"Azure Firewall {write.id} has a firewall policy and cannot have rule collections of its own."
        return ArmFault(400, "AzureFirewallPolicyAndRuleCollectionsConflict", text)
    return place_fault(write, estate, "AzureFirewallSubnet", "AzureFirewall")


def _complete(write: Write, estate: Estate) -> Body:
    subnet = first_subnet(write.body)
    if not subnet:
        return write.body
    free = free_addresses(estate, subnet, 1)
    address = get(write.before or {}, ADDRESS) or (free[0] if free else None)
    found = configurations(write, ARM_TYPE, privateIPAddress=address)
    return with_value(write.body, "/properties/ipConfigurations", found)


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:network:AzureFirewall",
    path=IN_RESOURCE_GROUP + "/azureFirewalls/{azureFirewallName}",
    # A firewall's sku stands among its properties, unlike that of other types.
    outside=frozenset({"location", "tags", "zones", "extendedLocation", "id", "name", "type"}),
    name=NAME,
    linked=(
        join_subnet("/properties/ipConfigurations/*/properties/subnet/id"),
        join("/properties/ipConfigurations/*/properties/publicIPAddress/id", "publicIPAddresses"),
        join("/properties/firewallPolicy/id", "firewallPolicies"),
    ),
    links=(
        Link("/properties/ipConfigurations/*/properties/subnet/id", ("Microsoft.Network/virtualNetworks/subnets",)),
        Link("/properties/ipConfigurations/*/properties/publicIPAddress/id", ("Microsoft.Network/publicIPAddresses",)),
        Link("/properties/firewallPolicy/id", ("Microsoft.Network/firewallPolicies",)),
    ),
    read_only=(
        "/properties/ipGroups",
        "/properties/ipConfigurations/*/properties/privateIPAddress",
    ),
    # Azure Firewalls REST API, create example response.
    defaults={
        "/properties/sku": {"name": "AZFW_VNet", "tier": "Standard"},
        "/properties/threatIntelMode": "Alert",
        "/properties/additionalProperties": {},
        **{f"/properties/{name}": [] for name in COLLECTIONS},
    },
    check=_check,
    complete=_complete,
    put=Timing(asynchronous=True, seconds=30, creating="Updating"),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=20),
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    unordered=("/zones",),
)
