"""Microsoft.Network/virtualNetworks. Source: Virtual Networks REST API 2024-05-01."""

from ipaddress import ip_network

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._network import with_value
from azkeep.types.resource_type import Estate, NameRule, ResourceType, Timing, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for prefix in get(write.body, "/properties/addressSpace/addressPrefixes", []):
        try:
            ip_network(prefix)
        except ValueError:
            return ArmFault(
                400,
                "InvalidAddressPrefixFormat",
                f"Address prefix {prefix} of resource {write.id} is not formatted correctly. It should follow CIDR"
                " notation, for example 10.0.0.0/24.",
            )
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))


TYPE = ResourceType(
    arm_type="Microsoft.Network/virtualNetworks",
    token="azure-native:network:VirtualNetwork",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    force_new=("location",),
    maintained=("subnets", "virtualNetworkPeerings"),
    name=NameRule(pattern=r"^[a-zA-Z0-9][\w.-]*[a-zA-Z0-9_]$", minimum=2, maximum=64),
    required=("/properties/addressSpace/addressPrefixes",),
    read_only=("/properties/resourceGuid", "/properties/flowLogs", "/properties/defaultPublicNatGateway"),
    # Values the service fills in on create: published example VirtualNetworkCreate.
    defaults={
        "/properties/enableDdosProtection": False,
        "/properties/virtualNetworkPeerings": [],
    },
    inline={"/properties/subnets": "Microsoft.Network/virtualNetworks/subnets"},
    check=_check,
    complete=_complete,
    put=Timing(asynchronous=True, seconds=5),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    etag=True,
    in_resource_graph=True,
    unordered=("/properties/subnets", "/properties/addressSpace/addressPrefixes"),
)
