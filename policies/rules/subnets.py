"""Subnets of virtual networks."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule, when

from ._subnets import GATEWAY, RESERVED, SUBNET, is_called

GROUP = "Microsoft.Network/networkSecurityGroups"
ENDPOINT = "Microsoft.Network/privateEndpoints"
HARDWARE_MODULES = "Microsoft.HardwareSecurityModules/dedicatedHSMs"


@rule(
    "NET-SUB-001",
    "Every subnet has a network security group",
    severity=Severity.HIGH,
    on=SUBNET,
    needs=Needs.GRAPH,
    paths=("properties.networkSecurityGroup.id",),
    fix="Attach a network security group.",
    maps=Maps(
        azure_policy={
            "e71308d3-144b-4262-b144-efdc3cc90517": "Subnets should be associated with a Network Security Group",
        },
        mcsb=("NS-1",),
        checkov=("CKV2_AZURE_31",),
        psrule=("Azure.VNET.UseNSGs",),
        other=("ALZ:Deny-Subnet-Without-Nsg",),
    ),
)
def every_subnet_has_a_network_security_group(subnet: Document) -> Truth:
    """Every subnet has a network security group.

    Checks: networkSecurityGroup.id is set, or a group lists the subnet. Subnets inside a network and apart are both
        judged. Not judged: GatewaySubnet, AzureFirewallSubnet, AzureFirewallManagementSubnet, RouteServerSubnet,
        and subnets delegated to dedicated HSMs.
    Why: An unguarded subnet lets any neighbour reach compute nodes.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {addressPrefix: 10.0.0.0/24}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: example, properties: {addressPrefix: 10.0.0.0/24, networkSecurityGroup: null}}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {networkSecurityGroup: {id: "@guard"}}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: example, properties: {networkSecurityGroup: {id: "@guard"}}}
              - {name: GatewaySubnet}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
    Good (live):
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {addressPrefix: 10.0.0.0/24}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
          properties: {subnets: [{id: "@network/example"}]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_NetworkSecurityGroupsOnSubnets_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/graph_checks/azure/AzureSubnetConfigWithNSG.yaml; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.VNET.UseNSGs.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-Subnet-Without-Nsg.json
    """
    delegated = subnet["properties.delegations"].some(
        lambda each: each["properties.serviceName"].equals(HARDWARE_MODULES)
    )
    guarded = subnet["properties.networkSecurityGroup.id"].has_text()
    listed = subnet.linked_from(GROUP, "properties.subnets.*.id").any()
    return when(~is_called(subnet, *RESERVED) & ~delegated, guarded | listed)


@rule(
    "NET-SUB-002",
    "Subnets have no default way to the internet",
    severity=Severity.MEDIUM,
    on=SUBNET,
    paths=("properties.defaultOutboundAccess",),
    fix="Set defaultOutboundAccess false.",
    sets={"properties.defaultOutboundAccess": False},
    maps=Maps(
        azure_policy={
            "7bca8353-aa3b-429b-904a-9229c4385837": "Subnets should be private",
        },
        psrule=("Azure.VNET.PrivateSubnet",),
    ),
)
def subnets_have_no_default_way_to_the_internet(subnet: Document, *, allow_nat: bool = True) -> Truth:
    """Subnets have no default way to the internet.

    Checks: defaultOutboundAccess is false; missing fails. Not judged: the reserved names of NET-SUB-001, and
        subnets with a NAT gateway where the parameter allow_nat is true.
    Why: Default outbound addresses are unmanaged and cannot be filtered by name.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {defaultOutboundAccess: true}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: example, properties: {addressPrefix: 10.0.0.0/24}}
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {natGateway: {id: "@nat"}}
        - type: Microsoft.Network/natGateways
          name: nat
        - parameters: {allow_nat: false}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {defaultOutboundAccess: false}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Network/PrivateSubnetOnly_Audit.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.VNET.PrivateSubnet.md
    """
    judged = ~is_called(subnet, *RESERVED)
    if allow_nat:
        judged = judged & ~subnet["properties.natGateway.id"].has_text()
    return when(judged, subnet["properties.defaultOutboundAccess"].is_false())


@rule(
    "NET-SUB-003",
    "Private endpoint subnets obey network rules",
    severity=Severity.MEDIUM,
    on=SUBNET,
    needs=Needs.GRAPH,
    paths=("properties.privateEndpointNetworkPolicies",),
    fix="Set privateEndpointNetworkPolicies to Enabled.",
    sets={"properties.privateEndpointNetworkPolicies": "Enabled"},
    maps=Maps(other=("ALZ:Deny-Subnet-Without-Penp",)),
)
def private_endpoint_subnets_obey_network_rules(subnet: Document) -> Truth:
    """Private endpoint subnets obey network rules.

    Checks: Where the subnet holds a private endpoint: privateEndpointNetworkPolicies is Enabled or
        NetworkSecurityGroupEnabled; missing fails.
    Why: Otherwise security groups are ignored for traffic to private endpoints.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {privateEndpointNetworkPolicies: Disabled}
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties: {subnet: {id: "@network/example"}}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: example, properties: {privateEndpointNetworkPolicies: RouteTableEnabled}}
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties: {subnet: {id: "@network#/subnets/example"}}
    Bad (live):
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {privateEndpointNetworkPolicies: Disabled, privateEndpoints: [{id: elsewhere}]}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {privateEndpointNetworkPolicies: NetworkSecurityGroupEnabled}
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties: {subnet: {id: "@network/example"}}
    Source: Azure/Azure-Landing-Zones issues 4091 and 1666
    """
    holds = (
        subnet.linked_from(ENDPOINT, "properties.subnet.id").any() | subnet["properties.privateEndpoints"].has_items()
    )
    return when(
        holds, subnet["properties.privateEndpointNetworkPolicies"].equals("Enabled", "NetworkSecurityGroupEnabled")
    )


@rule(
    "NET-SUB-004",
    "Gateway subnets have no security group",
    severity=Severity.LOW,
    on=SUBNET,
    paths=("properties.networkSecurityGroup",),
    fix="Remove the group from GatewaySubnet.",
    sets={"properties.networkSecurityGroup": None},
    maps=Maps(
        azure_policy={
            "35f9c03a-cc27-418e-9c0c-539ff999d010": (
                "Gateway subnets should not be configured with a network security group"
            ),
        }
    ),
)
def gateway_subnets_have_no_security_group(subnet: Document) -> Truth:
    """Gateway subnets have no security group.

    Checks: For a subnet named GatewaySubnet: networkSecurityGroup is missing.
    Why: A group there breaks gateway control traffic.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/GatewaySubnet
          properties: {networkSecurityGroup: {id: "@guard"}}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: gatewaysubnet, properties: {networkSecurityGroup: {id: "@guard"}}}
        - type: Microsoft.Network/networkSecurityGroups
          name: guard
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/GatewaySubnet
          properties: {addressPrefix: 10.0.0.0/27}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: GatewaySubnet, properties: {networkSecurityGroup: null}}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Network/NetworkSecurityGroupOnGatewaySubnet_Deny.json
    """
    return when(is_called(subnet, GATEWAY), ~subnet["properties.networkSecurityGroup"].is_set())
