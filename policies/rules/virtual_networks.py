"""Virtual networks."""

from __future__ import annotations

from azkeep.policy import (
    TRUE,
    Document,
    Maps,
    Needs,
    Node,
    Severity,
    Truth,
    any_of,
    deferred,
    fact,
    rule,
    settle,
    some,
    when,
)

from ._addresses import lies_in, networks

NETWORK = "Microsoft.Network/virtualNetworks"
PEERING = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
PLATFORM = "168.63.129.16"
"""Azure's own resolver, which is inside every network."""
SERVERS = "properties.dhcpOptions.dnsServers"
RANGES = "properties.addressSpace.addressPrefixes"
IN_SUBNET = "properties.ipConfigurations.*.properties.subnet.id"
BEHIND = {
    "Microsoft.Network/networkInterfaces": IN_SUBNET,
    "Microsoft.Network/azureFirewalls": IN_SUBNET,
    "Microsoft.Network/bastionHosts": IN_SUBNET,
    "Microsoft.Network/virtualNetworkGateways": IN_SUBNET,
    "Microsoft.Network/applicationGateways": "properties.gatewayIPConfigurations.*.properties.subnet.id",
}
"""What stands in a subnet and may have a public address → where it names the subnet."""
ADDRESSES = (
    "properties.ipConfigurations.*.properties.publicIPAddress",
    "properties.frontendIPConfigurations.*.properties.publicIPAddress",
)


@rule(
    "NET-DNS-003",
    "Custom DNS has two servers",
    severity=Severity.LOW,
    on=NETWORK,
    paths=("properties.dhcpOptions.dnsServers",),
    fix="Add a second server.",
    maps=Maps(checkov=("CKV_AZURE_182",), psrule=("Azure.VNET.SingleDNS",)),
)
def custom_dns_has_two_servers(network: Document) -> Truth:
    """Custom DNS has two servers.

    Checks: dnsServers is missing or empty, or has at least two different entries.
    Why: One server is a single point of failure for every private name.
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {dhcpOptions: {dnsServers: [10.0.0.4]}}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {dhcpOptions: {dnsServers: [10.0.0.4, 10.0.0.4]}}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {dhcpOptions: {dnsServers: [10.0.0.4, 10.0.0.5]}}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {dhcpOptions: {dnsServers: []}}
    Source: bridgecrewio/checkov checkov/arm/checks/resource/VnetSingleDNSServer.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.VNET.SingleDNS.md
    """
    servers = network[SERVERS]
    readable = servers.every(lambda each: each.has_text())
    if readable.state is not TRUE.state:
        return readable
    count = len({each.text.strip() for each in servers.items()})
    return servers.shown(fact(count != 1)).otherwise("one server only")


@rule(
    "NET-DNS-004",
    "Custom DNS is close by",
    severity=Severity.LOW,
    on=NETWORK,
    needs=Needs.GRAPH,
    paths=("properties.dhcpOptions.dnsServers[0]",),
    fix="Use a resolver in the network.",
    maps=Maps(checkov=("CKV_AZURE_183",), psrule=("Azure.VNET.LocalDNS",)),
)
def custom_dns_is_close_by(network: Document) -> Truth:
    """Custom DNS is close by.

    Checks: dnsServers is missing or empty, or its first entry is 168.63.129.16 or lies in the address space of the
        network or of one it is peered with.
    Why: Far resolvers add delay and cross a wider failure zone.
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}, dhcpOptions: {dnsServers: [8.8.8.8]}}
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}, dhcpOptions: {dnsServers: [10.9.0.4]}}
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/hub
          properties: {remoteVirtualNetwork: {id: "@hub"}}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {addressSpace: {addressPrefixes: [10.1.0.0/16]}}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}, dhcpOptions: {dnsServers: [10.0.0.4]}}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}, dhcpOptions: {dnsServers: [168.63.129.16]}}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}, dhcpOptions: {dnsServers: [10.1.0.4]}}
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/hub
          properties: {remoteVirtualNetwork: {id: "@hub"}}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {addressSpace: {addressPrefixes: [10.1.0.0/16]}}
    Source: bridgecrewio/checkov checkov/arm/checks/resource/VnetLocalDNS.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.VNET.LocalDNS.md
    """
    servers = network[SERVERS].items()
    if not servers:
        return TRUE
    first = servers[0]
    peered = network.children("virtualNetworkPeerings").some(lambda each: _is_beyond(first, each))
    return first.shown(first.equals(PLATFORM) | _is_within(first, network[RANGES]) | peered).otherwise("a far resolver")


def _is_within(server: Node, ranges: Node) -> Truth:
    return ranges.some(lambda each: each.satisfies(lambda text: lies_in(server.text, networks(text))))


def _is_beyond(server: Node, peering: Document) -> Truth:
    """`server` is in the network on the far side of `peering`."""
    remote = peering.resolve("properties.remoteVirtualNetwork.id")
    if remote is not None:
        return _is_within(server, remote[RANGES])
    known = ("properties.remoteVirtualNetworkAddressSpace", "properties.remoteAddressSpace")
    told = [peering[path] for path in known if not peering[path].is_missing]
    if told:
        return any_of(_is_within(server, each["addressPrefixes"]) for each in told)
    return deferred("a peered network is not part of the estate")


