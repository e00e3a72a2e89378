"""What a network security group lets out of the subnets that computes use."""

from __future__ import annotations

import re

from azkeep.policy import Document, Maps, Needs, Node, Severity, Truth, every, rule, when

from ._security_rules import (
    ANY_PORT,
    GROUP,
    carries,
    comes_before,
    covers_port,
    goes,
    is_all_of_internet,
    is_anything,
    is_inside,
    is_outbound_deny,
    places,
    rules_of,
    shown_at_rules,
)
from ._service_endpoints import has_storage_endpoint, limits_storage
from ._subnets import compute_subnets_of


@rule(
    "NET-NSG-008",
    "Outbound from compute subnets is on the allow-list",
    severity=Severity.HIGH,
    on=GROUP,
    needs=Needs.GRAPH,
    paths=("properties.securityRules[*].properties",),
    fix="Add the Deny rule and list the tags needed.",
    maps=Maps(other=("Trivy:no_public_egress",)),
)
def outbound_from_compute_subnets_is_on_the_allow_list(
    group: Document,
    *,
    allowed_tags: tuple[str, ...] = (
        "AzureActiveDirectory",
        "AzureMachineLearning",
        "BatchNodeManagement",
        "AzureResourceManager",
        "MicrosoftContainerRegistry",
        "AzureFrontDoor.FirstParty",
        "AzureFrontDoor.FrontEnd",
        "AzureMonitor",
        "VirtualNetwork",
    ),
) -> Truth:
    """Outbound from compute subnets is on the allow-list.

    Checks: For groups of subnets that computes use: an outbound Deny of all ports and protocols to Internet or
        everything, and each destination of an outbound Allow before it is in allowed_tags, or a regional form of
        one, or a private range. Storage counts only where every such subnet has a service endpoint of storage whose
        policies NET-SUB-006 finds nothing against.
    Why: Outbound is the exfiltration path; service tags bound it.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: service
                properties:
                  {access: Allow, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: AzureMachineLearning, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: web
                properties:
                  {access: Allow, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: Internet, destinationPortRange: "443"}
              - name: deny
                properties:
                  {access: Deny, direction: Outbound, priority: 4000, protocol: "*",
                   destinationAddressPrefix: Internet, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: data
                properties:
                  {access: Allow, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: Storage.WestEurope, destinationPortRange: "443"}
              - name: deny
                properties:
                  {access: Deny, direction: Outbound, priority: 4000, protocol: "*",
                   destinationAddressPrefix: Internet, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: some
                properties:
                  {access: Deny, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: Internet, destinationPortRange: "80"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: service
                properties:
                  {access: Allow, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: AzureMachineLearning.WestEurope, destinationPortRange: "*"}
              - name: net
                properties:
                  {access: Allow, direction: Outbound, priority: 110, protocol: "*",
                   destinationAddressPrefixes: [VirtualNetwork, 10.1.0.0/16], destinationPortRange: "*"}
              - name: deny
                properties:
                  {access: Deny, direction: Outbound, priority: 4000, protocol: "*",
                   destinationAddressPrefix: Internet, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: data
                properties:
                  {access: Allow, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: Storage.WestEurope, destinationPortRange: "443"}
              - name: deny
                properties:
                  {access: Deny, direction: Outbound, priority: 4000, protocol: "*",
                   destinationAddressPrefix: "*", destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties:
            networkSecurityGroup: {id: "@example"}
            serviceEndpoints: [{service: Microsoft.Storage}]
            serviceEndpointPolicies: [{id: "@accounts"}]
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
        - type: Microsoft.Network/serviceEndpointPolicies
          name: accounts
          properties:
            serviceEndpointPolicyDefinitions:
              - name: storage
                properties: {service: Microsoft.Storage, serviceResources: ["@data"]}
        - type: Microsoft.Storage/storageAccounts
          name: data
    Source: docs page "Azure Machine Learning data exfiltration prevention" (MicrosoftDocs/azure-docs);
        aquasecurity/trivy-checks checks/cloud/azure/network/no_public_egress.rego
    """
    subnets = compute_subnets_of(group)
    return when(subnets.any(), lambda: _is_bounded(group, allowed_tags))


def _is_bounded(group: Document, tags: tuple[str, ...]) -> Truth:
    rules = rules_of(group)
    last = rules.where(_denies_the_rest)
    storage = compute_subnets_of(group).every(lambda each: has_storage_endpoint(each) & limits_storage(each))
    listed = rules.every(
        lambda each: when(
            goes(each, "Outbound", "Allow") & ~last.some(lambda denying: comes_before(denying, each)),
            lambda: _is_listed(each, tags, storage),
        )
    )
    return shown_at_rules(group, last.any(), "nothing denies the rest of the internet") & listed


def _denies_the_rest(each: Document) -> Truth:
    everything = is_outbound_deny(each) & carries(each) & covers_port(each, ANY_PORT)
    return everything & is_all_of_internet(each, "destination")


def _is_listed(each: Document, tags: tuple[str, ...], storage: Truth) -> Truth:
    pattern = rf"({'|'.join(re.escape(tag) for tag in tags)})(\.\w+)?"
    named = places(each, "destination")
    if not named:
        return ~is_anything(each, "destination")
    return every(
        named, lambda node: _is_bound(node, pattern, storage).otherwise(f"rule {each.name} leads off the list")
    )


def _is_bound(node: Node, pattern: str, storage: Truth) -> Truth:
    kept = node.matches(r"Storage(\.\w+)?") & storage
    return node.shown(is_inside(node) | node.matches(pattern) | kept)
