"""Subnets that computes use."""

from __future__ import annotations

from azkeep.policy import TRUE, Document, Maps, Needs, Node, Severity, Truth, deferred, every, fact, rule, settle, when

from ._addresses import networks
from ._service_endpoints import has_storage_endpoint, limits_storage
from ._subnets import SUBNET, computes_in, is_used_by_computes

FIREWALL = "Microsoft.Network/azureFirewalls"
IPV4 = 4
KEPT_BY_AZURE = 5
"""Addresses of every subnet that no machine gets."""


@rule(
    "NET-SUB-005",
    "Training subnets send internet traffic through a firewall",
    severity=Severity.MEDIUM,
    on=SUBNET,
    needs=Needs.GRAPH,
    paths=("properties.routeTable.id", "Microsoft.Network/routeTables: properties.routes[*]"),
    fix="Attach a route table that points to the firewall.",
    maps=Maps(
        azure_policy={
            "fc5e4038-4584-4632-8c85-c0448d374b2c": (
                "[Preview]: All Internet traffic should be routed via your deployed Azure Firewall"
            ),
        },
        mcsb=("NS-3",),
        psrule=("Azure.VNET.FirewallSubnet",),
    ),
)
def training_subnets_send_internet_traffic_through_a_firewall(subnet: Document) -> Truth:
    """Training subnets send internet traffic through a firewall.

    Checks: Where a compute outside a managed network uses the subnet: its route table sends 0.0.0.0/0 to a next hop
        of type VirtualAppliance, or the virtual network has a firewall.
    Why: Without a forced path, outbound rules can be bypassed.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {addressPrefix: 10.0.0.0/24}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {routeTable: {id: "@routes"}}
        - type: Microsoft.Network/routeTables
          name: routes
          properties:
            routes: [{name: out, properties: {addressPrefix: 0.0.0.0/0, nextHopType: Internet}}]
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {routeTable: {id: "@routes"}}
        - type: Microsoft.Network/routeTables
          name: routes
          properties:
            routes: [{name: out, properties: {addressPrefix: 10.0.0.0/8, nextHopType: VirtualAppliance}}]
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {routeTable: {id: "@routes"}}
        - type: Microsoft.Network/routeTables
          name: routes
          properties:
            routes: [{name: out, properties: {addressPrefix: 0.0.0.0/0, nextHopType: virtualappliance}}]
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Good:
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - {name: example}
              - {name: AzureFirewallSubnet}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network#/subnets/example"}}
        - type: Microsoft.Network/azureFirewalls
          name: firewall
          properties:
            ipConfigurations: [{name: main, properties: {subnet: {id: "@network#/subnets/AzureFirewallSubnet"}}}]
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Network/ASC_All_Internet_traffic_should_be_routed_via_Azure_Firewall.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.VNET.FirewallSubnet.md
    """
    return when(
        is_used_by_computes(subnet), lambda: _is_routed(subnet["properties.routeTable.id"]) | _has_firewall(subnet)
    )


def _is_routed(table: Node) -> Truth:
    found = settle(lambda: _leads_to_appliance(table))
    return table.shown(found).otherwise("no route table sends 0.0.0.0/0 to a virtual appliance")


def _leads_to_appliance(table: Node) -> Truth:
    declared = table.resolve()
    if declared is None:
        return table.has_text() & deferred("the route table is not part of the estate")
    return declared.children("routes").some(
        lambda each: (
            each["properties.addressPrefix"].equals("0.0.0.0/0")
            & each["properties.nextHopType"].equals("VirtualAppliance")
        )
    )


def _has_firewall(subnet: Document) -> Truth:
    network = subnet.parent()
    if network is None:
        return fact(False)
    return subnet.estate.kept(f"firewall in {id(network)}", lambda _: _holds_firewall(network))


def _holds_firewall(network: Document) -> Truth:
    return network.children("subnets").some(
        lambda each: each.linked_from(FIREWALL, "properties.ipConfigurations.*.properties.subnet.id").any()
    )