@rule(
    "NET-VNET-001",
    "Networks with public addresses have DDoS protection",
    severity=Severity.LOW,
    on=NETWORK,
    needs=Needs.GRAPH,
    paths=("properties.enableDdosProtection", "properties.ddosProtectionPlan.id"),
    fix="Link a DDoS plan.",
    maps=Maps(
        azure_policy={
            "94de2ad3-e0c1-4caf-ad78-5d47bbc83d3d": ("Virtual networks should be protected by Azure DDoS Protection"),
        },
        mcsb=("NS-5",),
    ),
)
def networks_with_public_addresses_have_ddos_protection(network: Document) -> Truth:
    """Networks with public addresses have DDoS protection.

    Checks: Where something in a subnet of the network, or the NAT gateway of one, has a public address:
        enableDdosProtection is true and ddosProtectionPlan.id is set.
    Why: Volume attacks take down gateways.
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {subnets: [{name: AzureFirewallSubnet}]}
        - type: Microsoft.Network/azureFirewalls
          name: firewall
          properties:
            ipConfigurations:
              - properties: {subnet: {id: "@example#/subnets/AzureFirewallSubnet"}, publicIPAddress: {id: "@address"}}
        - type: Microsoft.Network/publicIPAddresses
          name: address
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {subnets: [{name: AzureFirewallSubnet}], enableDdosProtection: true}
        - type: Microsoft.Network/azureFirewalls
          name: firewall
          properties:
            ipConfigurations:
              - properties: {subnet: {id: "@example#/subnets/AzureFirewallSubnet"}, publicIPAddress: {id: "@address"}}
        - type: Microsoft.Network/publicIPAddresses
          name: address
    Bad:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {subnets: [{name: training, properties: {natGateway: {id: "@nat"}}}]}
        - type: Microsoft.Network/natGateways
          name: nat
          properties: {publicIpAddresses: [{id: elsewhere}]}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {enableDdosProtection: true, ddosProtectionPlan: {id: "@plan"}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: example/AzureFirewallSubnet
        - type: Microsoft.Network/azureFirewalls
          name: firewall
          properties:
            ipConfigurations:
              - properties: {subnet: {id: "@example#/subnets/AzureFirewallSubnet"}, publicIPAddress: {id: "@address"}}
        - type: Microsoft.Network/publicIPAddresses
          name: address
        - type: Microsoft.Network/ddosProtectionPlans
          name: plan
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Network/VirtualNetworkDdosStandard_Audit.json
    """
    protected = (
        network["properties.enableDdosProtection"].is_true() & network["properties.ddosProtectionPlan.id"].has_text()
    )
    return when(network.children("subnets").some(_has_public_address), protected)


def _has_public_address(subnet: Document) -> Truth:
    """Something in `subnet`, or the NAT gateway that it sends through, has a public address."""
    inside = any_of(subnet.linked_from(type_, path).some(_shows_address) for type_, path in BEHIND.items())
    return inside | settle(lambda: _translates(subnet["properties.natGateway.id"]))


def _shows_address(resource: Document) -> Truth:
    return some(ADDRESSES, lambda path: some(resource.root.walk(path), lambda each: each.is_set()))


def _translates(gateway: Node) -> Truth:
    declared = gateway.resolve()
    if declared is None:
        return gateway.has_text()
    return declared["properties.publicIpAddresses"].has_items() | declared["properties.publicIpPrefixes"].has_items()


@rule(
    "NET-VNET-002",
    "Peerings are connected",
    severity=Severity.MEDIUM,
    on=PEERING,
    needs=Needs.LIVE,
    paths=("properties.peeringState",),
    fix="Create the second side.",
    maps=Maps(psrule=("Azure.VNET.PeerState",)),
)
def peerings_are_connected(peering: Document) -> Truth:
    """Peerings are connected.

    Checks: Live: peeringState is Connected. Declared: the network on the far side is outside the program, or has a
        peering back.
    Why: A one-sided peering drops traffic to shared services.
    Bad:
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/to-hub
          properties: {remoteVirtualNetwork: {id: "@hub"}}
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {}
    Bad (live):
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/to-hub
          properties: {remoteVirtualNetwork: {id: "@hub"}, peeringState: Initiated}
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {}
    Good:
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/to-hub
          properties: {remoteVirtualNetwork: {id: "@hub"}}
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {}
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: hub/to-example
          properties: {remoteVirtualNetwork: {id: "@example"}}
    Good:
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/to-hub
          properties: {remoteVirtualNetwork: {id: "@example#elsewhere"}}
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
    Good (live):
        - type: Microsoft.Network/virtualNetworks/virtualNetworkPeerings
          name: example/to-hub
          properties: {remoteVirtualNetwork: {id: "@hub"}, peeringState: Connected}
        - type: Microsoft.Network/virtualNetworks
          name: example
          properties: {}
        - type: Microsoft.Network/virtualNetworks
          name: hub
          properties: {}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.VNET.PeerState.md
    """
    if peering.is_live:
        return peering["properties.peeringState"].equals("Connected")
    far = peering["properties.remoteVirtualNetwork.id"]
    remote, own = far.resolve(), peering.parent()
    if remote is None:
        return far.has_text()
    back = remote.children("virtualNetworkPeerings").some(lambda each: _leads_to(each, own, peering))
    return far.shown(back).otherwise("no peering leads back")


def _leads_to(peering: Document, network: Document | None, other: Document) -> Truth:
    """`peering` leads to the network of `other`."""
    far = peering["properties.remoteVirtualNetwork.id"]
    if network is not None:
        return far.points_to(network)
    if other.arm_id is None or other.arm_id.parent is None:
        return deferred("the network of the peering is not known yet")
    return far.equals(other.arm_id.parent.text)