@rule(
    "NET-SUB-006",
    "Compute subnets limit storage targets by service endpoint policy",
    severity=Severity.HIGH,
    on=SUBNET,
    needs=Needs.GRAPH,
    paths=("properties.serviceEndpoints[*].service", "properties.serviceEndpointPolicies[*].id"),
    fix="Add a service endpoint policy that names the allowed accounts.",
    maps=Maps(other=("ALZ:Deny-Service-Endpoints",)),
)
def compute_subnets_limit_storage_targets_by_service_endpoint_po(subnet: Document) -> Truth:
    """Compute subnets limit storage targets by service endpoint policy.

    Checks: Where a compute uses the subnet: if serviceEndpoints has Microsoft.Storage, serviceEndpointPolicies is
        not empty, and the definitions of each list only accounts of the estate and /services/Azure/MachineLearning.
    Why: An open storage path is the easiest way to carry data out.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {serviceEndpoints: [{service: Microsoft.Storage}]}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {serviceEndpoints: [{service: Microsoft.Storage}], serviceEndpointPolicies: [{id: "@accounts"}]}
        - type: Microsoft.Network/serviceEndpointPolicies
          name: accounts
          properties:
            serviceEndpointPolicyDefinitions:
              - name: storage
                properties:
                  service: Microsoft.Storage
                  serviceResources: ["@data", "@data#leak"]
        - type: Microsoft.Storage/storageAccounts
          name: data
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {serviceEndpoints: [{service: Microsoft.Storage}], serviceEndpointPolicies: [{id: "@accounts"}]}
        - type: Microsoft.Network/serviceEndpointPolicies
          name: accounts
          properties:
            serviceEndpointPolicyDefinitions:
              - name: storage
                properties:
                  service: Microsoft.Storage
                  serviceResources: [/subscriptions/00000000-0000-0000-0000-000000000001]
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {serviceEndpoints: [{service: Microsoft.Storage}], serviceEndpointPolicies: [{id: "@accounts"}]}
        - type: Microsoft.Network/serviceEndpointPolicies
          name: accounts
          properties:
            serviceEndpointPolicyDefinitions:
              - name: storage
                properties:
                  service: Microsoft.Storage
                  serviceResources: ["@data"]
              - name: service
                properties: {service: Global, serviceResources: [/services/Azure/MachineLearning]}
        - type: Microsoft.Storage/storageAccounts
          name: data
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {serviceEndpoints: []}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}}
    Source: docs page "Azure Machine Learning data exfiltration prevention" (MicrosoftDocs/azure-docs)
    """
    return when(is_used_by_computes(subnet), lambda: ~has_storage_endpoint(subnet) | limits_storage(subnet))


@rule(
    "NET-SUB-007",
    "Compute subnets are large enough",
    severity=Severity.LOW,
    on=SUBNET,
    needs=Needs.GRAPH,
    paths=("properties.addressPrefix", "properties.addressPrefixes"),
    fix="Use a larger prefix.",
)
def compute_subnets_are_large_enough(subnet: Document) -> Truth:
    """Compute subnets are large enough.

    Checks: Where a compute uses the subnet: its IPv4 addresses, 5 of each range left out, are at least the sum of
        maxNodeCount of its clusters and the number of its compute instances.
    Why: A full subnet stops scaling during a job.
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {addressPrefix: 10.0.0.0/28}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}, scaleSettings: {minNodeCount: 0, maxNodeCount: 12}}
    Bad:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {addressPrefixes: [10.0.0.0/29]}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}, scaleSettings: {minNodeCount: 0, maxNodeCount: 3}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/box
          properties:
            computeType: ComputeInstance
            properties: {subnet: {id: "@network/example"}}
    Good:
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/example
          properties: {addressPrefix: 10.0.0.0/28}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/example"}, scaleSettings: {minNodeCount: 0, maxNodeCount: 10}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/box
          properties:
            computeType: ComputeInstance
            properties: {subnet: {id: "@network/example"}}
    Source: own rule (platform-team practice); no outside rule found
    """
    return when(is_used_by_computes(subnet), lambda: _has_room(subnet))


def _has_room(subnet: Document) -> Truth:
    one, many = subnet["properties.addressPrefix"], subnet["properties.addressPrefixes"]
    prefixes = tuple(node for node in (one, *many.items()) if not node.is_missing)
    readable = every(prefixes, lambda node: node.satisfies(lambda text: bool(networks(text))))
    if readable.state is not TRUE.state:
        return readable
    usable = sum(_usable(text) for text in {node.text for node in prefixes})
    nodes = tuple(_nodes(compute) for compute in computes_in(subnet))
    least = sum(each.number for each in nodes if isinstance(each.value, int | float))
    fits = every(nodes, lambda each: each.at_least(0, missing=True))
    enough = fact(usable >= least, *(node.evidence() for node in prefixes)).otherwise(
        f"{usable} usable addresses for {least:g} nodes"
    )
    return enough & fits


def _usable(prefix: str) -> int:
    return sum(max(each.num_addresses - KEPT_BY_AZURE, 0) for each in networks(prefix) if each.version == IPV4)


def _nodes(compute: Document) -> Node:
    """Where the compute says how many nodes it may have."""
    if compute["properties.computeType"].equals("ComputeInstance"):
        return Node(compute, ("properties", "computeType"), 1)
    return compute["properties.properties.scaleSettings.maxNodeCount"]
